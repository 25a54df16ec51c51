"""Lines that were recognized on a page are put in order like those that the file has as text."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median

from rag.documents.block import RecognizedLine, RecognizedPage
from rag.documents.formats.pdf.characters.glyphs import Glyph
from rag.documents.formats.pdf.layout.line import PdfLine
from rag.documents.formats.pdf.layout.lines import Lines
from rag.documents.formats.pdf.layout.segment import Segment, segment
from rag.documents.formats.pdf.page import Page
from rag.documents.text.characters import width

#: The height of a box in sizes of its letters.
_TALL = 1.15
#: How far the heights of boxes of equally large letters may be from the usual one, as a ratio.
_LOWER, _HIGHER = 0.72, 1.28


def recognized_page(found: RecognizedPage, number: int, layout: Lines) -> Page:
    """The lines of the page of that number in reading order, each with its confidence."""
    if not found.lines:
        return Page()
    usual = median(each.top - each.bottom for each in found.lines for _ in each.text)
    segments = [_segment(each, at, usual) for at, each in enumerate(found.lines)]
    lines = layout.of_page(number, segments)
    return Page(lines, confidences=tuple(_confidence(line, found.lines) for line in lines))


def with_sizes_alike(pages: Sequence[Page]) -> list[Page]:
    """The pages, with the usual letters of recognized ones as large as those that the file has as
    text: the boxes around recognized lines are larger than letters, by no fixed measure.
    """
    typed = [line for page in pages if not page.confidences for line in page.lines]
    if not typed:
        return [*pages]
    usual = _usual_size(typed)
    return [_resized(page, usual) if page.confidences else page for page in pages]


def _resized(page: Page, usual: float) -> Page:
    scale = usual / max(0.1, _usual_size(page.lines))
    return replace(page, lines=[replace(line, size=line.size * scale) for line in page.lines])


def _usual_size(lines: Sequence[PdfLine]) -> float:
    return median(line.size for line in lines for _ in line.text)


def _segment(line: RecognizedLine, number: int, usual: float) -> Segment:
    height = line.top - line.bottom
    size = usual if _LOWER <= height / max(usual, 0.1) <= _HIGHER else height
    return segment(list(_glyphs(line, round(size / _TALL, 1))), number)


def _glyphs(line: RecognizedLine, size: float) -> Iterator[Glyph]:
    """The words of the line, as wide as they are likely to be."""
    wide = (line.right - line.left) / max(1, width(line.text))
    at = line.left
    for place, word in enumerate(line.text.split(" ")):
        if place:
            yield Glyph(" ", at, line.bottom, at + wide, line.top, size, line.bottom)
            at += wide
        right = at + wide * width(word)
        yield Glyph(word, at, line.bottom, right, line.top, size, line.bottom)
        at = right


def _confidence(line: PdfLine, found: tuple[RecognizedLine, ...]) -> float:
    """The mean confidence of the recognized lines that make up a line, weighted by their
    characters.
    """
    parts = [
        each
        for each in found
        if line.left <= (each.left + each.right) / 2 <= line.right
        and line.bottom <= (each.bottom + each.top) / 2 <= line.top
    ]
    letters = sum(len(each.text) for each in parts)
    return sum(each.confidence * len(each.text) for each in parts) / letters if letters else 0.0
