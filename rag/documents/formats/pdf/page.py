"""One page of a file: its lines, and what it lacks."""

from typing import TYPE_CHECKING

from rag.documents.formats.pdf.characters.drawing import SCANNED, Drawing, look_at
from rag.documents.formats.pdf.characters.glyphs import read_characters, read_runs
from rag.documents.formats.pdf.characters.legibility import is_legible
from rag.documents.formats.pdf.forms import with_fields
from rag.documents.formats.pdf.layout.line import PdfLine
from rag.documents.formats.pdf.layout.lines import Lines
from rag.documents.formats.pdf.layout.segments import segments_of
from rag.documents.formats.pdf.omissions import Lack
from rag.documents.text.characters import weight

if TYPE_CHECKING:
    import pypdfium2  # type: ignore[import-untyped]  # it ships no annotations


#: As `weight` has it: a heading and a page number.
_FEW_WORDS = 40.0


def read_page(
    file: "pypdfium2.PdfDocument", number: int, layout: Lines
) -> tuple[list[PdfLine], Lack | None]:
    """The lines of the page of that number, from 1, in reading order; and what it lacks."""
    import pypdfium2

    try:
        page = file[number - 1]
    except pypdfium2.PdfiumError:
        return [], Lack.SENSE
    try:
        drawing = look_at(page)
        text = page.get_textpage()
        try:
            characters = read_characters(text)
            if not is_legible(text, characters):
                return [], Lack.LETTERS
            found = segments_of(read_runs(text, characters, drawing.hidden))
            found, notes = with_fields(found, page, file.formenv)
            lines = layout.of_page(number, found, notes, drawing.rules)
        finally:
            text.close()
    except pypdfium2.PdfiumError:
        return [], Lack.SENSE
    finally:
        page.close()
    return lines, _lack(lines, drawing)


def _lack(lines: list[PdfLine], drawing: Drawing) -> Lack | None:
    if not lines:
        return Lack.WORDS if drawing.pictures > 0 else None
    if drawing.recognized or drawing.pictures < SCANNED:
        return None
    few = sum(weight(line.text) for line in lines) < _FEW_WORDS
    return Lack.MOST_WORDS if few else None
