"""Characters become segments: the parts of a line that no wide gap parts."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from rag.documents.formats.pdf.glyphs import Glyph
from rag.documents.text.characters import CJK, tidy

#: In sizes of the letters: a gap that parts columns. Tables commonly have 1.2, and what is
#: measured differs by a little with the fonts that a machine has.
WIDE_GAP = 1.1
#: A gap across which what the file writes apart still is one line, as after a raised figure.
_WORD_GAP = 0.5
#: Letters set wide have gaps that differ by no more than this.
_EVEN = 0.15
#: How much of the lower of two boxes stands beside the other where they are on one line.
_BESIDE = 0.5
#: Points: how segments are sorted by height, and how far neighbours are looked for.
_LEVEL, _REACH = 12.0, 40.0
_LABEL = re.compile(r"[•●○■□◆▪‣·–—*-]|[(（]?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)、）]", re.IGNORECASE)
#: In sizes of the letters: how far the words of an entry may stand from its number.
_LABEL_GAP = 4.0


@dataclass(frozen=True, slots=True)
class Segment:
    """Characters on one line, and the box around them; `number` is their place in the file.

    `direction` says how the line runs: `right`, or `down` and `up` where the box is as if the page
    had been turned for reading.
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


def segments_of(runs: Iterable[list[Glyph]]) -> list[Segment]:
    """The segments of a page, with what belongs to one line put together."""
    return _labelled(_put_together([part for run in runs for part in _split(run)]))


def segment(glyphs: list[Glyph], number: float, direction: str = "right") -> Segment:
    """The segment of the characters; at least one of them is no space."""
    drawn = [glyph for glyph in glyphs if glyph.char > " "]
    return Segment(
        tuple(glyphs),
        number,
        left=min(glyph.left for glyph in drawn),
        right=max(glyph.right for glyph in drawn),
        top=max(glyph.top for glyph in drawn),
        bottom=min(glyph.bottom for glyph in drawn),
        size=round(max(glyph.size for glyph in drawn) * 2) / 2,
        direction=direction,
    )


def gap(a: Segment | Glyph, b: Segment | Glyph) -> float:
    """The room between two boxes side by side; negative where they overlap."""
    return max(b.left - a.right, a.left - b.right)


def beside(a: Segment | Glyph, b: Segment | Glyph) -> bool:
    """Whether two boxes are at the same height."""
    shared = min(a.top, b.top) - max(a.bottom, b.bottom)
    return shared > _BESIDE * min(a.top - a.bottom, b.top - b.bottom)


def _split(run: list[Glyph]) -> Iterator[tuple[list[Glyph], str]]:
    """The run without wide gaps and leaps, each part with the direction it is written in."""
    direction = _direction(run)
    if direction != "right":
        run = [_turned(glyph, direction) for glyph in run]
    part: list[Glyph] = []
    before: Glyph | None = None
    spread = 0.0
    for at, glyph in enumerate(run):
        if glyph.char <= " ":
            if part:
                part.append(glyph)
            elif at == 0:
                part = [glyph]
            continue
        if before is not None:
            room = max(glyph.left - before.right, before.left - glyph.right)
            if room > WIDE_GAP * before.size:
                parted = not _set_wide(before, glyph, room, spread, run[at + 1 : at + 3])
            else:
                parted = glyph.bottom >= before.top or glyph.top <= before.bottom
            if parted:
                yield part, direction
                part = []
            spread = room
        part.append(glyph)
        before = glyph
    if before is not None:
        yield part, direction


def _set_wide(
    before: Glyph, glyph: Glyph, room: float, spread: float, following: list[Glyph]
) -> bool:
    """Whether the gap is one of many alike, between letters that are set wide."""
    if not (CJK.match(before.char) and CJK.match(glyph.char)):
        return False
    after = next((each for each in following if each.char > " "), None)
    rooms = [spread] if after is None else [spread, after.left - glyph.right]
    return any(abs(room - each) <= _EVEN * room for each in rooms)


def _direction(run: list[Glyph]) -> str:
    drawn = [glyph for glyph in run if glyph.char > " "]
    if len(drawn) < 2:
        return "up" if _is_upright(drawn) else "right"
    first, last = drawn[0], drawn[-1]
    across = abs(first.left + first.right - last.left - last.right)
    along = first.top + first.bottom - last.top - last.bottom
    if abs(along) <= 2 * across or across > first.size or abs(along) < first.size:
        return "right"
    return "down" if along > 0 else "up"


