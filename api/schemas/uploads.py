"""Documents that administrators give and remove."""

from typing import Literal

from pydantic import BaseModel


class UploadChange(BaseModel):
    """A change of a given document, and what became of it.

    `state` is `waiting` until the index has taken it in; then `indexed` (with the `url` of the
    document, and a `reason` where it was read only in part), `skipped` with the `reason`, or
    `removed`. It is `failed` where the index could not be rebuilt, `superseded` by a later change
    of the same document. `undo` is the address that takes it back, null where that is not possible.
    """

    id: str
    url: str
    at: str
    action: Literal["added", "replaced", "removed", "unchanged"]
    path: str
    bytes: int
    state: Literal["waiting", "indexed", "skipped", "removed", "superseded", "failed"]
    reason: str | None
    document: str | None
    undo: str | None


class GivenDocument(BaseModel):
    """A file in the folder of given documents; `name` is its path below it.

    `indexed` says whether a document of the live index has this path, `reason` why it was left out,
    in whole or in part.
    """

    name: str
    path: str
    bytes: int
    indexed: bool
    reason: str | None


class UploadList(BaseModel):
    """The folder of given documents, and the changes of late, newest first."""

    folder: str
    most_bytes: int
    files: list[GivenDocument]
    changes: list[UploadChange]


class UploadRules(BaseModel):
    """What may be given: into which folder, the most bytes of a file, and the endings of names."""

    folder: str
    most_bytes: int
    types: list[str]
