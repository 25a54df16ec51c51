"""The level of each heading of a plain text."""

import re

from rag.documents.cleaning.piece import Piece, Role

_NUMBERED = (
    re.compile(
        r"第[一二三四五六七八九十百零\d]+[章篇编編卷]|(?:Part|Chapter|PART|CHAPTER) [\dIVX]+"
    ),
    re.compile(r"第[一二三四五六七八九十百零\d]+[节節]"),
    re.compile(r"[一二三四五六七八九十]{1,3}[、.．]"),
    re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)]"),
    re.compile(r"\d{1,2}(?:[、.．)）](?!\d)| )"),
    re.compile(r"\d{1,2}\.\d{1,2}(?!\.\d)"),
    re.compile(r"\d{1,2}\.\d{1,2}\.\d{1,2}"),
)
_PLAIN = 2


def heading_levels(pieces: list[Piece]) -> list[int]:
    """A level for each piece; 0 for the title and for what is no heading.

    Where the format gives no level, the heading's numbering does; a heading right after another one
    is a level below it.
    """
    levels: list[int] = []
    for index, piece in enumerate(pieces):
        level = piece.level if piece.role is Role.HEADING else 0
        if piece.role is Role.HEADING and not level:
            numbered = (n for n, pattern in enumerate(_NUMBERED) if pattern.match(piece.text))
            level = _PLAIN + next(numbered, 0)
            if index and pieces[index - 1].role is Role.HEADING and level <= levels[-1]:
                level = levels[-1] + 1
        levels.append(level)
    return levels
