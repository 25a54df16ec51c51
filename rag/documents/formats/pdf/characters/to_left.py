"""Lines that are read from right to left: what PDFium leaves in an order other than reading order.

It reverses such lines as a whole, with the full stops after numbers, the two letters that one glyph
stands for, the vowel signs above and below letters, and words that a file already has in reading
order.
"""

import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby, pairwise

from rag.documents.formats.pdf.characters.glyphs import Glyph

#: The share of a word's steps from letter to letter that lead to the right where it is turned.
_TURNED = 0.75
_LETTERS = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_ENDS = frozenset(".:;!?،؛؟,")
_LAM, _ALEFS = "\u0644", frozenset("\u0622\u0623\u0625\u0627")
_OPENING, _CLOSING = "([{", ")]}"
_FACING = str.maketrans(_OPENING + _CLOSING, _CLOSING + _OPENING)


def is_to_left(text: str) -> bool:
    """Whether the line has Hebrew or Arabic letters."""
    return _LETTERS.search(text) is not None


def read_to_left(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """The characters in the order in which they are read."""
    ordered = _with_words_turned(glyphs)
    for at in range(1, len(ordered)):
        a, b = ordered[at - 1], ordered[at]
        one_shape = (a.left, a.right) == (b.left, b.right) and b.char == _LAM and a.char in _ALEFS
        if one_shape or (a.char in _ENDS and unicodedata.category(b.char[0]) == "Mn"):
            ordered[at - 1 : at + 1] = [b, a]
    return _with_ends_after_numbers(ordered)


def _with_words_turned(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """The characters, where words that run to the right on the page are turned round."""
    ordered: list[Glyph] = []
    for of_word, group in groupby(glyphs, key=lambda glyph: is_to_left(glyph.char)):
        word = [*group]
        steps = sum(a.left < b.left for a, b in pairwise(word))
        if of_word and len(word) > 2 and steps >= _TURNED * (len(word) - 1):
            word.reverse()
        ordered += word
    return ordered


def _with_ends_after_numbers(ordered: list[Glyph]) -> list[Glyph]:
    at = 0
    while at < len(ordered):
        end = at
        while end < len(ordered) and _is_to_right(ordered[end]):
            end += 1
        if end > at > 0:
            before = ordered[at - 1]
            inside = at > 1 and _is_to_right(ordered[at - 2])
            # On the page it stands to the left of the number, so it is read after it.
            near = ordered[at].left + 0.1 * before.size
            if before.char in _ENDS and before.right <= near and not inside:
                ordered[at - 1 : end] = [*ordered[at:end], before]
        at = end + 1
    return ordered


def _is_to_right(glyph: Glyph) -> bool:
    return glyph.char[0].isdigit() or "A" <= glyph.char[0] <= "\u024f"


def with_brackets_facing(text: str) -> str:
    """The text with brackets that open before they close; on the page they face the other way."""
    brackets = [char for char in text if char in _OPENING or char in _CLOSING]
    turned = len(brackets) > 1 and brackets[0] in _CLOSING and brackets[-1] in _OPENING
    return text.translate(_FACING) if turned else text
