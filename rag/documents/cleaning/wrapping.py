"""Undoes hard wrapping: line breaks that were made only because a column was full."""

import re
from itertools import pairwise

from rag.documents.cleaning.piece import (
    Piece,
    columns,
    hyphenated_words,
    is_unspaced,
    join_sentence,
)
from rag.documents.text.characters import ends_sentence, width

#: Columns: narrower text is a list or a poem, wider text was not wrapped by a column.
_NARROWEST, _WIDEST = 40, 140
#: The share of full lines from which on a text counts as wrapped.
_FULL_SHARE = 0.7
_ITEM = re.compile(
    r"[-*+•·●○■◆▪–—]\s|\(?\d{1,3}[.)、）]|[（(]?[一二三四五六七八九十]{1,3}[）)、.]|第[一二三四五六七八九十百\d]+[章节條条]"
)


def unwrap(pieces: list[Piece]) -> list[Piece]:
    """Lines joined into paragraphs where the text was wrapped at a column; else as they are."""
    column = _column(pieces)
    if column is None:
        return pieces
    words = hyphenated_words(pieces)
    paragraphs: list[list[Piece]] = []
    for piece in pieces:
        if paragraphs and _continues(paragraphs[-1][-1], piece, column):
            paragraphs[-1].append(piece)
        else:
            paragraphs.append([piece])
    return [join_sentence(lines, words) for lines in paragraphs]


def starts_item(text: str) -> bool:
    """Whether the text begins like an entry of a list or a numbered heading."""
    return _ITEM.match(text) is not None


def _column(pieces: list[Piece]) -> int | None:
    followed = [(a, b) for a, b in pairwise(pieces) if b.gap == 0]
    if len(followed) < 2:
        return None
    widths = sorted(columns(a) for a, _ in followed)
    column = widths[(len(widths) * 9) // 10]
    if not _NARROWEST <= column <= _WIDEST:
        return None
    unfinished = [(a, b) for a, b in followed if not ends_sentence(a.text)]
    full = sum(1 for a, b in unfinished if _is_full(a, b, column))
    return column if full >= 2 and full >= len(unfinished) * _FULL_SHARE else None


def _continues(line: Piece, following: Piece, column: int) -> bool:
    if following.gap or starts_item(following.text):
        return False
    if following.indented and not line.indented:
        return False
    return columns(line) <= _WIDEST and _is_full(line, following, column)


def _is_full(line: Piece, following: Piece, column: int) -> bool:
    """Whether the next line's first word would not have fitted."""
    first = following.text[0]
    if is_unspaced(first):
        # A closing mark may not begin a line, so one more character may have moved down.
        return columns(line) + 4 >= column
    word = following.text.split(" ", 1)[0]
    return columns(line) + 1 + width(word) > column - 2
