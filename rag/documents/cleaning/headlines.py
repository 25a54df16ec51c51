"""Which lines are titles, headings and captions: they stand alone and end without a mark."""

import re
from collections import Counter
from dataclasses import dataclass, replace

from rag.documents.cleaning.piece import CITED, KEPT, Piece, Role, is_dense
from rag.documents.cleaning.wrapping import starts_item
from rag.documents.text.characters import CJK, ENDINGS, OPENERS, ends_sentence, open_marks

_COMMA = re.compile(r"[，,]")
_INNER_END = re.compile(rf"[{re.escape(ENDINGS)}；;](?=[^\s]|\s+\S)")
_LATIN_END = re.compile(r"[a-z\d)][.!?;]\s+[A-Z“\"]")
_LEAD = re.compile(r"[^，,：:。]{2,14}[：:]")
_VALUE = re.compile(r"[^：:]{1,20}[：:].*\d|.*\S+@\S+\.|.*https?://|[\d\W_]+$")
_FUNCTION_WORD = re.compile(
    "an?|the|of|and|or|to|in|for|with|by|at|from|on|that|which|who|whose|is|are|was|were|be|has|"
    "have|had|will|would|can|could|may|not|as|than|but|if|whether|their|his|her|its|our"
)
#: A field of a form in a script without spaces, and how many of them make a form.
_FIELD = re.compile(r"[^\s，,：:。]{2,6}[：:]\s*\S")
_FIELDS = 3
_TIME = re.compile(r"\d{1,2}(?:[.:]\d\d)?\s*(?:Uhr|[ap]\.?m\b|h\b|o'clock|ч\b)", re.I)
_LABELLED = re.compile(r"\w[^:.!?]{0,30}: +\S")
#: Beginnings of an entry of a list, which no heading has.
_BULLET = re.compile(r"[*+•‣◦▪–-]\s+\S")
#: Numbers that headings have: their own, and years.
_OWN_NUMBER = re.compile(
    r"^\W*(?:(?:\d{1,3}[.)、．）])+\d{0,3}|\d{1,2}(?=\s))|第\d+[章节條条届屆次期部]"
    r"|(?<!\d)(?:1[6-9]|20)\d{2}(?!\d)"
    r"|\b(?:part|chapter|section|appendix|figure|table|step|day|week|lesson|unit|act|scene)\s\d+",
    re.IGNORECASE,
)
BOTH_DASHED = re.compile(r"(?:——|--|—).+(?:——|--|—)")
#: The most characters of a heading: with a comma, after a colon, of any; and of a title.
_WITH_COMMA, _WITH_LEAD, _PLAIN, _TITLE = 24, 40, 40, 60
_LATIN_WORDS, _LATIN_LENGTH = 14, 100
#: The most words of a heading that nothing marks as one and that is no title.
_LATIN_HEADING = 10
_LONGEST, _QUESTION = 160, 60


@dataclass(frozen=True, slots=True)
class WritingStyle:
    """What the whole text shows about its headings: parallel beginnings, the usual gap."""

    openings: frozenset[str]
    gap: int


def style_of(pieces: list[Piece]) -> WritingStyle:
    kept = [piece for piece in pieces if piece.role in KEPT]
    unfinished = [piece.text for piece in kept if not ends_sentence(piece.text)]
    openings = Counter(text[:4] for text in unfinished if is_dense(text))
    gaps = Counter(piece.gap for piece in kept[1:])
    usual = gaps.most_common(1)[0][0] if gaps else 0
    return WritingStyle(
        frozenset(opening for opening, times in openings.items() if times > 1), usual
    )


def is_headline(text: str, style: WritingStyle, *, title: bool = False) -> bool:
    """Whether the text can be a heading; as a title it may be longer."""
    if len(text) > _LONGEST or _BULLET.match(text):
        return False
    if BOTH_DASHED.fullmatch(text):
        text = text.strip("—- ") or text
    if ends_sentence(text) or text[-1] in "，,、—-" or open_marks(text) or _VALUE.match(text):
        return False
    if not any(map(str.isalpha, text)) or text[0] in "，。、；：！？）”》」』),;:!?":
        return False
    if not is_dense(text):
        words = len(text.split())
        return (
            words <= _LATIN_WORDS
            and len(text) <= _LATIN_LENGTH
            and not _LATIN_END.search(text)
            and not text[0].islower()
            and not ends_open(text)
        )
    if _inner_end(text):
        return False
    if text[:4] in style.openings and _LEAD.match(text):
        return True
    if _LEAD.match(text):
        return len(text) <= (_TITLE if title else _WITH_LEAD)
    if _COMMA.search(text):
        return len(text) <= _WITH_COMMA
    return len(text) <= (_TITLE if title else _PLAIN)


