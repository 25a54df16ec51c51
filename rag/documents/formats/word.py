"""Reads Word files (.docx), by python-docx, the established library for them (MIT).

The only module that knows it.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rag.documents.block import Content
from rag.documents.cleaning import clean_pieces
from rag.documents.cleaning.piece import Piece, Role
from rag.documents.formats.pieces import Entry, grouped, heading, paragraph, table
from rag.documents.formats.signatures import kind_of
from rag.documents.formats.titles import titled
from rag.documents.limits import COLUMNS, UNPACKED_BYTES, UNPACKED_PARTS
from rag.documents.text.characters import tidy
from rag.documents.text.languages import fitting_language
from rag.errors import DocumentError

if TYPE_CHECKING:
    from docx.document import Document

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
#: Elements whose text is not, or no longer, part of the document's.
_SILENT = frozenset({f"{_W}del", f"{_W}moveFrom", _FALLBACK})
_HEADING = re.compile(r"(?:heading|标题|標題)\s*([1-9])", re.IGNORECASE)
_TITLE = re.compile(r"title|标题|標題", re.IGNORECASE)
_CONTENTS = re.compile(r"toc\s*\d|目录\s*\d|toc heading", re.IGNORECASE)
_AGAIN = "Open it in Word or LibreOffice and save it as .docx."


def read_word(data: bytes) -> Content:
    """Headings, paragraphs, lists and tables of a Word file; paragraphs and rows are its lines.

    Raises DocumentError when it is no Word file, needs a password, is damaged or unpacks to more
    than the limit.
    """
    _check(data)
    # Loading takes a moment, and what only serves answers never reads a file.
    import docx

    try:
        document = docx.Document(io.BytesIO(data))
    except ValueError as error:
        raise DocumentError(f"It is an Office file, but not of Word. {_AGAIN}") from error
    pieces = _Body(document).pieces()
    content = clean_pieces(pieces)
    facts = document.core_properties
    # python-docx makes up properties for a file that has none.
    invented = facts.last_modified_by == "python-docx" and facts.title == "Word Document"
    known = ("" if invented else tidy(facts.title or "")[:200]) or next(
        (piece.text for piece in pieces if piece.role is Role.TITLE), None
    )
    title, blocks = titled(known, content.blocks)
    # A library's template would date all that is made with it to 2013.
    own = facts.created is not None and facts.author != "python-docx"
    return replace(
        content,
        blocks=blocks,
        title=title or content.title,
        date=content.date or (facts.created.date().isoformat() if own and facts.created else None),
        language=fitting_language(facts.language, "\n".join(block.text for block in blocks)),
    )


def _check(data: bytes) -> None:
    kind = kind_of(data)
    if kind == "an Office file protected by a password":
        raise DocumentError("It is protected by a password. Save a copy without one.")
    if kind is None or not data.startswith(b"PK"):
        is_what = f"It is {kind}, not a Word file (.docx)." if kind else "It is not a Word file."
        raise DocumentError(f"{is_what} {_AGAIN}")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise DocumentError(f"It is damaged (cut off or overwritten). {_AGAIN}") from error
    if len(parts) > UNPACKED_PARTS or sum(part.file_size for part in parts) > UNPACKED_BYTES:
        raise DocumentError(
            f"It unpacks to more than {UNPACKED_BYTES:,} bytes or {UNPACKED_PARTS:,} parts. "
            "Take pictures out of it, or split it."
        )
    if not any(part.filename.lower() == "[content_types].xml" for part in parts):
        raise DocumentError(f"It is a ZIP archive, not a Word file (.docx). {_AGAIN}")


class _Body:
    """Walks the text of a Word file in order; counts its paragraphs and rows as lines."""

    def __init__(self, document: "Document") -> None:
        self._body = document.element.body
        self._styles = _styles(document)
        self._line = 0

    def pieces(self) -> list[Piece]:
        return grouped(list(self._entries(self._body)))

    def _entries(self, parent: Any) -> Iterator[Entry]:
        for child in parent.iterchildren(f"{_W}*"):
            if child.tag == f"{_W}p":
                self._line += 1
                yield from self._paragraph(child)
            elif child.tag == f"{_W}tbl":
                yield from self._table(child)
            elif child.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"}:
                yield from self._entries(child)

    def _paragraph(self, element: Any) -> Iterator[Entry]:
        text = tidy(_text(element))
        properties = element.find(f"{_W}pPr")
        style, listed, level = "", False, None
        if properties is not None:
            style = _value(properties.find(f"{_W}pStyle")) or ""
            listed = properties.find(f"{_W}numPr") is not None
            level = _outline_level(properties)
        known = self._styles.get(style)
        if not text or known == "contents":
            return
        lines = (self._line, self._line)
        if isinstance(known, int) or level is not None:
            yield Entry(heading(text, lines, level or int(known or 1)))
        elif known == "title":
            yield Entry(paragraph(text, lines).be(Role.TITLE))
        else:
            yield Entry(paragraph(text, lines), listed=listed or known == "list")

    def _table(self, element: Any) -> Iterator[Entry]:
        rows: list[tuple[int, list[str]]] = []
        for row in element.iter(f"{_W}tr"):
            if next(row.iterancestors(f"{_W}tbl")) is not element:
                continue  # of a table inside a cell, whose words the cell has
            self._line += 1
            above = rows[-1][1] if rows else []
            rows.append((self._line, _cells(row, above)))
        if max((len(cells) for _, cells in rows), default=0) < 2:
            # A frame around text, no table.
            for line, cells in rows:
                if cells and cells[0]:
                    yield Entry(paragraph(cells[0], (line, line)))
            return
        piece = table(rows)
        if piece is not None:
            yield Entry(piece)


def _cells(row: Any, above: list[str]) -> list[str]:
    cells: list[str] = []
    for cell in row.iterchildren(f"{_W}tc"):
        text = tidy(" ".join(_text(p) for p in cell.iter(f"{_W}p")))
        properties = cell.find(f"{_W}tcPr")
        span = 1
        if properties is not None:
            span = int(_value(properties.find(f"{_W}gridSpan")) or 1)
            merged = properties.find(f"{_W}vMerge")
            if merged is not None and _value(merged) in {None, "continue"}:
                text = above[len(cells)] if len(cells) < len(above) else ""
        cells += [text, *[""] * (min(span, COLUMNS) - 1)]
        if len(cells) > COLUMNS:
            raise DocumentError(f"A table has more than {COLUMNS:,} columns. Split it.")
    return cells


def _text(paragraph: Any) -> str:
    """The words of a paragraph, those of accepted changes and links too."""
    words: list[str] = []
    silent = None
    for element in paragraph.iter(f"{_W}*", _FALLBACK):
        if silent is not None and any(a is silent for a in element.iterancestors()):
            continue
        silent = element if element.tag in _SILENT else None
        if element.tag == f"{_W}t":
            words.append(element.text or "")
        elif element.tag in {f"{_W}tab", f"{_W}br", f"{_W}cr"}:
            words.append(" ")
        elif element.tag == f"{_W}noBreakHyphen":
            words.append("-")
    return "".join(words)


def _styles(document: "Document") -> dict[str, int | str]:
    """What a paragraph of each style is: a heading's level, 'title', 'list' or 'contents'."""
    kinds: dict[str, int | str] = {}
    bases: dict[str, str | None] = {}
    for style in document.styles.element.iterchildren(f"{_W}style"):
        identity = style.get(f"{_W}styleId") or ""
        bases[identity] = _value(style.find(f"{_W}basedOn"))
        kind = _kind(_value(style.find(f"{_W}name")) or "", style.find(f"{_W}pPr"))
        if kind is not None:
            kinds[identity] = kind
    for identity in bases:
        base, seen = identity, {identity}
        while base not in kinds and bases.get(base) not in {None, *seen}:
            base = bases[base] or ""
            seen.add(base)
        if base in kinds:
            kinds[identity] = kinds[base]
    return kinds


def _kind(name: str, properties: Any) -> int | str | None:
    numbered = _HEADING.fullmatch(name)
    if numbered is not None:
        return int(numbered[1])
    if _TITLE.fullmatch(name):
        return "title"
    if _CONTENTS.fullmatch(name):
        return "contents"
    if name.lower().startswith(("list bullet", "list number")):
        return "list"
    return None if properties is None else _outline_level(properties)


def _outline_level(properties: Any) -> int | None:
    value = _value(properties.find(f"{_W}outlineLvl"))
    return int(value) + 1 if value is not None and value in "012345678" and value else None


def _value(element: Any) -> str | None:
    return None if element is None else element.get(f"{_W}val")
