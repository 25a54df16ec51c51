"""The outcome of an upload: in the index, left out with a reason, or not yet looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rag.index.corpus import StoredFile
from rag.index.generation import Generation
from rag.serving.rebuilds import Job, JobState
from rag.serving.uploads.changes import Change

State = Literal["waiting", "indexed", "skipped", "removed", "superseded", "failed"]
_CHANGED = "Another change of the same document came after this one."


@dataclass(frozen=True, slots=True)
class UploadOutcome:
    """The state of a change in the live index.

    `reason` says, in words for a person, why a document is left out, in whole or in part, or why
    the index could not be rebuilt. `document` is the id of the first document of the file.
    """

    state: State
    reason: str | None = None
    document: str | None = None


def outcome_of(
    change: Change, generation: Generation | None, job: Job | None, later: Sequence[Change] = ()
) -> UploadOutcome:
    """What became of a change, by the live generation and the last rebuild.

    `later` are the changes of late, of which one of the same file takes this one's place.
    """
    if any(each.path == change.path and each.id > change.id for each in later):
        return UploadOutcome("superseded", _CHANGED)
    stored = generation.corpus.file_at(change.path) if generation is not None else None
    if generation is not None and _is_reflected(change, stored):
        return _indexed(stored, generation)
    if job is not None and job.state is JobState.FAILED and job.started > change.at:
        return UploadOutcome("failed", job.error)
    return UploadOutcome("waiting")


def _is_reflected(change: Change, stored: StoredFile | None) -> bool:
    """Whether a generation has the file as the change left it."""
    return change.digest == (stored.digest if stored is not None else None)


def _indexed(stored: StoredFile | None, generation: Generation) -> UploadOutcome:
    if stored is None:
        return UploadOutcome("removed")
    if not stored.documents:
        return UploadOutcome("skipped", stored.reason)
    part = generation.listing.part_after(50, containing=stored.path)
    named = [each.id for each in part.documents if each.path == stored.path] if part else []
    return UploadOutcome("indexed", stored.reason, next(iter(named), None))
