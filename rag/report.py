"""What a run of the indexer found and did."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rag.corpus import DocumentFacts
from rag.documents import Document, Skipped
from rag.store import Manifest


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found and did. `generation` is the one that is live afterwards."""

    generation: str
    written: bool
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    paragraphs: int = 0
    sentences: int = 0
    embedded: int = 0
    seconds: float = 0.0

    @property
    def differs(self) -> bool:
        """Whether the documents are others than before."""
        return bool(self.added or self.changed or self.removed)


def compared(
    before: tuple[Manifest, list[DocumentFacts]] | None,
    documents: Sequence[Document],
    skipped: list[Skipped],
) -> Report:
    """The documents against those of the generation before, if there is one, by file."""
    manifest, facts = before if before is not None else (None, [])
    old, new = _by_path(facts), _by_path(documents)
    counts = manifest.counts if manifest is not None else {}
    return Report(
        generation=manifest.name if manifest is not None else "",
        written=False,
        added=[path for path in new if path not in old],
        changed=[path for path in new if path in old and old[path] != new[path]],
        removed=[path for path in old if path not in new],
        unchanged=[path for path in new if old.get(path) == new[path]],
        skipped=skipped,
        paragraphs=counts.get("paragraphs", 0),
        sentences=counts.get("sentences", 0),
    )


def _by_path(documents: Iterable[Document | DocumentFacts]) -> dict[str, dict[str, str]]:
    """Ids and digests of each file's documents; one file may hold many."""
    files: dict[str, dict[str, str]] = {}
    for document in documents:
        files.setdefault(document.path, {})[document.id] = document.digest
    return files
