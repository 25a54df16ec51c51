"""Reads rich text (.rtf), by striprtf (BSD). The only module that knows it."""

import re

from rag.documents.block import Content
from rag.documents.formats.structure.pieces import Entry, grouped, paragraph
from rag.documents.formats.structure.structured import structured
from rag.documents.formats.tables.grid import Row, Spot, grid
from rag.documents.text.characters import tidy
from rag.errors import DocumentError

_AGAIN = "Open it in Word or LibreOffice and save it as .docx."
#: Groups with words that are struck out or hidden, as far as they hold no groups themselves.
_UNSEEN = re.compile(rb"\{[^{}]*\\(?:strike|striked1|v|deleted)(?![0-9a-z])[^{}]*\}")
_TITLE = re.compile(r"\{\\title ([^{}\\]{1,200})\}")


def read_rich_text(data: bytes) -> Content:
    """The paragraphs and rows of tables of a rich text file, each a line.

    Raises DocumentError when it is none.
    """
    if not data.lstrip().startswith(b"{\\rtf"):
        raise DocumentError(f"It is not a rich text file (.rtf). {_AGAIN}")
    # Loading takes a moment, and what only serves answers never reads a file.
    from striprtf.striprtf import rtf_to_text

    source = _UNSEEN.sub(b"{}", data).decode("latin-1")
    text = rtf_to_text(source, errors="ignore")  # type: ignore[no-untyped-call]  # not annotated
    title = _TITLE.search(source)
    entries: list[Entry] = []
    rows: list[Row] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.rstrip().endswith("|") and line.count("|") > 1:
            rows.append((number, [Spot(tidy(cell)) for cell in line.rstrip()[:-1].split("|")]))
            continue
        entries += _table(rows)
        rows = []
        if tidy(line):
            entries.append(Entry(paragraph(tidy(line), (number, number))))
    entries += _table(rows)
    return structured(grouped(entries), title=tidy(title[1]) if title else None)


def _table(rows: list[Row]) -> list[Entry]:
    piece = grid(rows) if rows else None
    return [] if piece is None else [Entry(piece)]
