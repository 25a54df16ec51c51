"""Reads PowerPoint presentations (.pptx), by python-pptx (MIT). The only module that knows it."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from rag.documents.block import Content, Dropped
from rag.documents.cleaning.piece import Piece, Role
from rag.documents.cleaning.pipeline import blocks_of
from rag.documents.formats.inline.links import Addresses
from rag.documents.formats.inline.raised import END, RAISED, lowered, raised, with_figures
from rag.documents.formats.office.charts import chart_rows, chart_title, diagram_texts
from rag.documents.formats.office.formulas import formula_text
from rag.documents.formats.office.package import Package, parse
from rag.documents.formats.office.properties import Properties
from rag.documents.formats.structure.pieces import Entry, grouped, heading, paragraph
from rag.documents.formats.tables.grid import Row, Spot, grid
from rag.documents.text.characters import HAN, tidy
from rag.documents.text.languages import fitting_language
from rag.errors import DocumentError

_AGAIN = "Open it in PowerPoint or LibreOffice and save it as .pptx."
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_DATA = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"
#: Placeholders that repeat on every slide: date, footer, number of the slide.
_FRAME = frozenset({"DATE", "FOOTER", "SLIDE_NUMBER", "HEADER"})
#: Groups inside groups that are looked into.
_DEEPEST = 20


def read_slides(data: bytes) -> Content:
    """Titles, texts, tables, charts and notes of each slide; a slide is a page.

    Hidden slides are left out. Raises DocumentError when it is no presentation, needs a password,
    is damaged or unpacks to more than the limit.
    """
    package = Package(
        data, kind="a PowerPoint file (.pptx)", again=_AGAIN, must="[content_types].xml"
    )
    package.check_program("ppt", "PowerPoint")
    # Loading takes a moment, and what only serves answers never reads a file.
    import pptx

    try:
        presentation = pptx.Presentation(io.BytesIO(package.transitional()))
    except ValueError as error:
        raise DocumentError(f"It is a PowerPoint file of another kind. {_AGAIN}") from error
    reading = _Slides()
    pieces = reading.pieces(presentation)
    facts = Properties(package)
    blocks = tuple(blocks_of(pieces))
    return Content(
        blocks,
        title=facts.title or reading.first_title,
        date=facts.created,
        language=fitting_language(facts.language, "\n".join(block.text for block in blocks)),
        dropped=(*reading.dropped, *package.pictures),
        pages=tuple(reading.pages),
    )


@dataclass(slots=True)
class _Slides:
    """Reads slide by slide; every text is a line."""

    line: int = 0
    pages: list[int] = field(default_factory=list)
    first_title: str | None = None
    dropped: list[Dropped] = field(default_factory=list)

    def pieces(self, presentation: Any) -> list[Piece]:
        pieces: list[Piece] = []
        for number, slide in enumerate(presentation.slides, 1):
            self.pages.append(self.line + 1)
            if slide._element.get("show") in {"0", "false"}:  # noqa: SLF001 - it has no other name
                self.line += 1
                self.dropped.append(
                    Dropped((self.line, self.line), "", "hidden slide", str(number))
                )
                continue
            pieces += self._slide(number, slide)
        return pieces

    def _next(self) -> tuple[int, int]:
        self.line += 1
        return self.line, self.line

    def _slide(self, number: int, slide: Any) -> list[Piece]:
        title = slide.shapes.title
        words = (
            " ".join(_paragraphs(title, slide.part))
            if title is not None and title.has_text_frame
            else ""
        )
        if words and self.first_title is None:
            self.first_title = words
        entries = [Entry(heading(words or f"Slide {number}", self._next(), 1))]
        for shape in _in_order(slide.shapes):
            if title is None or shape.shape_id != title.shape_id:
                entries += self._shape(shape, slide.part, 0)
        if slide.has_notes_slide:
            frame = slide.notes_slide.notes_text_frame
            notes = [_words(p, slide.notes_slide.part) for p in frame.paragraphs] if frame else []
            entries += [Entry(paragraph(_noted(text), self._next())) for text in notes if text]
        if len(entries) == 1:
            entries = [Entry(piece.with_role(Role.BODY)) for piece in [entries[0].piece] if words]
        return grouped(entries)

    def _shape(self, shape: Any, part: Any, depth: int) -> Iterator[Entry]:
        if _is_frame(shape):
            return
        if hasattr(shape, "shapes") and depth < _DEEPEST:
            for inner in _in_order(shape.shapes):
                yield from self._shape(inner, part, depth + 1)
        elif getattr(shape, "has_table", False) and shape.has_table:
            piece = grid([(self._next()[0], row) for row in _rows(shape.table, part)])
            if piece is not None:
                yield Entry(piece)
        elif getattr(shape, "has_chart", False) and shape.has_chart:
            yield from self._chart(parse(shape.chart.part.blob))
        elif shape.has_text_frame:
            texts = _paragraphs(shape, part)
            for text in texts:
                yield Entry(paragraph(text, self._next()), listed=len(texts) > 1)
        else:
            yield from self._diagram(shape, part)

    def _chart(self, root: Any) -> Iterator[Entry]:
        if root is None:
            return
        line = self._next()
        title = chart_title(root)
        if title:
            yield Entry(paragraph(title, line))
        rows: list[Row] = [(line[0], row) for row in chart_rows(root)]
        piece = grid(rows, headers=1)
        if piece is not None:
            yield Entry(piece)

    def _diagram(self, shape: Any, part: Any) -> Iterator[Entry]:
        for element in shape._element.iter(f"{{{_DATA}}}relIds"):  # noqa: SLF001 - as above
            related = part.rels.get(element.get(f"{_R}dm") or "")
            root = None if related is None else parse(related.target_part.blob)
            for text in diagram_texts(root) if root is not None else ():
                yield Entry(paragraph(text, self._next()), listed=True)


def _is_frame(shape: Any) -> bool:
    kind = shape.placeholder_format.type if shape.is_placeholder else None
    return kind is not None and kind.name in _FRAME


def _in_order(shapes: Any) -> list[Any]:
    """The shapes as one reads them: from the top; what stands beside one another from the left."""
    placed = [(shape.top or 0, shape.left or 0, shape) for shape in shapes]
    placed.sort(key=lambda it: (it[0], it[1]))
    rows: list[list[tuple[int, int, Any]]] = []
    for each, before in zip(placed, [None, *placed], strict=False):
        height = (before[2].height or 0) if before is not None else 0
        if before is not None and each[0] < before[0] + height / 2:
            rows[-1].append(each)
        else:
            rows.append([each])
    return [shape for row in rows for _, _, shape in sorted(row, key=lambda it: it[1])]


def _rows(table: Any, part: Any) -> Iterator[list[Spot]]:
    above: list[Spot] = []
    for row in table.rows:
        spots: list[Spot] = []
        for at, cell in enumerate(row.cells):
            if cell._tc.get("vMerge") in {"1", "true"} and at < len(above):  # noqa: SLF001 - as above
                spots.append(above[at])
            elif cell.is_spanned and spots:
                spots.append(replace(spots[-1], lead=False))
            else:
                words = tidy(" ".join(_words(p, part) for p in cell.text_frame.paragraphs))
                spots.append(Spot(words))
        above = spots
        yield spots


def _paragraphs(shape: Any, part: Any) -> list[str]:
    return [text for p in shape.text_frame.paragraphs if (text := _words(p, part))]


def _words(found: Any, part: Any) -> str:
    """The words of a paragraph without what is struck out."""
    addresses = Addresses()
    parts: list[str] = []
    for child in found._p.iter(f"{_A}r", f"{_A}br", f"{_A}fld", _MATH):  # noqa: SLF001 - as above
        if child.tag == _MATH:
            parts.append(formula_text(child))
            continue
        if child.tag == f"{_A}br":
            parts.append(" ")
            continue
        facts = child.find(f"{_A}rPr")
        text = child.findtext(f"{_A}t") or ""
        if facts is None or child.tag == f"{_A}fld":
            parts.append("" if child.get("type") == "slidenum" else text)
            continue
        if facts.get("strike", "noStrike") != "noStrike":
            continue
        shift = facts.get("baseline", "0").lstrip("+").rstrip("%")
        if text.strip() and shift not in {"0", ""}:
            text = lowered(text) if shift.startswith("-") else raised(text)
        parts.append(text)
        link = facts.find(f"{_A}hlinkClick")
        target = part.rels.get(link.get(f"{_R}id") or "") if link is not None else None
        if target is not None and target.is_external:
            parts.append(addresses.address_after(target.target_ref, text))
    return tidy(with_figures("".join(parts).replace(f"{END}{RAISED}", "")))


def _noted(text: str) -> str:
    return f"备注：{text}" if HAN.search(text) else f"Notes: {text}"
