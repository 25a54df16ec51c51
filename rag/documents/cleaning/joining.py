"""Joins sentences that a page break, a blank line or a picture cut in two."""

import re
from collections.abc import Sequence

from rag.documents.cleaning.headlines import WritingStyle, ends_open, is_headline, style_of
from rag.documents.cleaning.piece import (
    KEPT,
    Piece,
    Role,
    hyphenated_words,
    join_sentence,
)
from rag.documents.cleaning.wrapping import starts_item
from rag.documents.text.characters import (
    ENDINGS,
    PAIRS,
    SPACELESS,
    ends_sentence,
    open_marks,
    weight,
)

_CONTINUING = "，。、；：！？）】》”’」』…,;:!?)%"
_OPEN_END = ("，", ",", "、", "—", "-")
_NEW_REPORT = re.compile(r"[本新][报報刊网網华華]\S{0,8}[讯訊电電]")
_INNER_END = re.compile(rf"[{re.escape(ENDINGS)}；;][”’」』）)]*\s*(?=\w|[“‘「『])")
_COMMA = re.compile("[，,、]")
#: Letters: two lines of verse, or a title, have fewer.
_VERSE = 16
#: No author's paragraph is this long; what seems to go on for ever is not running text.
_LONGEST = 3_000


def join_cut_sentences(pieces: list[Piece]) -> list[Piece]:
    """The pieces with each sentence that was cut in two whole again; what lies between follows."""
    style = style_of(pieces)
    words = hyphenated_words(pieces)
    careless = writes_without_end_marks(pieces, style)
    joined: list[Piece] = []
    last: int | None = None
    for piece in pieces:
        if last is not None and _is_cut(joined[last], piece, style, careless=careless):
            joined[last] = join_sentence([joined[last], piece], words)
            continue
        if piece.role in KEPT:
            last = len(joined)
        joined.append(piece)
    return joined


def writes_without_end_marks(pieces: Sequence[Piece], style: WritingStyle) -> bool:
    """Whether this author leaves out the mark at the end of paragraphs, so it proves nothing."""
    body = [p.text for p in pieces if p.role is Role.BODY and not is_headline(p.text, style)]
    unfinished = sum(1 for text in body if not ends_sentence(text))
    return unfinished >= 3 and unfinished > 0.3 * len(body)


def _is_cut(first: Piece, second: Piece, style: WritingStyle, *, careless: bool) -> bool:
    if first.role is not Role.BODY or second.role is not Role.BODY or ends_sentence(first.text):
        return False
    if len(first.text) > _LONGEST:
        return False
    left, right = first.text, second.text
    waiting = open_marks(left)
    if waiting and _closes(right, waiting[-1]):
        return True
    if right[0] in _CONTINUING:
        return True
    if starts_item(right) or _NEW_REPORT.match(right) or right[0] in "●○■◆▲★·•*":
        return False
    if SPACELESS.match(left[-1]) and second.gap:
        return False  # these scripts have no marks for the end of a sentence
    if right[0].lower() != right[0].upper():
        return _latin_goes_on(left, right)
    if careless or is_headline(left, style) or is_headline(right, style):
        return False
    if left.endswith(_OPEN_END):
        return _COMMA.search(left[:-1]) is not None or max(weight(left), weight(right)) > _VERSE
    # A long line without any comma may be a title, but one with whole sentences is text.
    return _INNER_END.search(left) is not None or len(left) > _VERSE


def _closes(text: str, mark: str) -> bool:
    """Whether the text closes a quotation it did not open."""
    opener = next(opening for opening, closing in PAIRS.items() if closing == mark)
    depth = 0
    for char in text:
        if char == opener:
            depth += 1
        elif char == mark:
            if depth == 0:
                return True
            depth -= 1
    return False


def _latin_goes_on(left: str, right: str) -> bool:
    words = left.split()
    if right[0].islower():
        return len(words) >= 4
    return len(words) >= 8 and (left.endswith(",") or ends_open(left))
