"""One page of a file: its lines, and whether it has pictures instead of words."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.documents.formats.pdf.drawing import SCANNED, Drawing, look_at
from rag.documents.formats.pdf.forms import with_fields
from rag.documents.formats.pdf.glyphs import read_runs
from rag.documents.formats.pdf.line import Line
from rag.documents.formats.pdf.lines import Lines
from rag.documents.formats.pdf.segments import segments_of
from rag.documents.text.characters import weight

if TYPE_CHECKING:
    import pypdfium2  # type: ignore[import-untyped]  # it ships no annotations


#: As `weight` has it: a heading and a page number.
_FEW_WORDS = 40.0


@dataclass(frozen=True, slots=True)
class Page:
    """The lines in reading order.

    `pictured` where a picture takes up the page, and there is hardly a word beside it.
    """

    lines: list[Line]
    pictured: bool


def read_page(file: "pypdfium2.PdfDocument", number: int, layout: Lines) -> Page | None:
    """The page of that number, from 1; None when it is damaged."""
    import pypdfium2

    try:
        page = file[number - 1]
    except pypdfium2.PdfiumError:
        return None
    try:
        drawing = look_at(page)
        text = page.get_textpage()
        try:
            found = segments_of(read_runs(text, drawing.hidden))
            lines = layout.of_page(*with_fields(found, page, file.formenv), number)
        finally:
            text.close()
    except pypdfium2.PdfiumError:
        return None
    finally:
        page.close()
    return Page(lines, _is_pictured(lines, drawing))


def _is_pictured(lines: list[Line], drawing: Drawing) -> bool:
    if not lines:
        return drawing.pictures > 0
    if drawing.recognized or drawing.pictures < SCANNED:
        return False
    return sum(weight(line.text) for line in lines) < _FEW_WORDS
