"""Writes the files and documents of a generation, new ones or copied from the one before."""

import json
import sqlite3
from dataclasses import astuple
from pathlib import Path

from rag.documents import Document
from rag.index.corpus.corpus import uri_of
from rag.index.corpus.stored import StoredFile

_SCHEMA = """
CREATE TABLE files (
    number INTEGER PRIMARY KEY, relative BLOB, digest TEXT, reason TEXT, documents INTEGER,
    left_out TEXT);
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, file INTEGER, id TEXT, path TEXT, title TEXT, date TEXT,
    source TEXT, language TEXT, script TEXT, text TEXT, digest TEXT, paragraphs INTEGER);
CREATE TABLE paragraphs (
    row INTEGER PRIMARY KEY, document INTEGER, ordinal INTEGER, section TEXT, text TEXT,
    start INTEGER, end INTEGER, first_line INTEGER, last_line INTEGER, page INTEGER,
    sentences TEXT, kind TEXT, language TEXT, recognized REAL);
CREATE INDEX documents_by_id ON documents (id);
CREATE INDEX documents_of_file ON documents (file);
CREATE INDEX documents_by_date ON documents (date, title, path);
CREATE INDEX paragraphs_of_document ON paragraphs (document, ordinal);
"""
#: Copies files of another corpus; the numbers of files, documents and rows are shifted, and ids
#: lose the ending that told equal ones apart.
_COPY = (
    "INSERT INTO files SELECT number + :files, relative, digest, reason, documents, left_out"
    " FROM before.files WHERE number BETWEEN :first AND :last",
    "INSERT INTO documents SELECT number + :documents, file + :files,"
    " substr(id, 1, instr(id || '-', '-') - 1), path, title, date,"
    " source, language, script, text, digest, paragraphs"
    " FROM before.documents WHERE file BETWEEN :first AND :last",
    "INSERT INTO paragraphs SELECT row + :rows, document + :documents, ordinal, section, text,"
    " start, end, first_line, last_line, page, sentences, kind, language, recognized"
    " FROM before.paragraphs WHERE row BETWEEN :first_row AND :last_row",
)


class CorpusWriter:
    """Writes files in order; documents and their paragraphs get numbers from 0.

    `before` is the previous corpus, from which files may be copied.
    """

    def __init__(self, path: Path, before: Path | None = None) -> None:
        self._database = sqlite3.connect(path, uri=True)
        try:
            self._database.execute("PRAGMA journal_mode = OFF")
            self._database.execute("PRAGMA synchronous = OFF")  # the store syncs the whole file
            self._database.executescript(_SCHEMA)
            if before is not None:
                self._database.execute("ATTACH ? AS before", (uri_of(before),))
        except BaseException:
            self.abandon()
            raise
        self.files = self.documents = self.rows = 0

    def copy_files(self, first: int, last: int) -> tuple[int, int]:
        """Copies files of the previous corpus, by their numbers there, `last` included.

        Returns the rows of their paragraphs there, as the bounds of a half-open range.
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

    def add_document(self, document: Document) -> None:
        """Writes a document; `end_file` then names the file that it belongs to."""
        facts = (
            *(self.documents, self.files, document.id, document.path, document.title),
            *(document.date, document.source, document.language, document.script),
            *(document.text, document.digest, len(document.paragraphs)),
        )
        self._database.execute(f"INSERT INTO documents VALUES ({_marks(12)})", facts)  # noqa: S608
        self._database.executemany(
            f"INSERT INTO paragraphs VALUES ({_marks(14)})",  # noqa: S608 - marks only
            (
                (
                    *(self.rows + at, self.documents, p.ordinal, p.section),
                    *(document.text[p.start : p.end], p.start, p.end, *p.lines, p.page),
                    json.dumps([(s.start, s.end) for s in p.sentences]),
                    p.kind,
                    p.language,
                    p.recognized,
                )
                for at, p in enumerate(document.paragraphs)
            ),
        )
        self.documents += 1
        self.rows += len(document.paragraphs)

    def end_file(self, file: StoredFile) -> None:
        """Writes the file that the documents since the last call belong to."""
        left_out = json.dumps([astuple(part) for part in file.left_out])
        facts = (self.files, file.relative, file.digest, file.reason, file.documents, left_out)
        self._database.execute("INSERT INTO files VALUES (?, ?, ?, ?, ?, ?)", facts)
        self.files += 1

    def _make_ids_distinct(self) -> None:
        """Numbers the documents that share an id (two paths whose digests begin alike): the first
        keeps it, the next ones get `id-2`, `id-3`, in the order of their paths.
        """
        shared = self._database.execute(
            "SELECT number, id, row_number() OVER (PARTITION BY id ORDER BY number) FROM documents "
            "WHERE id IN (SELECT id FROM documents GROUP BY id HAVING count(*) > 1)"
        ).fetchall()
        self._database.executemany(
            "UPDATE documents SET id = ? WHERE number = ?",
            [(f"{identity}-{place}", number) for number, identity, place in shared if place > 1],
        )

    def close(self) -> None:
        """Makes the file whole. Raises sqlite3.Error when it cannot be written."""
        try:
            self._make_ids_distinct()
            self._database.commit()
        finally:
            self._database.close()

    def abandon(self) -> None:
        """Closes an unfinished database."""
        self._database.close()


def _marks(count: int) -> str:
    return ", ".join("?" * count)