def ends_open(text: str) -> bool:
    """Whether the last word is one after which an English sentence must go on."""
    words = text.split()
    return len(words) > 3 and _FUNCTION_WORD.fullmatch(words[-1]) is not None


def _inner_end(text: str) -> bool:
    for match in _INNER_END.finditer(text):
        before, after = text[match.start() - 1 : match.start()], text[match.end()]
        if match.group() in ".．" and not (CJK.match(before) and CJK.match(after)):
            continue
        if match.group() in "…!?！？" or open_marks(text[: match.start()]):
            continue
        return True
    return False


def is_solid(piece: Piece, style: WritingStyle) -> bool:
    """Whether a piece is running text beyond doubt."""
    if piece.role is not Role.BODY:
        return piece.role in {Role.ENTRIES, Role.TABLE, Role.CODE}
    if is_headline(piece.text, style, title=True):
        return False
    return ends_sentence(piece.text) or len(piece.text) > _TITLE


def mark_captions(pieces: list[Piece]) -> list[Piece]:
    """Marks captions without a credit: short lines set off by the gap that a picture left.

    Only in texts that name photographers, and only where headings look different.
    """
    pictures = any(p.role is Role.CAPTION for p in pieces) or any(
        p.role is Role.BYLINE and re.search("[摄攝图圖]", p.text) for p in pieces
    )
    if not pictures:
        return pieces
    style = style_of(pieces)
    short = [p.role is Role.BODY and is_headline(p.text, style) for p in pieces]
    apart = [
        mark
        and p.gap >= style.gap + 2
        and len(p.text) <= 40
        and not starts_item(p.text)
        and p.text[:4] not in style.openings
        for p, mark in zip(pieces, short, strict=True)
    ]
    others = any(mark and not far for mark, far in zip(short, apart, strict=True))
    marked = list(pieces)
    for index, far in enumerate(apart):
        beside = any(apart[max(0, index - 1) : index]) or any(apart[index + 1 : index + 2])
        if far and (others or beside or index == len(pieces) - 1):
            marked[index] = pieces[index].with_role(Role.CAPTION)
    return marked


def mark_questions(pieces: list[Piece]) -> list[Piece]:
    """Marks questions with the answer below as headings, under the heading that is above them.

    Cited alone, a question would answer itself.
    """
    marked = list(pieces)
    above = 0
    for index, piece in enumerate(pieces):
        if piece.role is Role.HEADING:
            above = piece.level
        elif piece.role is Role.BODY and _asks(piece, pieces[index + 1 : index + 2]):
            marked[index] = replace(piece.with_role(Role.HEADING), level=above + 1)
    return marked


def mark_headings(pieces: list[Piece]) -> list[Piece]:
    """Marks short unfinished lines as headings where text follows; long runs of them are lists.

    So are questions with the answer below: cited alone, a question would answer itself.
    """
    style = style_of(pieces)
    form = sum(bool(_FIELD.match(piece.text)) for piece in pieces) >= _FIELDS
    marked = list(pieces)
    run: list[int] = []
    for index, piece in enumerate(pieces):
        if piece.role is Role.BODY and (
            (is_headline(piece.text, style) and not _tells(piece.text, form=form))
            or _asks(piece, pieces[index + 1 : index + 2])
        ):
            run.append(index)
        elif piece.role in CITED:
            if len(run) <= 3:
                for at in run:
                    marked[at] = pieces[at].with_role(Role.HEADING)
            run = []
        elif piece.role is Role.TITLE:
            run = []
    return marked


def _tells(text: str, *, form: bool) -> bool:
    """Whether a line may be an answer: it is long, or has a figure, not its own number or a year,
    or the value of a label, which in Chinese news a heading may have as well, but not in a `form`.
    """
    rest = _OWN_NUMBER.sub("", text)
    if any(map(str.isdecimal, rest)):
        return True
    if is_dense(text):
        return form and _FIELD.match(text) is not None
    labelled = _LABELLED.match(rest) or _TIME.match(text)
    return labelled is not None or len(text.split()) > _LATIN_HEADING


def _asks(piece: Piece, following: list[Piece]) -> bool:
    """Whether a line is a short question, outside of a dialogue, and the next line its answer."""
    text = piece.text
    if not text.endswith(("？", "?")) or len(text) > _QUESTION or text[0] in OPENERS + "\"'-—":
        return False
    if any(mark in text[:-1] for mark in "。！？!?；;"):
        return False
    answered = bool(following) and following[0].role in CITED
    return answered and not following[0].text.endswith(("？", "?")) and following[0].gap <= 1