def _is_upright(drawn: list[Glyph]) -> bool:
    """Whether a word alone runs up the page: its box is too high and narrow to be read across."""
    if not drawn or len(drawn[0].char) < 3:
        return False
    _, left, bottom, right, top, size, _ = drawn[0]
    return top - bottom > 1.3 * (right - left) and right - left < 1.6 * size


def _turned(glyph: Glyph, direction: str) -> Glyph:
    """The character as if the page were turned so that its line runs to the right."""
    char, left, bottom, right, top, size, _ = glyph
    if direction == "down":
        return Glyph(char, -top, left, -bottom, right, size, left)
    return Glyph(char, bottom, -right, top, -left, size, -right)


def _put_together(parts: list[tuple[list[Glyph], str]]) -> list[Segment]:
    """Segments, where the file writes one line in parts, as after a raised figure."""
    found: list[Segment] = []
    edges = _Edges()
    for number, (glyphs, direction) in enumerate(parts):
        new = segment(glyphs, number, direction)
        for at in edges.near(new):
            old = found[at]
            room = WIDE_GAP if at == len(found) - 1 and not _same_height(old, new) else _WORD_GAP
            if gap(old, new) <= room * max(old.size, new.size) and beside(old, new):
                found[at] = _one(old, new)
                edges.put(at, found[at])
                break
        else:
            edges.put(len(found), new)
            found.append(new)
    return found


class _Edges:
    """Finds the segments that end where another begins, or begin where it ends."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, int, int], list[int]] = defaultdict(list)

    def put(self, number: int, of: Segment) -> None:
        level = int(of.middle // _LEVEL)
        for column in {int(of.left // _REACH), int(of.right // _REACH)}:
            self._numbers[of.direction, level, column].append(number)

    def near(self, to: Segment) -> list[int]:
        """The numbers of the segments nearby, the last first."""
        level = int(to.middle // _LEVEL)
        ends = {int(to.left // _REACH), int(to.right // _REACH)}
        columns = {end + step for end in ends for step in (-1, 0, 1)}
        found = {
            number
            for high in (level - 1, level, level + 1)
            for column in columns
            for number in self._numbers.get((to.direction, high, column), ())
        }
        return sorted(found, reverse=True)


def _one(old: Segment, new: Segment) -> Segment:
    """The segment that two parts of one line make, in the order in which they are read."""
    before = new.right - 0.5 * new.size < old.left
    if before and not _is_right_to_left(old, new):
        return segment([*_ended(new), *old.glyphs], old.number, old.direction)
    return segment([*_spaced(old, new), *new.glyphs], old.number, old.direction)


def _same_height(a: Segment, b: Segment) -> bool:
    return abs(a.bottom - b.bottom) < 0.1 * max(a.size, b.size) and a.size == b.size


def _is_right_to_left(old: Segment, new: Segment) -> bool:
    return any("\u0590" <= glyph.char <= "\u08ff" for glyph in (*old.glyphs, *new.glyphs))


def _spaced(old: Segment, new: Segment) -> list[Glyph]:
    glyphs = [*old.glyphs]
    if gap(old, new) > 0.15 * min(old.size, new.size) and new.glyphs[0].char > " ":
        glyphs.append(glyphs[-1]._replace(char=" "))
    return glyphs


def _ended(new: Segment) -> list[Glyph]:
    return [*new.glyphs, new.glyphs[-1]._replace(char=" ")]


def _labelled(found: list[Segment]) -> list[Segment]:
    """The segments, where the number or mark of an entry is one with its words."""
    joined: list[Segment] = []
    for part in found:
        before = joined[-1] if joined else None
        if (
            before is not None
            and len(before.glyphs) <= 6
            and _LABEL.fullmatch(before.text)
            and beside(before, part)
            and 0 <= part.left - before.right <= _LABEL_GAP * part.size
        ):
            glyphs = [*before.glyphs, before.glyphs[-1]._replace(char=" "), *part.glyphs]
            whole = segment(glyphs, before.number, part.direction)
            joined[-1] = replace(whole, size=part.size)
        else:
            joined.append(part)
    return joined
