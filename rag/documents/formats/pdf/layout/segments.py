"""Characters become segments: the parts of a line that no wide gap parts."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from rag.documents.formats.pdf.characters.glyphs import Glyph, GlyphRun
from rag.documents.formats.pdf.layout.segment import Segment, beside, gap, segment
from rag.documents.text.characters import CJK

#: In sizes of the letters: a gap that parts columns. Tables commonly have 1.2, and what is
#: measured differs by a little with the fonts that a machine has.
WIDE_GAP = 1.1
#: A gap across which what the file writes apart still is one line, as after a raised figure.
_WORD_GAP = 0.5
#: A line of at least this many words, whose gaps differ by at most this ratio, is justified.
_LEAST_STRETCHED, _STRETCHED = 5, 1.3
#: Letters set wide have gaps that differ by no more than this.
_EVEN = 0.15
#: In sizes of the letters: how far apart the two are where a line is drawn twice.
_TWICE = 0.1
#: Points: how segments are sorted by height, and how far neighbours are looked for.
_LEVEL, _REACH = 24.0, 40.0
#: Where lines run whose letters are turned by this many quarters clockwise.
_DIRECTIONS = ("right", "down", "left", "up")
_LABEL = re.compile(
    r"[•●○■□◆▪‣·–—*-]|[(（]?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)、）]|\d{1,2}(?:\.\d{1,2}){1,3}\.?",
    re.IGNORECASE,
)
#: In sizes of the letters: how far the words of an entry may stand from its number.
_LABEL_GAP, _LONGEST_LABEL = 4.0, 6


def segments_of(runs: Iterable[GlyphRun]) -> list[Segment]:
    """The segments of a page, with what belongs to one line put together."""
    parts: list[tuple[list[Glyph], str]] = []
    for run in runs:
        split = [*_split(run)]
        if _is_justified([glyphs for glyphs, _ in split]):
            split = [([glyph for glyphs, _ in split for glyph in glyphs], split[0][1])]
        parts += split
    return _labelled(_put_together(parts))


def _is_justified(parts: list[list[Glyph]]) -> bool:
    """Whether the parts are words of a line that is stretched to fill its column."""
    if len(parts) < _LEAST_STRETCHED:
        return False
    words = [[glyph for glyph in part if glyph.char > " "] for part in parts]
    # The first word may be a mark that stands apart.
    rooms = [b[0].left - a[-1].right for a, b in pairwise(words[1:])]
    even = max(rooms) <= _STRETCHED * min(rooms) and min(rooms) > 0
    single = sum(glyph.char <= " " for part in parts for glyph in part[:-1]) < len(parts)
    letters = sum(any(map(str.isalpha, glyph.char)) for word in words for glyph in word[:1])
    return even and single and letters * 2 > len(parts)


def _split(run: GlyphRun) -> Iterator[tuple[list[Glyph], str]]:
    """The run without wide gaps and leaps, each part with the direction it is written in."""
    direction = _direction(run)
    glyphs = run.glyphs
    if direction != "right":
        glyphs = [_turned(glyph, direction) for glyph in glyphs]
    part: list[Glyph] = []
    before: Glyph | None = None
    spread = 0.0
    for at, glyph in enumerate(glyphs):
        if glyph.char <= " ":
            if part:
                part.append(glyph)
            elif at == 0:
                part = [glyph]
            continue
        if before is not None:
            room = max(glyph.left - before.right, before.left - glyph.right)
            if room > WIDE_GAP * before.size:
                parted = not _set_wide(before, glyph, room, spread, glyphs[at + 1 : at + 3])
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


def _direction(run: GlyphRun) -> str:
    if run.quarters:
        return _DIRECTIONS[run.quarters]
    drawn = [glyph for glyph in run.glyphs if glyph.char > " "]
    if len(drawn) < 2:
        return "right"
    # Letters may stand upright in lines that run down, as Japanese and Chinese do.
    first, last = drawn[0], drawn[-1]
    across = abs(first.left + first.right - last.left - last.right)
    along = first.top + first.bottom - last.top - last.bottom
    return "down" if along > max(2 * across, first.size) and across <= first.size else "right"


def _turned(glyph: Glyph, direction: str) -> Glyph:
    """The character as if the page were turned so that its line runs to the right."""
    char, left, bottom, right, top, size, baseline = glyph
    if direction == "down":
        return Glyph(char, -top, left, -bottom, right, size, left)
    if direction == "up":
        return Glyph(char, bottom, -right, top, -left, size, -right)
    return Glyph(char, -right, -top, -left, -bottom, size, -baseline)


def _put_together(parts: list[tuple[list[Glyph], str]]) -> list[Segment]:
    """Segments, where the file writes one line in parts, as after a raised figure."""
    found: list[Segment] = []
    edges = _Edges()
    drawn: dict[tuple[str, int], list[float]] = defaultdict(list)
    for number, (glyphs, direction) in enumerate(parts):
        new = segment(glyphs, number, direction)
        # Some programs draw a line twice to make it bold.
        kind = ("".join([glyph.char for glyph in glyphs]), round(new.middle))
        if any(abs(new.left - left) < _TWICE * new.size for left in drawn[kind]):
            continue
        drawn[kind].append(new.left)
        for at in edges.near_segments(new):
            old = found[at]
            reach = WIDE_GAP * max(old.size, new.size)
            if new.left - old.right > reach or old.left - new.right > reach:
                continue
            room = WIDE_GAP if at == len(found) - 1 and not _same_height(old, new) else _WORD_GAP
            if gap(old, new) <= room * max(old.size, new.size) and beside(old, new):
                found[at] = _one(old, new)
                edges.add_segment(at, found[at])
                break
        else:
            edges.add_segment(len(found), new)
            found.append(new)
    return found


class _Edges:
    """Finds the segments that end where another begins, or begin where it ends."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, int, int], list[int]] = defaultdict(list)

    def add_segment(self, number: int, of: Segment) -> None:
        level = int(of.middle // _LEVEL)
        for column in {int(of.left // _REACH), int(of.right // _REACH)}:
            self._numbers[of.direction, level, column].append(number)

    def near_segments(self, to: Segment) -> list[int]:
        """The numbers of the segments nearby, the last first."""
        reach = WIDE_GAP * to.size + 2
        levels = {int((to.middle + step) // _LEVEL) for step in (-reach / 2, reach / 2)}
        columns = {
            int((end + step) // _REACH) for end in (to.left, to.right) for step in (-reach, reach)
        }
        found: list[int] = []
        for level in levels:
            for column in columns:
                found += self._numbers.get((to.direction, level, column), ())
        return sorted({*found}, reverse=True)


def _one(old: Segment, new: Segment) -> Segment:
    """The segment made of two parts of one line, in reading order."""
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
        if joined and _is_label(joined, part):
            label = joined.pop()
            glyphs = [*label.glyphs, label.glyphs[-1]._replace(char=" "), *part.glyphs]
            part = replace(segment(glyphs, label.number, part.direction), size=part.size)
        joined.append(part)
    return joined


def _is_label(before: list[Segment], part: Segment) -> bool:
    """Whether the last of what stands before is the number or mark of the entry."""
    label = before[-1]
    if sum(len(glyph.char) for glyph in label.glyphs) > _LONGEST_LABEL:
        return False
    text = "".join([glyph.char for glyph in label.glyphs]).strip()
    if not _LABEL.fullmatch(text) or not beside(label, part):
        return False
    if text[0].isdigit() and text[-1].isdigit():
        # 3.2 is the number of a section, or an amount in a row of cells.
        first = len(before) < 2 or not beside(before[-2], label)
        if not first or not part.glyphs[0].char[0].isalpha():
            return False
    return 0 <= part.left - label.right <= _LABEL_GAP * part.size
