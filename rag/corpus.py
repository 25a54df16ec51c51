"""The files and documents of a generation, in one SQLite file that is never changed."""

import json
import sqlite3
import threading
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.documents import Document, Paragraph, Sentence, printable_path
from rag.errors import StoreError

_SCHEMA = """
CREATE TABLE files (
    number INTEGER PRIMARY KEY, relative BLOB, digest TEXT, reason TEXT, documents INTEGER);
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, file INTEGER, id TEXT UNIQUE, path TEXT, title TEXT, date TEXT,
    source TEXT, language TEXT, script TEXT, text TEXT, digest TEXT, paragraphs INTEGER);
CREATE TABLE paragraphs (
    row INTEGER PRIMARY KEY, document INTEGER, ordinal INTEGER, section TEXT, text TEXT,
    start INTEGER, end INTEGER, first_line INTEGER, last_line INTEGER, page INTEGER,
    sentences TEXT);
CREATE INDEX documents_of_file ON documents (file);
CREATE INDEX paragraphs_of_document ON paragraphs (document, ordinal);
"""
#: Copies files of another corpus; the numbers of files, documents and rows are shifted.
_COPY = (
    "INSERT INTO files SELECT number + :files, relative, digest, reason, documents"
    " FROM before.files WHERE number BETWEEN :first AND :last",
    "INSERT INTO documents SELECT number + :documents, file + :files, id, path, title, date,"
    " source, language, script, text, digest, paragraphs"
    " FROM before.documents WHERE file BETWEEN :first AND :last",
    "INSERT INTO paragraphs SELECT row + :rows, document + :documents, ordinal, section, text,"
    " start, end, first_line, last_line, page, sentences"
    " FROM before.paragraphs WHERE row BETWEEN :first_row AND :last_row",
)
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


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it was found: `relative` is its path's bytes, `reason` what was left out of it.

    `digest` is the sha256 of its bytes, None where they could not be had.
    """

    relative: bytes
    digest: str | None
    reason: str | None
    documents: int

    @property
    def path(self) -> str:
        """The path in valid Unicode, as documents carry it."""
        return printable_path(self.relative.decode("utf-8", "surrogateescape"))


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph as it is embedded: what stands around it, its text, and its sentences.

    `sentences` are offsets into the text.
    """

    row: int
    context: str
    text: str
    sentences: tuple[tuple[int, int], ...]


class CorpusWriter:
    """Writes files in order; documents and their paragraphs get numbers from 0.

    `before` is the corpus that files may be copied from.
    """

    def __init__(self, path: Path, before: Path | None = None) -> None:
        self._database = sqlite3.connect(path, uri=True)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("PRAGMA synchronous = OFF")  # the store syncs the whole file
        self._database.executescript(_SCHEMA)
        if before is not None:
            self._database.execute("ATTACH ? AS before", (_uri(before),))
        self.files = self.documents = self.rows = 0

    def keep(self, first: int, last: int) -> tuple[int, int]:
        """Copies files of the corpus before, by their numbers there, `last` included.

        Returns the first of their rows there, and before which one they end.
        """
        found = self._database.execute(
            "SELECT min(d.number), count(*) FROM before.documents d WHERE d.file BETWEEN ? AND ?",
            (first, last),
        ).fetchone()
        first_document, documents = found
        first_row, rows = self._database.execute(
            "SELECT min(row), count(*) FROM before.paragraphs WHERE document BETWEEN ? AND ?",
            (first_document, (first_document or 0) + documents - 1),
        ).fetchone()
        first_row = first_row or 0
        values = {
            "first": first,
            "last": last,
            "first_row": first_row,
            "last_row": first_row + rows - 1,
            "files": self.files - first,
            "documents": self.documents - (first_document or 0),
            "rows": self.rows - first_row,
        }
        for statement in _COPY:
            self._database.execute(statement, values)
        self.files += last - first + 1
        self.documents += documents
        self.rows += rows
        return first_row, first_row + rows

    def add(self, document: Document) -> None:
        """Adds a document of the file that is named next."""
        facts = (
            *(self.documents, self.files, document.id, document.path, document.title),
            *(document.date, document.source, document.language, document.script),
            *(document.text, document.digest, len(document.paragraphs)),
        )
        self._database.execute(f"INSERT INTO documents VALUES ({_marks(12)})", facts)  # noqa: S608
        self._database.executemany(
            f"INSERT INTO paragraphs VALUES ({_marks(11)})",  # noqa: S608 - marks only
            (
                (
                    *(self.rows + at, self.documents, p.ordinal, p.section),
                    *(document.text[p.start : p.end], p.start, p.end, *p.lines, p.page),
                    json.dumps([(s.start, s.end) for s in p.sentences]),
                )
                for at, p in enumerate(document.paragraphs)
            ),
        )
        self.documents += 1
        self.rows += len(document.paragraphs)

    def end_file(self, file: StoredFile) -> None:
        """Names the file that the documents added last are of."""
        facts = (self.files, file.relative, file.digest, file.reason, file.documents)
        self._database.execute("INSERT INTO files VALUES (?, ?, ?, ?, ?)", facts)
        self.files += 1

    def close(self) -> None:
        self._database.commit()
        self._database.close()

    def abandon(self) -> None:
        """Closes the file of what will not be finished."""
        self._database.close()


class Corpus:
    """Read-only documents and paragraphs. May be used by several threads at once."""

    def __init__(self, path: Path) -> None:
        try:
            self._database = sqlite3.connect(_uri(path), uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise StoreError(
                f"The documents in {path} cannot be read: {error}. Build the index again: "
                "wenda index --full"
            ) from error
        self._reading = threading.Lock()
        # Whoever holds it last lets it go.
        self._closing = weakref.finalize(self, self._database.close)

    def close(self) -> None:
        self._closing()

    def files(self) -> list[StoredFile]:
        """All files, those without documents too, in the order of their paths."""
        rows = self._read("SELECT relative, digest, reason, documents FROM files ORDER BY number")
        return [StoredFile(*row) for row in rows]

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

    def passages(self, rows: Iterable[int]) -> Iterator[Passage]:
        """Paragraphs as they are embedded, by their rows."""
        for row in rows:
            title, section, text, start, sentences = self._read(
                "SELECT d.title, p.section, p.text, p.start, p.sentences "
                "FROM paragraphs p JOIN documents d ON d.number = p.document WHERE p.row = ?",
                row,
            )[0]
            spans = tuple((first - start, last - start) for first, last in json.loads(sentences))
            yield Passage(row, context_of(title, section), text, spans)

    def _read(self, query: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        with self._reading:
            return self._database.execute(query, values).fetchall()


def context_of(title: str, section: str) -> str:
    """What a paragraph is embedded and looked up with: where it stands."""
    return " › ".join(part for part in (title, section) if part)


def _uri(path: Path) -> str:
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
