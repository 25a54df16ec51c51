"""Where on a page a sentence stands: its letters are found among those of the page."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from rag.documents.formats.pdf.characters.drawing import Box, look_at
from rag.documents.formats.pdf.characters.glyphs import Glyph, read_characters, read_runs
from rag.documents.formats.pdf.characters.to_left import is_to_left, read_to_left
from rag.documents.formats.pdf.layout.reading_order import in_order
from rag.documents.formats.pdf.layout.segment import Segment
from rag.documents.formats.pdf.layout.segments import segments_of
from rag.documents.text.characters import CJK

if TYPE_CHECKING:
    import pypdfium2  # type: ignore[import-untyped]  # it ships no annotations

#: Letters that are looked for together: fewer would be found anywhere.
_SEED, _DENSE_SEED = 8, 4
#: Letters by which the page may be ahead where fewer than a seed are left.
_NEAR = 12
#: Letters of a part that may stand before the one it follows: fewer are the same words elsewhere,
#: such as those of a sentence that goes on over the page's end.
_BACK, _DENSE_BACK = 32, 12
#: The name of a column before a value.
_COLUMN = re.compile(r"(?:^|(?<= \| ))[^|\n:]{1,80}: ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter or figure of a page, without case and accents of form; its box as it is read, and
    the number of the segment that it is in, which runs in a `direction`.
    """

    char: str
    box: Box
    segment: int
    direction: str


def letters_of_page(page: "pypdfium2.PdfPage") -> list[Letter]:
    """The letters of a page in the order in which it is read."""
    drawing = look_at(page)
    text = page.get_textpage()
    try:
        found = segments_of(read_runs(text, read_characters(text), drawing.hidden))
    finally:
        text.close()
    directions = Counter(each.direction for each in found)
    ordered: list[Segment] = []
    for direction, _ in directions.most_common():
        for band in in_order([each for each in found if each.direction == direction]):
            ordered += [segment for row in band.rows for segment in row]
    return [letter for number, each in enumerate(ordered) for letter in _letters(each, number)]


def plain_letters(text: str) -> str:
    """The letters and figures of a text, one form for each: no case, no ligatures."""
    return "".join(map(_plain, text))


def cells_of_rows(text: str) -> str:
    """Rows of a table, which read `column: value | column: value`, as they stand on the page."""
    return _COLUMN.sub("", text)


def offsets_of_letters(text: str, start: int, end: int) -> tuple[int, int]:
    """Where a slice of a text begins and ends in its plain letters."""
    first = len(plain_letters(text[:start]))
    return first, first + len(plain_letters(text[start:end]))


def aligned(target: str, page: str, *, cells: bool = False) -> list[int | None]:
    """For each letter of a text its place among those of a page; None where it is not there.

    The longest parts that both have are taken, those that go on where the last ended first. What
    stands before that is short only among `cells` of a table.
    """
    places: list[int | None] = [None] * len(target)
    at = after = 0
    while at < len(target):
        found, length = _longest(target, page, at, after)
        least = _DENSE_BACK if CJK.match(target[at]) else _BACK
        if found < after and length < least and not cells:
            found, length = _longest(target, page, at, after, begin=after)
        for step in range(length):
            places[at + step] = found + step
        after = found + length if length else after
        at += max(length, 1)
    return places


def marks(letters: Sequence[Letter]) -> Iterator[Box]:
    """A box around the letters of each segment, in points of the page."""
    for _, group in groupby(letters, key=lambda letter: letter.segment):
        each = [*group]
        lefts, bottoms, rights, tops = zip(*(letter.box for letter in each), strict=True)
        around = (min(lefts), min(bottoms), max(rights), max(tops))
        yield _turned_back(around, each[0].direction)


def _letters(segment: Segment, number: int) -> Iterator[Letter]:
    glyphs: Sequence[Glyph] = segment.glyphs
    if is_to_left("".join(glyph.char for glyph in glyphs)):
        glyphs = read_to_left(glyphs)
    for glyph in glyphs:
        # A word has one box, in which its letters are taken to be equally wide; what ends it
        # belongs to its last letter.
        spelled = [(at, plain) for at, char in enumerate(glyph.char) for plain in _plain(char)]
        width = (glyph.right - glyph.left) / len(glyph.char)
        for at, plain in spelled:
            left = glyph.left + at * width
            right = glyph.right if at == spelled[-1][0] else left + width
            yield Letter(plain, (left, glyph.bottom, right, glyph.top), number, segment.direction)


def _plain(char: str) -> str:
    whole = unicodedata.normalize("NFKC", char).casefold()
    return "".join(each for each in whole if each.isalnum())


def _longest(target: str, page: str, at: int, after: int, begin: int = 0) -> tuple[int, int]:
    """The place and length of the longest part of the page, from `begin` on, that the target has
    from a place on.
    """
    seed = target[at : at + (_DENSE_SEED if CJK.match(target[at]) else _SEED)]
    if at + len(seed) == len(target) and len(seed) < _SEED:
        # The last few letters are only taken where the ones before them ended.
        if at and not after:
            return 0, 0
        near = page.find(seed, after, after + _NEAR + len(seed) if at else len(page))
        return (near, len(seed)) if near >= 0 else (0, 0)
    best = (0, 0)
    found = page.find(seed, begin)
    while found >= 0:
        length = _common(target, at, page, found)
        goes_on = found == after and length >= best[1]
        if length > best[1] or goes_on or (length == best[1] and best[0] < after <= found):
            best = (found, length)
        found = page.find(seed, found + 1)
    return best


def _common(target: str, at: int, page: str, found: int) -> int:
    length = 0
    most = min(len(target) - at, len(page) - found)
    while length < most and target[at + length] == page[found + length]:
        length += 1
    return length


def _turned_back(box: Box, direction: str) -> Box:
    """A box that was given as if the page were turned, on the page as it is."""
    left, bottom, right, top = box
    if direction == "down":
        return bottom, -right, top, -left
    if direction == "up":
        return -top, left, -bottom, right
    if direction == "left":
        return -right, -top, -left, -bottom
    return box
