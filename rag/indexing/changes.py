"""The files that an index is made of, and what has to be read of them."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from rag.documents import Document, File, Folder, Limits, Skipped
from rag.index.corpus import StoredFile


@dataclass(frozen=True, slots=True)
class Source:
    """A file that may have documents, and how to read them.

    `digest` is that of its content; None, with a reason, where it has none.
    """

    relative: bytes
    digest: str | None
    reason: str | None
    read: Callable[[Limits], Iterable[Document | Skipped]]

    def is_as(self, file: StoredFile) -> bool:
        """Whether it was read before, as it is now."""
        if self.digest is None:
            return file.digest is None and self.reason == file.reason
        return self.digest == file.digest


def source_of(folder: Folder, file: File) -> Source:
    """A file of a folder, read when it is asked for."""
    relative = file.relative.encode("utf-8", "surrogateescape")
    return Source(relative, file.digest, file.reason, partial(folder.read, file))


def sources_of(documents: Iterable[Document]) -> Iterator[Source]:
    """Documents that were read already; those of one path, in a row, are one file."""
    for path, group in groupby(documents, key=lambda document: document.path):
        found = list(group)
        digest = hashlib.sha256("".join(each.digest for each in found).encode()).hexdigest()
        relative = path.encode("utf-8", "surrogateescape")
        yield Source(relative, digest, None, partial(_given, found))


def _given(documents: list[Document], _limits: Limits) -> list[Document]:
    return documents


def plan(sources: Sequence[Source], old: Sequence[StoredFile]) -> list[Source | int]:
    """For each file its number in the generation before, or itself where it has to be read."""
    numbers = {file.relative: number for number, file in enumerate(old)}
    planned: list[Source | int] = []
    for source in sources:
        number = numbers.get(source.relative)
        kept = number is not None and source.is_as(old[number])
        planned.append(number if kept and number is not None else source)
    return planned


def runs(planned: Sequence[Source | int]) -> Iterator[tuple[int, int, Source | None]]:
    """Files to be kept, as numbers from first to last; or one to be read."""
    first = last = -1
    for step in planned:
        if isinstance(step, int) and first >= 0 and step == last + 1:
            last = step
            continue
        if first >= 0:
            yield first, last, None
            first = -1
        if isinstance(step, int):
            first = last = step
        else:
            yield -1, -1, step
    if first >= 0:
        yield first, last, None
