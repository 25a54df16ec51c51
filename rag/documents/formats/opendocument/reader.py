"""Reads OpenDocument files from their XML, by lxml: text, sheets and slides."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from rag.documents.block import Content, Dropped
from rag.documents.cleaning.dates import find_date
from rag.documents.cleaning.piece import Role
from rag.documents.cleaning.pipeline import blocks_of as pieces_to_blocks
from rag.documents.formats.office.package import Package
from rag.documents.formats.opendocument.flow import OpenDocumentFlow
from rag.documents.formats.opendocument.names import (
    DC,
    DRAW,
    META,
    OFFICE,
    PRESENTATION,
    STYLE,
    TABLE,
)
from rag.documents.formats.opendocument.styles import OpenDocumentStyles
from rag.documents.formats.sheets.sheet import Sheet, blocks_of, check_size
from rag.documents.formats.structure.pieces import Entry, grouped, heading
from rag.documents.formats.structure.structured import structured
from rag.documents.text.characters import HAN, tidy
from rag.documents.text.languages import fitting_language
from rag.errors import DocumentError

_AGAIN = "Open it in LibreOffice and save it anew."
_KIND = "an OpenDocument file"
_UNNAMED = re.compile(r"Slide \d+")
_FRAMES = ("header", "header-first", "header-left", "footer", "footer-first", "footer-left")


class _File:
    """An OpenDocument file whose body is of the kind 'text', 'spreadsheet' or 'presentation'."""

    def __init__(self, data: bytes, body: str) -> None:
        self._package = Package(data, kind=_KIND, again=_AGAIN, must="content.xml")
        manifest = self._package.data("META-INF/manifest.xml") or b""
        if b"encryption-data" in manifest:
            raise DocumentError("It is protected by a password. Save a copy without one.")
        content = self._package.xml("content.xml")
        if content is None:
            raise DocumentError(f"It is damaged (it has no text inside). {_AGAIN}")
        found = content.find(f"{OFFICE}body/{OFFICE}{body}")
        if found is None:
            raise DocumentError(f"It is an OpenDocument file of another kind. {_AGAIN}")
        self.body: Any = found
        self.styles_root = self._package.xml("styles.xml")
        self.flow = OpenDocumentFlow(OpenDocumentStyles(content, self.styles_root))

    def finished(self, content: Content) -> Content:
        """The content with what the file says of itself."""
        root = self._package.xml("meta.xml")

        def said(name: str) -> str:
            return tidy((root.findtext(f".//{name}") or "") if root is not None else "")[:200]

        created = find_date(said(f"{META}creation-date")[:10]) or find_date(said(f"{DC}date")[:10])
        text = "\n".join(block.text for block in content.blocks[:500])
        return replace(
            content,
            title=said(f"{DC}title") or content.title,
            date=content.date or (created[0] if created else None),
            language=fitting_language(said(f"{DC}language") or None, text),
            dropped=(*self.flow.dropped, *self._package.pictures),
        )


def read_open_text(data: bytes) -> Content:
    """Headings, paragraphs, lists, tables and notes of a text (.odt).

    Page headers and footers come first, once. Raises DocumentError when it is none, needs a
    password, is damaged or unpacks to more than the limit.
    """
    file = _File(data, "text")
    pieces = grouped(list(file.flow.entries(file.body)))
    told = {piece.text for piece in pieces}
    lines, file.flow.line = file.flow.line, 0
    frames = []
    for piece in grouped(list(_frames(file))):
        if piece.text not in told and any(map(str.isalnum, piece.text)):
            told.add(piece.text)
            frames.append(replace(piece, starts=((0, 1),), role=Role.BODY, level=0))
    file.flow.line = lines
    return file.finished(structured([*frames, *pieces]))


def _frames(file: _File) -> Iterator[Entry]:
    root = file.styles_root
    for page in root.iter(f"{STYLE}master-page") if root is not None else ():
        for name in _FRAMES:
            for frame in page.iterchildren(f"{STYLE}{name}"):
                if frame.get(f"{STYLE}display") != "false":
                    yield from file.flow.entries(frame)


def read_open_sheets(data: bytes) -> Content:
    """A paragraph for each row of each sheet (.ods); its lines are the numbers of the rows.

    Hidden sheets and rows are left out. Raises DocumentError as `read_open_text` does.
    """
    file = _File(data, "spreadsheet")
    sheets = []
    for table in file.body.iterchildren(f"{TABLE}table"):
        if file.flow.styles.is_collapsed("table", table.get(f"{TABLE}style-name")):
            name = tidy(table.get(f"{TABLE}name", ""))
            file.flow.dropped.append(Dropped((1, 1), "", "hidden sheet", name))
            continue
        file.flow.line = 0
        rows, _, words = file.flow.rows(table)
        name = tidy(table.get(f"{TABLE}name", ""))
        check_size(len(rows), 0, name)
        notes = [(1, entry.piece.text) for found in words for entry in file.flow.hanging(found)]
        sheets.append(Sheet(name, rows, notes))
    return file.finished(Content(tuple(blocks_of(sheets))))


def read_open_slides(data: bytes) -> Content:
    """Titles, texts, tables and notes of each slide (.odp); a slide is a page.

    Hidden slides are left out. Raises DocumentError as `read_open_text` does.
    """
    file = _File(data, "presentation")
    entries: list[Entry] = []
    pages = []
    for number, page in enumerate(file.body.iterchildren(f"{DRAW}page"), 1):
        pages.append(file.flow.line + 1)
        if file.flow.styles.is_collapsed("drawing-page", page.get(f"{DRAW}style-name")):
            file.flow.line += 1
            file.flow.dropped.append(Dropped((1, 1), "", "hidden slide", str(number)))
            continue
        entries += _slide(file, number, page)
    pieces = grouped(entries)
    titles = (piece.text for piece in pieces if piece.role is Role.HEADING)
    named = next((text for text in titles if not _UNNAMED.fullmatch(text)), None)
    content = file.finished(Content(tuple(pieces_to_blocks(pieces)), title=named))
    return replace(content, pages=tuple(pages))


def _slide(file: _File, number: int, page: Any) -> Iterator[Entry]:
    title = page.find(f"{DRAW}frame[@{PRESENTATION}class='title']")
    said = [entry.piece.text for entry in file.flow.entries(title)] if title is not None else []
    if not said:
        file.flow.line += 1
    line = file.flow.line
    yield Entry(heading(" ".join(said) or f"Slide {number}", (line, line), 1))
    for frame in page:
        if frame is title or not isinstance(frame.tag, str):
            continue
        if frame.tag == f"{PRESENTATION}notes":
            for entry in file.flow.entries(frame):
                lead = "备注：" if HAN.search(entry.piece.text) else "Notes: "
                yield replace(
                    entry,
                    piece=replace(entry.piece, text=f"{lead}{entry.piece.text}"),
                    listed=False,
                )
        elif frame.tag == f"{DRAW}frame" and frame.get(f"{PRESENTATION}class") in _REPEATED:
            continue
        else:
            yield from file.flow.entries([frame] if frame.tag.startswith(TABLE) else frame)


#: Frames that repeat on every slide.
_REPEATED = frozenset({"date-time", "footer", "header", "page-number"})
