"""The files and documents of a generation, in one SQLite file that is never changed."""

import json
import sqlite3
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Self

from rag.documents import Document, LeftOut, Paragraph, ParagraphKind, Sentence
from rag.errors import StoreError
from rag.index.corpus.stored import (
    FACTS,
    DocumentFacts,
    EmbeddedParagraph,
    StoredFile,
    StoredParagraph,
    context_of,
)

#: Paragraphs read with one query; older versions of SQLite allow 999 parameters.
_ROWS_A_QUERY = 500
_PARAGRAPH = (
    "ordinal, start, end, section, first_line, last_line, page, sentences, kind, language, "
    "recognized"
)
_DOCUMENT = f"SELECT number, text, {FACTS} FROM documents WHERE id = ?"  # noqa: S608
_PARAGRAPHS = f"SELECT {_PARAGRAPH} FROM paragraphs WHERE document = ? ORDER BY ordinal"  # noqa: S608
_PARAGRAPH_OF_JOIN = ", ".join(f"p.{name}" for name in _PARAGRAPH.split(", "))


class Corpus:
    """Read-only documents and paragraphs. May be used by several threads at once."""

    def __init__(self, path: Path) -> None:
        self._database = opened(path)
        self._reading = threading.Lock()
        # Closed with the last reference: answers may still use a generation that was replaced.
        self._closing = weakref.finalize(self, self._database.close)

    def close(self) -> None:
        self._closing()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def files(self) -> list[StoredFile]:
        """All files, those without documents too, in the order of their paths."""
        rows = self._read(
            "SELECT relative, digest, reason, documents, left_out FROM files ORDER BY number"
        )
        return [StoredFile(a, b, c, d, _left_out(parts)) for a, b, c, d, parts in rows]

    def file_at(self, path: str) -> StoredFile | None:
        """The file with that path, as documents carry it; None when there is none."""
        rows = self._read(
            "SELECT relative, digest, reason, documents, left_out FROM files WHERE relative = ?",
            path.encode("utf-8", "surrogateescape"),
        )
        found = (StoredFile(a, b, c, d, _left_out(parts)) for a, b, c, d, parts in rows)
        return next(found, None)

    def left_out(self, identity: str) -> tuple[LeftOut, ...]:
        """What was left out of the file that the document with that id is from."""
        found = self._read(
            "SELECT f.left_out FROM files f JOIN documents d ON d.file = f.number WHERE d.id = ?",
            identity,
        )
        return _left_out(found[0][0]) if found else ()

    def document(self, identity: str) -> Document | None:
        """A whole document, or None when there is none of that id."""
        found = self._read(_DOCUMENT, identity)
        if not found:
            return None
        number, text, *rest = found[0]
        facts = DocumentFacts(*rest)
        rows = self._read(_PARAGRAPHS, number)
        return Document(
            id=facts.id,
            path=facts.path,
            title=facts.title,
            date=facts.date,
            source=facts.source,
            language=facts.language,
            script=facts.script,
            text=text,
            paragraphs=tuple(_paragraph(*row) for row in rows),
            digest=facts.digest,
        )

    def excerpt(self, identity: str, start: int, end: int) -> str:
        """A slice of the text of the document with that id. Raises KeyError when there is none."""
        found = self._read(
            "SELECT substr(text, ?, ?) FROM documents WHERE id = ?",
            start + 1,
            end - start,
            identity,
        )
        if not found:
            raise KeyError(identity)
        excerpt = str(found[0][0])
        if len(excerpt) < end - start:  # to SQLite, a text ends at its first NUL
            (text,) = self._read("SELECT text FROM documents WHERE id = ?", identity)[0]
            return str(text[start:end])
        return excerpt

    def paragraph(self, row: int) -> StoredParagraph:
        """The paragraph of a row that the index holds."""
        return self.paragraphs([row])[0]

    def paragraphs(self, rows: Sequence[int]) -> list[StoredParagraph]:
        """The paragraphs of some rows, in the order given. Raises KeyError for an unknown row."""
        columns = ", ".join(f"d.{name.strip()}" for name in FACTS.split(","))
        found = self._read(
            f"SELECT p.row, p.text, {_PARAGRAPH_OF_JOIN}, {columns} "  # noqa: S608
            "FROM paragraphs p JOIN documents d ON d.number = p.document "
            f"WHERE p.row IN ({', '.join('?' * len(rows))})",
            *rows,
        )
        stored = {
            row: StoredParagraph(row, DocumentFacts(*rest[11:]), _paragraph(*rest[:11]), text)
            for row, text, *rest in found
        }
        return [stored[row] for row in rows]

    def paragraphs_with(self, path: str, text: str) -> list[StoredParagraph]:
        """The paragraphs of the documents with a path that hold a text, in their order."""
        found = self._read(
            "SELECT p.row FROM paragraphs p JOIN documents d ON d.number = p.document "
            "WHERE d.path = ? AND instr(p.text, ?) ORDER BY p.row",
            path,
            text,
        )
        return self.paragraphs([row for (row,) in found[:_ROWS_A_QUERY]])

    def embedded_paragraphs(self, rows: Iterable[int]) -> Iterator[EmbeddedParagraph]:
        """Paragraphs as they are embedded, by their rows and in their order."""
        left = iter(rows)
        while some := list(islice(left, _ROWS_A_QUERY)):
            found = self._read(
                "SELECT p.row, d.title, p.section, p.text, p.start, p.sentences, p.language "  # noqa: S608
                "FROM paragraphs p JOIN documents d ON d.number = p.document "
                f"WHERE p.row IN ({', '.join('?' * len(some))})",
                *some,
            )
            by_row = {row: _embedded(row, *facts) for row, *facts in found}
            yield from (by_row[row] for row in some)

    def _read(self, query: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        with self._reading:
            return self._database.execute(query, values).fetchall()


def _embedded(
    row: int, title: str, section: str, text: str, start: int, sentences: str, language: str
) -> EmbeddedParagraph:
    spans = tuple((first - start, last - start) for first, last in json.loads(sentences))
    return EmbeddedParagraph(row, context_of(title, section), text, spans, language)


def opened(path: Path) -> sqlite3.Connection:
    """A connection for several threads, which take turns. Raises StoreError when there is none."""
    try:
        return sqlite3.connect(uri_of(path), uri=True, check_same_thread=False)
    except sqlite3.Error as error:
        raise StoreError(
            f"The documents in {path} cannot be read: {error}. Build the index again: "
            "wenda index --full"
        ) from error


def uri_of(path: Path) -> str:
    """The URI with which SQLite opens a file that never changes: read-only, without locks."""
    return f"{path.absolute().as_uri()}?mode=ro&immutable=1"


def _paragraph(
    ordinal: int,
    start: int,
    end: int,
    section: str,
    first_line: int,
    last_line: int,
    page: int | None,
    sentences: str,
    kind: ParagraphKind,
    language: str,
    recognized: float | None,
) -> Paragraph:
    return Paragraph(
        ordinal=ordinal,
        start=start,
        end=end,
        section=section,
        lines=(first_line, last_line),
        page=page,
        sentences=tuple(Sentence(a, b) for a, b in json.loads(sentences)),
        kind=kind,
        language=language,
        recognized=recognized,
    )


def _left_out(parts: str) -> tuple[LeftOut, ...]:
    return tuple(LeftOut(*part) for part in json.loads(parts))
