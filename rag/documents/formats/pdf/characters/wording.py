"""The words that the characters of a line spell: figures raised, accents put on, gaps closed."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby, pairwise
from statistics import median

from rag.documents.formats.inline.raised import lowered, raised, with_figures
from rag.documents.formats.pdf.characters.glyphs import Glyph
from rag.documents.formats.pdf.characters.to_left import (
    is_to_left,
    read_to_left,
    with_brackets_facing,
)
from rag.documents.text.characters import CJK

#: In sizes of the line's letters: raised figures are no larger, and stand so much higher or lower.
_SMALL, _HIGHER, _LOWER, _HIGHEST = 0.87, 0.15, 0.05, 1.0
#: In sizes of the letters: a gap between Chinese letters that says nothing, and how much wider
#: than the others of its line one is that does.
_TIGHT, _WIDER = 0.5, 1.3
#: The share of Chinese characters with a space after them from which on a text is letterspaced.
_EVERYWHERE = 0.6
#: Accents that some programs draw as characters of their own, over the letter.
_ACCENTS = {
    "`": "\u0300", "´": "\u0301", "^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303",
    "¯": "\u0304", "˘": "\u0306", "˙": "\u0307", "¨": "\u0308", "˚": "\u030a", "˝": "\u030b",
    "ˇ": "\u030c", "¸": "\u0327", "˛": "\u0328",
}  # fmt: skip
_ACCENT = re.compile("[" + re.escape("".join(_ACCENTS)) + "]")
_DOTLESS = {"ı": "i", "ȷ": "j"}
#: Shapes of letters that stand for the letters themselves: ligatures, Arabic and vertical forms,
#: radicals.
_SHAPES = re.compile(
    "[\ufb00-\ufb06\ufb13-\ufb17\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc"
    "\ufe10-\ufe19\ufe30-\ufe44\u2f00-\u2fd5]"
)
#: Signs of the fonts that come with word processors, and what they show.
_SIGNS = {
    "\uf02d": "-", "\uf06c": "●", "\uf06e": "■", "\uf076": "❖", "\uf0a3": "☐", "\uf0a7": "▪",
    "\uf0a8": "◆", "\uf0b7": "•", "\uf0d8": "➢", "\uf0e0": "→", "\uf0fc": "✓", "\uf0fe": "☑",
}  # fmt: skip
_SURROGATE = re.compile("[\ud800-\udfff]")
_PRIVATE = re.compile("[\ue000-\uf8ff\ufffd]")
_BRACKETS = str.maketrans("(){}[]", "（）｛｝［］")


def wording(glyphs: Sequence[Glyph]) -> str:
    """What the characters of a line spell, in the order in which they are read."""
    whole = "".join([glyph.char for glyph in glyphs])
    if len(glyphs) == 1 and whole.isascii():
        return whole
    if not whole.isascii():
        if CJK.search(whole):
            glyphs = _without_gaps(glyphs)
        if to_left := is_to_left(whole):
            glyphs = read_to_left(glyphs)
    if _ACCENT.search(whole):
        glyphs = _accented(glyphs)
    text = _with_marks(glyphs)
    if whole.isascii():
        return with_figures(text)
    # Characters beyond the basic plane come as pairs of units on some systems.
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    text = _PRIVATE.sub(lambda match: _SIGNS.get(match[0], ""), text)
    text = _SHAPES.sub(_letters, with_brackets_facing(text) if to_left else text)
    return with_figures(text)


def _letters(shape: re.Match[str]) -> str:
    found = unicodedata.normalize("NFKC", shape[0]).strip()
    return found.translate(_BRACKETS) if shape[0] < "\ufe50" and shape[0] >= "\ufe10" else found


def _with_marks(glyphs: Sequence[Glyph]) -> str:
    """The text, raised and lowered figures marked."""
    if len({glyph.size for glyph in glyphs if glyph.char > " "}) < 2:
        return "".join(glyph.char for glyph in glyphs)
    weights: dict[tuple[float, float], int] = {}
    for glyph in glyphs:
        if glyph.char > " ":
            kind = (glyph.size, glyph.baseline)
            weights[kind] = weights.get(kind, 0) + len(glyph.char)
    size, baseline = max(weights, key=lambda kind: (weights[kind] * kind[0], kind))
    parts: list[str] = []
    for level, run in groupby(glyphs, key=lambda glyph: _level(glyph, size, baseline)):
        text = "".join(glyph.char for glyph in run)
        if level > 0 and not parts:
            text = raised(text) + " "  # the mark that a note begins with
        elif level:
            text = raised(text) if level > 0 else lowered(text)
        parts.append(text)
    return "".join(parts)


def _level(glyph: Glyph, size: float, baseline: float) -> int:
    """1 for what is raised, -1 for what is lowered, 0 for what stands on the line."""
    above = (glyph.baseline - baseline) / max(size, 1.0)
    if glyph.char <= " " or glyph.size > _SMALL * size or abs(above) > _HIGHEST:
        return 0
    return 1 if above > _HIGHER else -1 if above < -_LOWER else 0


def _without_gaps(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """The characters without spaces between Chinese letters that are only set apart."""
    line = [glyph for glyph in glyphs if glyph.char > " "]
    rooms = [b.left - a.right for a, b in pairwise(line) if _are_dense(a, b)]
    usual = median(rooms) if rooms else 0.0
    spaced = sum(_is_spaced(glyphs, at) for at in range(1, len(glyphs) - 1))
    everywhere = spaced >= _EVERYWHERE * len(rooms)
    kept: list[Glyph] = []
    for at, glyph in enumerate(glyphs):
        if glyph.char <= " " and kept and at + 1 < len(glyphs):
            before, after = kept[-1], glyphs[at + 1]
            room = after.left - before.right
            narrow = room <= max(_TIGHT * before.size, _WIDER * usual)
            # A space that the file itself writes has a width.
            written = glyph.right > glyph.left and not everywhere
            if _are_dense(before, after) and narrow and not written:
                continue
        kept.append(glyph)
    return kept


def _is_spaced(glyphs: Sequence[Glyph], at: int) -> bool:
    return glyphs[at].char <= " " and _are_dense(glyphs[at - 1], glyphs[at + 1])


def _are_dense(a: Glyph, b: Glyph) -> bool:
    return CJK.match(a.char) is not None and CJK.match(b.char) is not None


def _accented(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """The characters, where accents that are drawn over a letter are part of it."""
    kept: list[Glyph] = []
    waiting: Glyph | None = None
    for glyph in glyphs:
        if waiting is not None and glyph.char <= " ":
            continue
        if waiting is not None:
            if _is_over(waiting, glyph.left, glyph):
                letter = _DOTLESS.get(glyph.char[0], glyph.char[0])
                joined = unicodedata.normalize("NFC", letter + _ACCENTS[waiting.char])
                glyph = glyph._replace(char=joined + glyph.char[1:])
                if kept and kept[-1].char <= " " and kept[-1].right <= kept[-1].left:
                    kept.pop()
            else:
                kept.append(waiting)
            waiting = None
        if glyph.char in _ACCENTS:
            before = kept[-1] if kept else None
            if before is not None and _is_over(glyph, before.right - 0.6 * before.size, before):
                letter = _DOTLESS.get(before.char[-1], before.char[-1])
                joined = unicodedata.normalize("NFC", letter + _ACCENTS[glyph.char])
                kept[-1] = before._replace(char=before.char[:-1] + joined)
            else:
                waiting = glyph
            continue
        kept.append(glyph)
    return kept if waiting is None else [*kept, waiting]


def _is_over(accent: Glyph, left: float, letter: Glyph) -> bool:
    """Whether the accent is over the letter that begins there, not beside it."""
    middle = (accent.left + accent.right) / 2
    right = min(letter.right, left + 0.9 * letter.size)
    near = 0.05 * letter.size
    return (
        letter.char[0].isalpha() and left - near <= middle <= right and left < accent.right - near
    )
