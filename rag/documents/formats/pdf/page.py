"""One page of a file: its lines, and what it lacks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
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
#: The share of a page that pictures cover where they are said not to be read: no logos.
_PICTURE = 0.03


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of a page in reading order, what it lacks, and what of it is not read besides;
    where its lines were recognized, how surely each.
    """

    lines: Sequence[PdfLine] = ()
    lack: Lack | None = None
    unread: tuple[str, ...] = ()
    confidences: tuple[float, ...] = ()


def first_lines(pages: Sequence[Page]) -> tuple[int, ...]:
    """The number of the first line of each page, counted through all."""
    return (*accumulate((len(page.lines) for page in pages[:-1]), initial=1),)


def numbered(pages: Sequence[Page]) -> tuple[tuple[int, float], ...]:
    """The lines that were recognized, by their numbers through all pages, with how surely."""
    return tuple(
        (first + at, confidence)
        for first, page in zip(first_lines(pages), pages, strict=True)
        for at, confidence in enumerate(page.confidences)
    )


def read_page(file: "pypdfium2.PdfDocument", number: int, layout: Lines) -> Page:
    """The page of that number, from 1."""
    import pypdfium2

    try:
        page = file[number - 1]
    except pypdfium2.PdfiumError:
        return Page(lack=Lack.SENSE)
    try:
        drawing = look_at(page)
        text = page.get_textpage()
        try:
            characters = read_characters(text)
            if not is_legible(text, characters):
                return Page(lack=Lack.LETTERS)
            found = segments_of(read_runs(text, characters, drawing.hidden))
            found, notes = with_fields(found, page, file.formenv)
            lines = layout.of_page(number, found, notes, drawing.rules)
        finally:
            text.close()
    except pypdfium2.PdfiumError:
        return Page(lack=Lack.SENSE)
    finally:
        page.close()
    lack = _lack(lines, drawing)
    return Page(lines, lack, tuple(_unread(drawing, lack)))


def _unread(drawing: Drawing, lack: Lack | None) -> Iterator[str]:
    if drawing.hidden:
        yield "hidden"
    if lack is None and drawing.pictures >= _PICTURE and not drawing.recognized:
        yield "picture"


def _lack(lines: list[PdfLine], drawing: Drawing) -> Lack | None:
    if not lines:
        return Lack.WORDS if drawing.pictures > 0 else None
    if drawing.recognized or drawing.pictures < SCANNED:
        return None
    few = sum(weight(line.text) for line in lines) < _FEW_WORDS
    return Lack.MOST_WORDS if few else None
