"""A part of a line that no wide gap parts, and how two of them stand to each other."""

from collections import Counter
from dataclasses import dataclass

from rag.documents.formats.pdf.characters.glyphs import Glyph
from rag.documents.text.characters import tidy

#: How much of the lower of two boxes stands beside the other where they are on one line.
_BESIDE = 0.5


@dataclass(frozen=True, slots=True)
class Segment:
    """Characters on one line, and the box around them; `number` is their place in the order of the
    file.

    `direction` says how the line runs: `right`; or `down`, `left` or `up`, where the box is given
    as if the page had been turned for reading.
    """

    glyphs: tuple[Glyph, ...]
    number: float
    left: float
    right: float
    top: float
    bottom: float
    size: float
    direction: str = "right"

    @property
    def text(self) -> str:
        return tidy("".join(glyph.char for glyph in self.glyphs))

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def segment(glyphs: list[Glyph], number: float, direction: str = "right") -> Segment:
    """The segment of the characters; at least one of them is no space."""
    lefts, bottoms, rights, tops, sizes = zip(
        *(glyph[1:6] for glyph in glyphs if glyph[0] > " "), strict=True
    )
    return Segment(
        tuple(glyphs),
        number,
        left=min(lefts),
        right=max(rights),
        top=max(tops),
        bottom=min(bottoms),
        size=round(_usual_size(glyphs, sizes) * 2) / 2,
        direction=direction,
    )


def gap(a: Segment | Glyph, b: Segment | Glyph) -> float:
    """The room between two boxes side by side; negative where they overlap."""
    return max(b.left - a.right, a.left - b.right)


def beside(a: Segment | Glyph, b: Segment | Glyph) -> bool:
    """Whether two boxes are at the same height."""
    shared = min(a.top, b.top) - max(a.bottom, b.bottom)
    return shared > _BESIDE * min(a.top - a.bottom, b.top - b.bottom)


def _usual_size(glyphs: list[Glyph], sizes: tuple[float, ...]) -> float:
    """The size of most of the letters: a bracket or a sign may be of another font."""
    if min(sizes) == max(sizes):
        return sizes[0]
    letters: Counter[float] = Counter()
    for glyph in glyphs:
        if glyph.char > " ":
            letters[glyph.size] += len(glyph.char)
    return letters.most_common(1)[0][0]
