"""What a run of the indexer found and did."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rag.documents import LeftOut, Skipped
from rag.errors import SeedsError
from rag.index.corpus import StoredFile
from rag.index.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found and did. `generation` is the one that is live afterwards.

    `unchanged` are the files that were not read again, `skipped` those that could not be read, in
    whole or in part; `left_out` has, by the paths of files that were read in this run, what is in
    them and in no document. `embedded` counts the texts whose vectors were computed, not taken from
    before.
    `rolled_back` says that nothing was written because the live generation was rolled back to, and
    the files are still those of the generation that was rejected.
    """

    generation: str
    written: bool
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    left_out: dict[str, tuple[LeftOut, ...]] = field(default_factory=dict)
    paragraphs: int = 0
    sentences: int = 0
    embedded: int = 0
    seconds: float = 0.0
    rolled_back: bool = False


def skipped_of(files: Iterable[StoredFile]) -> list[Skipped]:
    """The files, or parts of them, that are left out, with the reasons."""
    return [Skipped(file.path, file.reason) for file in files if file.reason is not None]


def compared(
    before: Sequence[StoredFile], now: Sequence[StoredFile]
) -> tuple[list[str], list[str], list[str], list[str]]:
    """The paths of documents that were added, changed, removed, and left as they are."""
    old = {file.path: file.digest for file in before if file.documents}
    new = {file.path: file.digest for file in now if file.documents}
    return (
        [path for path in new if path not in old],
        [path for path in new if path in old and old[path] != new[path]],
        [path for path in old if path not in new],
        [path for path in new if path in old and old[path] == new[path]],
    )


def written_report(
    manifest: Manifest,
    old: Sequence[StoredFile],
    files: Sequence[StoredFile],
    *,
    embedded: int,
    seconds: float,
) -> Report:
    """The report of a run that published a generation of `files` after one of `old` files."""
    added, changed, removed, unchanged = compared(old, files)
    fresh = {*added, *changed}
    return Report(
        generation=manifest.name,
        written=True,
        added=added,
        changed=changed,
        removed=removed,
        unchanged=unchanged,
        skipped=skipped_of(files),
        left_out={f.path: f.left_out for f in files if f.left_out and f.path in fresh},
        paragraphs=manifest.counts["paragraphs"],
        sentences=manifest.counts["sentences"],
        embedded=embedded,
        seconds=seconds,
    )


def check_documents(seeds: Path, files: Sequence[StoredFile]) -> None:
    """Raises SeedsError, with reasons, when no file of a folder gives a document."""
    if any(file.documents for file in files):
        return
    skipped = skipped_of(files)
    if not skipped:
        raise SeedsError(
            f"The folder {seeds} holds no documents. Put text, Markdown, web pages, PDF, Word or "
            "other files in it that Wenda reads, then run wenda index."
        )
    reasons = "; ".join(f"{item.path}: {item.reason}" for item in skipped[:5])
    more = f"; and {len(skipped) - 5} more" if len(skipped) > 5 else ""
    raise SeedsError(f"No file in {seeds} can be used. {reasons}{more}")
