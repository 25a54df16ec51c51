"""The served index and the jobs that rebuild it."""

from typing import Literal

from pydantic import BaseModel

from api.schemas.uploads import UploadRules


class RebuildJob(BaseModel):
    """A rebuild of the index. `done` of `total` is the progress of `stage`; a total of 0 means
    that the total is unknown."""

    id: str
    url: str
    state: Literal["running", "done", "failed"]
    started: str
    finished: str | None
    stage: str
    done: int
    total: int
    report: dict[str, object] | None
    error: str | None


class SkippedFile(BaseModel):
    """A file that was not indexed, in whole or in part, and the reason."""

    path: str
    reason: str


class CollectionItem(BaseModel):
    """A collection that the caller may see. `generation` is null until it has an index; `building`
    says whether one is being built."""

    name: str
    title: str
    generation: str | None
    counts: dict[str, int]
    problem: str | None
    building: bool


class IndexState(BaseModel):
    """The served index. Without one, `generation` is null and `problem` says why.

    `dates` are the earliest and the latest date of a document; null when no document has one.
    `uploads` says which documents administrators may give; null where that is off.
    `collections` are those of the server that the caller may see; left out where there are none.
    """

    generation: str | None = None
    created: str | None = None
    age_seconds: float | None = None
    model: str | None = None
    folder: str | None = None
    counts: dict[str, int] = {}
    dates: tuple[str, str] | None = None
    skipped: list[SkippedFile] = []
    bytes: int | None = None
    problem: str | None = None
    job: RebuildJob | None = None
    uploads: UploadRules | None = None
    collections: list[CollectionItem] | None = None
