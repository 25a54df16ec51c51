"""The documents of a generation, in one SQLite file that is never changed."""

import json
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path

from rag.documents import Document, Paragraph, Sentence
from rag.errors import StoreError

_SCHEMA = """
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE, path TEXT, title TEXT, date TEXT, source TEXT,
    language TEXT, script TEXT, text TEXT, digest TEXT, paragraphs INTEGER);
CREATE TABLE paragraphs (
    row INTEGER PRIMARY KEY, document INTEGER, ordinal INTEGER, section TEXT, text TEXT,
    start INTEGER, end INTEGER, first_line INTEGER, last_line INTEGER, page INTEGER,
    sentences TEXT);
CREATE INDEX paragraphs_of_document ON paragraphs (document, ordinal);
"""
_FACTS = "id, path, title, date, source, language, script, digest, paragraphs"
_PARAGRAPH = "ordinal, start, end, section, first_line, last_line, page, sentences"


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A document without its text."""

    id: str
    path: str
    title: str
    date: str | None
    source: str | None
    language: str
    script: str
    digest: str
    paragraphs: int


@dataclass(frozen=True, slots=True)
class StoredParagraph:
    """A paragraph with its text and its document's facts; `row` is its number in the index."""

    row: int
    document: DocumentFacts
    paragraph: Paragraph
    text: str


class CorpusWriter:
    """Writes documents in order; paragraphs get row numbers from 0."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.executescript(_SCHEMA)
        self._documents = 0
        self._rows = 0

    def add(self, document: Document) -> None:
        facts = (
            *(self._documents, document.id, document.path, document.title, document.date),
            *(document.source, document.language, document.script, document.text),
            *(document.digest, len(document.paragraphs)),
        )
        self._database.execute(f"INSERT INTO documents VALUES ({_marks(11)})", facts)  # noqa: S608
        self._database.executemany(
            f"INSERT INTO paragraphs VALUES ({_marks(11)})",  # noqa: S608 - marks only
            (
                (
                    *(self._rows + at, self._documents, p.ordinal, p.section),
                    *(document.text[p.start : p.end], p.start, p.end, *p.lines, p.page),
                    json.dumps([(s.start, s.end) for s in p.sentences]),
                )
                for at, p in enumerate(document.paragraphs)
            ),
        )
        self._documents += 1
        self._rows += len(document.paragraphs)

    def close(self) -> None:
        self._database.commit()
        self._database.close()


class Corpus:
    """Read-only documents and paragraphs. May be used by several threads at once."""

    def __init__(self, path: Path) -> None:
        try:
            self._database = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise StoreError(
                f"The documents in {path} cannot be read: {error}. Build the index again: "
                "wenda index --full"
            ) from error
        self._reading = threading.Lock()

    def close(self) -> None:
        self._database.close()

    def documents(self) -> list[DocumentFacts]:
        """All documents, in the order of their paths."""
        rows = self._read(f"SELECT {_FACTS} FROM documents ORDER BY number")  # noqa: S608
        return [DocumentFacts(*row) for row in rows]

    def document(self, identity: str) -> Document | None:
        """A whole document, or None when there is none of that id."""
        found = self._read(
            f"SELECT number, text, {_FACTS} FROM documents WHERE id = ?",  # noqa: S608
            identity,
        )
        if not found:
            return None
        number, text, *rest = found[0]
        facts = DocumentFacts(*rest)
        rows = self._read(
            f"SELECT {_PARAGRAPH} FROM paragraphs WHERE document = ? ORDER BY ordinal",  # noqa: S608
            number,
        )
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

    def paragraph(self, row: int) -> StoredParagraph:
        """The paragraph of a row that the index holds."""
        columns = ", ".join(f"d.{name.strip()}" for name in _FACTS.split(","))
        found = self._read(
            f"SELECT p.text, {_PARAGRAPH.replace('start', 'p.start')}, {columns} "  # noqa: S608
            "FROM paragraphs p JOIN documents d ON d.number = p.document WHERE p.row = ?",
            row,
        )
        text, *rest = found[0]
        return StoredParagraph(row, DocumentFacts(*rest[8:]), _paragraph(*rest[:8]), text)

    def _read(self, query: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        with self._reading:
            return self._database.execute(query, values).fetchall()


def _paragraph(
    ordinal: int,
    start: int,
    end: int,
    section: str,
    first_line: int,
    last_line: int,
    page: int | None,
    sentences: str,
) -> Paragraph:
    return Paragraph(
        ordinal=ordinal,
        start=start,
        end=end,
        section=section,
        lines=(first_line, last_line),
        page=page,
        sentences=tuple(Sentence(a, b) for a, b in json.loads(sentences)),
    )


def _marks(count: int) -> str:
    return ", ".join("?" * count)
