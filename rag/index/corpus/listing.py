"""The list of a generation's documents, in parts and filtered by title and path."""

import threading
import weakref
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path

import numpy as np

from rag.arrays import IntArray
from rag.index.corpus.corpus import opened
from rag.index.corpus.narrowing import DocumentFilter
from rag.index.corpus.stored import FACTS, DocumentFacts

#: Documents read before another thread has its turn.
_AT_ONCE = 1_000
#: Unordered: for ordered numbers, SQLite would read the table, texts included, and not an index.
_CONTAINING = (
    "SELECT number FROM documents WHERE instr(casefolded(title), ?) OR instr(casefolded(path), ?)"
)

_LANGUAGES = (
    "SELECT DISTINCT language FROM documents WHERE number IN "
    "(SELECT number FROM documents WHERE substr('/' || path, ?) = ?)"
)


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """Consecutive documents of a list; `total` counts all of it, `more` says whether any follow."""

    documents: tuple[DocumentFacts, ...]
    total: int
    more: bool


@dataclass(frozen=True, slots=True)
class FolderCount:
    """A folder directly below the documents' own, "" for that itself: how many documents it has,
    and the dates of the earliest and the latest, None where none is dated.
    """

    path: str
    documents: int
    first: str | None
    last: str | None


class DocumentListing:
    """Lists documents in the order of their paths. May be used by several threads at once.

    It has a connection of its own: filtering 100,000 titles takes a fifth of a second, in which
    no question should wait for the corpus.
    """

    def __init__(self, path: Path) -> None:
        self._database = opened(path)
        self._database.create_function("casefolded", 1, str.casefold, deterministic=True)
        self._reading = threading.Lock()
        # Whoever holds the listing last closes the file.
        self._closing = weakref.finalize(self, self._database.close)

    def close(self) -> None:
        self._closing()

    def part_after(
        self, limit: int, *, after: str | None = None, containing: str = ""
    ) -> DocumentPart | None:
        """Up to `limit` documents whose title or path contains a text, ignoring case.

        They follow the document with the id `after`; without it the list begins. None when
        there is no document of that id.
        """
        with self._reading:
            start = self._number(after) if after is not None else -1
            if start is None:
                return None
            if containing:
                return self._filtered(limit, start, containing.casefold())
            ((total,),) = self._rows("SELECT count(*) FROM documents")
            query = f"SELECT {FACTS} FROM documents WHERE number > ? ORDER BY number LIMIT ?"  # noqa: S608
            return _part(self._rows(query, start, limit + 1), limit, total)

    def all_documents(self) -> Iterator[DocumentFacts]:
        """All documents; read in parts, between which other threads have their turn."""
        query = f"SELECT {FACTS} FROM documents WHERE number >= ? ORDER BY number LIMIT ?"  # noqa: S608
        for start in count(0, _AT_ONCE):
            with self._reading:
                rows = self._rows(query, start, _AT_ONCE)
            yield from (DocumentFacts(*row) for row in rows)
            if len(rows) < _AT_ONCE:
                return

    def spread(self, most: int) -> list[DocumentFacts]:
        """Up to `most` documents at equal distances in the list."""
        with self._reading:
            ((total,),) = self._rows("SELECT count(*) FROM documents")
            numbers = range(0, total, max(1, -(-total // most)))
            query = f"SELECT {FACTS} FROM documents WHERE number IN ({_marks(len(numbers))})"  # noqa: S608
            rows = self._rows(f"{query} ORDER BY number", *numbers)
        return [DocumentFacts(*row) for row in rows]

    def part_from(self, position: int, limit: int) -> DocumentPart:
        """Up to `limit` documents from a position in the list, 0 for the first."""
        with self._reading:
            ((total,),) = self._rows("SELECT count(*) FROM documents")
            query = f"SELECT {FACTS} FROM documents ORDER BY number LIMIT ? OFFSET ?"  # noqa: S608
            return _part(self._rows(query, limit + 1, position), limit, total)

    def languages_of(self, name: str) -> frozenset[str]:
        """The languages of the documents whose path is `name`, or ends in it after a slash."""
        end = f"/{name}"
        with self._reading:
            return frozenset(language for (language,) in self._rows(_LANGUAGES, -len(end), end))

    @cached_property
    def dates(self) -> tuple[str, str] | None:
        """The earliest and the latest date of a document; None when no document has one."""
        with self._reading:
            ((first, last),) = self._rows(
                "SELECT (SELECT min(date) FROM documents), (SELECT max(date) FROM documents)"
            )
        return (first, last) if first is not None else None

    def newest(self, limit: int) -> list[DocumentFacts]:
        """The documents with the latest dates, the latest first; those without a date never."""
        query = f"SELECT {FACTS} FROM documents WHERE date IS NOT NULL ORDER BY date DESC LIMIT ?"  # noqa: S608
        with self._reading:
            return [DocumentFacts(*row) for row in self._rows(query, limit)]

    def matching(self, narrowed: DocumentFilter, limit: int) -> DocumentPart:
        """The first `limit` documents that a filter leaves."""
        condition, values = narrowed.condition()
        with self._reading:
            found = self._rows(f"SELECT number FROM documents WHERE {condition}", *values)  # noqa: S608
            numbers = sorted(number for (number,) in found)
            shown = numbers[: limit + 1]
            query = f"SELECT {FACTS} FROM documents WHERE number IN ({_marks(len(shown))})"  # noqa: S608
            return _part(self._rows(f"{query} ORDER BY number", *shown), limit, len(numbers))

    def rows_of(self, narrowed: DocumentFilter) -> IntArray:
        """The rows of the paragraphs of the documents that a filter leaves, shape (rows,),
        ascending.
        """
        condition, values = narrowed.condition()
        numbers = f"SELECT number FROM documents WHERE {condition}"  # noqa: S608
        query = f"SELECT row FROM paragraphs WHERE document IN ({numbers})"  # noqa: S608
        with self._reading:
            rows = np.array([row for (row,) in self._rows(query, *values)], dtype=np.int64)
        return np.sort(rows)

    @cached_property
    def folders(self) -> tuple[FolderCount, ...]:
        """The folders directly below the documents' own, in the order of their names."""
        with self._reading:
            rows = self._rows(
                "SELECT substr(path, 1, max(instr(path, '/') - 1, 0)) AS folder, count(*), "
                "min(date), max(date) FROM documents GROUP BY folder ORDER BY folder"
            )
        return tuple(FolderCount(*row) for row in rows)

    def _filtered(self, limit: int, start: int, wanted: str) -> DocumentPart:
        numbers = sorted(number for (number,) in self._rows(_CONTAINING, wanted, wanted))
        first = bisect_right(numbers, start)
        shown = numbers[first : first + limit + 1]
        query = f"SELECT {FACTS} FROM documents WHERE number IN ({_marks(len(shown))})"  # noqa: S608
        return _part(self._rows(f"{query} ORDER BY number", *shown), limit, len(numbers))

    def _number(self, identity: str) -> int | None:
        found = self._rows("SELECT number FROM documents WHERE id = ?", identity)
        return found[0][0] if found else None

    def _rows(self, query: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        return self._database.execute(query, values).fetchall()


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _part(rows: list[tuple], limit: int, total: int) -> DocumentPart:  # type: ignore[type-arg]
    facts = tuple(DocumentFacts(*row) for row in rows[:limit])
    return DocumentPart(facts, total, more=len(rows) > limit)
