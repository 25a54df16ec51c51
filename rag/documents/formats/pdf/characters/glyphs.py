"""The characters of a page as PDFium finds them, each with its place."""

import ctypes
import math
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from rag.documents.formats.pdf.characters.drawing import address

if TYPE_CHECKING:
    import pypdfium2  # type: ignore[import-untyped]  # it ships no annotations

#: PDFium's own marks of a hyphen that ends a line.
_LINE_HYPHENS = ("\u0002", "\ufffe")
_SOFT_HYPHEN = "\u00ad"
_LAST = 0x10FFFF
#: Points: smaller letters are seen by nobody, unless the page itself is as small.
_SMALLEST, _SMALL_PAGE = 1.0, 200.0
_ODD = re.compile("[\0\ud800-\udfff\ufffd]")
#: The letters of a word, with what ends it, or the figures of a number: their places are asked for
#: at both ends only.
_PARTS = re.compile(r"[A-Za-zÀ-ʯΆ-ԯ’]{2,}[,.;:)]?|[0-9][0-9.,]*[0-9]|[\r\n]+|[^\r\n]")


class Glyph(NamedTuple):
    """A character, or those of a word, and the box around it, in points from the page's lower left.

    `size` is that of its letters as printed, `baseline` the height of the line they stand on.
    """

    char: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    baseline: float


_SPACE = Glyph(" ", 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


class GlyphRun(NamedTuple):
    """Characters in the order of the file, turned by `quarters` of a full turn with the clock."""

    glyphs: list[Glyph]
    quarters: int


def read_runs(
    text: "pypdfium2.PdfTextPage", characters: str, hidden: frozenset[int]
) -> Iterator[GlyphRun]:
    """The page's characters with their places in the file's order, parted where a line ends.

    Not those that nobody sees: of the text objects at the `hidden` addresses, off the page, or too
    small for any eye.
    """
    left, bottom, right, top = text.page.get_bbox()
    for run in _runs(text, characters, hidden):
        seen = [
            glyph
            for glyph in run.glyphs
            if glyph is _SPACE
            or (
                left < (glyph.left + glyph.right) / 2 < right
                and bottom < (glyph.bottom + glyph.top) / 2 < top
                and (glyph.size >= _SMALLEST or top - bottom < _SMALL_PAGE)
            )
        ]
        if any(glyph.char > " " for glyph in seen):
            yield GlyphRun(seen, run.quarters)


def _runs(
    text: "pypdfium2.PdfTextPage", characters: str, hidden: frozenset[int]
) -> Iterator[GlyphRun]:
    places = _CharacterPlaces(text.raw)
    run: list[Glyph] = []
    begun = 0
    for match in _PARTS.finditer(characters):
        part, at = match.group(), match.start()
        if not run:
            begun = at
        if part[0] in "\r\n":
            if run:
                yield GlyphRun(run, places.quarters(begun))
            run = []
        elif hidden and part > " " and places.object(at) in hidden:
            continue
        elif part in _LINE_HYPHENS and places.is_hyphen(at):
            yield GlyphRun([*run, places.glyph(at, "-")], places.quarters(begun))
            run = []
        elif part == " " and run and run[-1].char.isascii():
            # Only between letters that are written without spaces its width says anything.
            run.append(_SPACE)
        elif len(part) == 1:
            run.append(places.glyph(at, "-" if part == _SOFT_HYPHEN else part))
        else:
            run += places.word(at, part)
    if run:
        yield GlyphRun(run, places.quarters(begun))


def read_characters(text: "pypdfium2.PdfTextPage") -> str:
    """The page's characters, as many as PDFium counts."""
    from pypdfium2 import raw

    count = text.count_chars()
    buffer = (ctypes.c_ushort * (count + 1))()
    written = raw.FPDFText_GetText(text.raw, 0, count, buffer)
    found = bytes(buffer).decode("utf-16-le", "replace")[:count]
    # It leaves some out, and what is beyond the basic plane takes two places.
    if written == count + 1 and _ODD.search(found) is None:
        return found
    codes = (raw.FPDFText_GetUnicode(text.raw, at) for at in range(count))
    return "".join(chr(min(code, _LAST)) for code in codes)


_new = tuple.__new__


class _CharacterPlaces:
    """Asks PDFium where the characters of a page are."""

    def __init__(self, handle: object) -> None:
        from pypdfium2 import raw

        self._raw = raw
        self._handle = handle
        self._box = raw.FS_RECTF()
        self._into = ctypes.byref(self._box)
        # Boxes of one height belong to one font, which is asked once a page.
        self._fonts: dict[tuple[float, float], tuple[float, float]] = {}
        self._last = (0.0, 0.0)

    def is_hyphen(self, at: int) -> bool:
        return bool(self._raw.FPDFText_IsHyphen(self._handle, at) == 1)

    def quarters(self, at: int) -> int:
        """By how many quarters of a full turn, with the clock, the character is turned."""
        angle = float(self._raw.FPDFText_GetCharAngle(self._handle, at))
        return round(angle / (math.pi / 2)) % 4

    def object(self, at: int) -> int:
        """The address of the text object that draws the character."""
        return address(self._raw.FPDFText_GetTextObject(self._handle, at))

    def glyph(self, at: int, char: str) -> Glyph:
        """The character at the place."""
        box = self._box
        self._raw.FPDFText_GetLooseCharBox(self._handle, at, self._into)
        if char > " ":
            height = (box.bottom, box.top)
            if height not in self._fonts:
                self._fonts[height] = self._size_and_baseline(at)
            self._last = self._fonts[height]
        # Thousands a page: the shortest way to make a named tuple.
        return _new(Glyph, (char, box.left, box.bottom, box.right, box.top, *self._last))

    def word(self, at: int, letters: str) -> list[Glyph]:
        """The letters from that place on, in one box if those at the ends are of one kind."""
        first = self.glyph(at, letters[0])
        last = self.glyph(at + len(letters) - 1, letters[-1])
        if first.size != last.size or abs(first.baseline - last.baseline) > 0.1 * first.size:
            return [self.glyph(at + index, char) for index, char in enumerate(letters)]
        left, right = min(first.left, last.left), max(first.right, last.right)
        bottom, top = min(first.bottom, last.bottom), max(first.top, last.top)
        return [Glyph(letters, left, bottom, right, top, first.size, first.baseline)]

    def _size_and_baseline(self, at: int) -> tuple[float, float]:
        raw, matrix = self._raw, self._raw.FS_MATRIX()
        x, y = ctypes.c_double(), ctypes.c_double()
        scale = 1.0
        if raw.FPDFText_GetMatrix(self._handle, at, ctypes.byref(matrix)):
            # Many programs write size 1 and enlarge it.
            scale = float((matrix.c**2 + matrix.d**2) ** 0.5) or 1.0
        placed = raw.FPDFText_GetCharOrigin(self._handle, at, ctypes.byref(x), ctypes.byref(y))
        size = float(raw.FPDFText_GetFontSize(self._handle, at)) * scale
        return size, y.value if placed else self._box.bottom
