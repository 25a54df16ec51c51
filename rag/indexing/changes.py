"""The files that an index is made of, and what has to be read of them."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby

from rag.documents import UNREAD_PAGES, Document, File, Folder, Limits, Loaded, Skipped
from rag.extras import is_installed
from rag.index.corpus import StoredFile
from rag.progress import Progress, silent

_LOOKING = "looking for changes"


#: Bytes of changed files that are kept in memory between the comparison and the reading.
_KEPT = 64_000_000


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that may have documents: how to load its content, and how to read what was loaded.

    `loaded` is its content where that is known to have changed and was kept.
    """

    relative: bytes
    load: Callable[[], Loaded]
    read_documents: Callable[[Loaded, Limits], Iterable[Document | Skipped]]
    loaded: Loaded | None = None


def source_of(folder: Folder, file: File) -> SourceFile:
    """A file of a folder, loaded and read when that is asked for."""
    relative = file.relative.encode("utf-8", "surrogateescape")
    return SourceFile(relative, partial(folder.load_file, file), partial(folder.read_file, file))


def sources_of(documents: Iterable[Document]) -> Iterator[SourceFile]:
    """Documents that were read already; those of one path, in a row, are one file."""
    for path, group in groupby(documents, key=lambda document: document.path):
        found = list(group)
        digest = hashlib.sha256("".join(each.digest for each in found).encode()).hexdigest()
        relative = path.encode("utf-8", "surrogateescape")
        yield SourceFile(relative, partial(Loaded, digest), partial(_given, found))


def _given(documents: list[Document], _loaded: Loaded, _limits: Limits) -> list[Document]:
    return documents


def plan(
    sources: Iterable[SourceFile], old: Sequence[StoredFile], progress: Progress = silent
) -> list[SourceFile | int]:
    """For each file its number in the generation before, or itself where it has to be read.

    Only files of the generation before are loaded; one that changed keeps its content, within a
    bound, so that it is read from the disk and hashed once.
    """
    numbers = {file.relative: number for number, file in enumerate(old)}
    planned: list[SourceFile | int] = []
    kept = 0
    for source in sources:
        number = numbers.get(source.relative)
        if number is None:
            planned.append(source)
        else:
            loaded = source.load()
            if _is_as(loaded, old[number]):
                planned.append(number)
            elif kept + len(loaded.data) <= _KEPT:
                kept += len(loaded.data)
                planned.append(replace(source, loaded=loaded))
            else:
                planned.append(source)
        progress(_LOOKING, len(planned), 0)
    return planned


def is_same(planned: Sequence[SourceFile | int], old: Sequence[StoredFile]) -> bool:
    """Whether all files are kept, and no other was there."""
    return len(planned) == len(old) and all(isinstance(step, int) for step in planned)


def _is_as(loaded: Loaded, file: StoredFile) -> bool:
    """Whether a file has the content, or the reason for having none, that the index knows."""
    # Text that nothing could recognize before may be readable now.
    if any(part.what in UNREAD_PAGES for part in file.left_out) and is_installed("ocr"):
        return False
    if loaded.digest is None:
        return file.digest is None and loaded.reason == file.reason
    return loaded.digest == file.digest


def runs(planned: Sequence[SourceFile | int]) -> Iterator[tuple[int, int, SourceFile | None]]:
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
