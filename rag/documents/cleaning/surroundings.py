"""Marks what surrounds an article: the role of a line often shows only beside the others."""

import re
from collections import Counter

from rag.documents.cleaning import furniture
from rag.documents.cleaning.headlines import is_solid, style_of
from rag.documents.cleaning.joining import writes_without_end_marks
from rag.documents.cleaning.piece import KEPT, Piece, Role
from rag.documents.text.characters import ends_sentence, weight

_LABEL = re.compile(r"[^:：\s]{2,6}[:：]\s*")
#: A labelled line, and how many of them that are nothing else make a form.
_FIELD = re.compile(r"[^:：\s]{2,6}[:：]\s*\S.{0,40}$")
_FIELDS = 3
_REPORT = re.compile(
    r"本[报報网網刊台臺][讯訊](?:[（(][^）)]{0,30}[）)])?[\s:：，,]*(?<=[\s:：，,）)])"
)
_SENTENCE_END = re.compile(r"[。！？!?]")
_CAPTION_LENGTH = 120
_ALONE_LENGTH = 40
_REPEAT_WITHIN = 6
_REPEAT_WEIGHT, _REPEAT_LENGTH = 20, 400


def mark(pieces: list[Piece]) -> list[Piece]:
    """By-lines, credits, dates, navigation and the like marked; parts of lines cut apart."""
    classified = [p.with_role(furniture.classify(p)) if p.role is Role.BODY else p for p in pieces]
    pieces = _keep_fields(pieces, classified)
    pieces = [part for piece in pieces for part in _apart(piece)]
    pieces = _mark_pages(pieces)
    pieces = _mark_captions_of_credits(pieces)
    pieces = _mark_head(pieces)
    pieces = _mark_repeats(pieces)
    return _mark_notices(pieces)


def _keep_fields(before: list[Piece], classified: list[Piece]) -> list[Piece]:
    """As classified, but for lines of a form, where "摄影：未定" is a field like others."""
    kept = list(classified)
    run: list[int] = []
    for index in range(len(before) + 1):
        piece = before[index] if index < len(before) else None
        adjacent = piece is not None and (not run or piece.gap == 0)
        if piece is not None and _FIELD.match(piece.text) and adjacent:
            run.append(index)
            continue
        if sum(_is_field(classified[at]) for at in run) >= _FIELDS:
            for at in run:
                kept[at] = before[at]
        run = [index] if piece is not None and _FIELD.match(piece.text) else []
    return kept


def _is_field(piece: Piece) -> bool:
    """Whether a labelled line is of no kind that stands around an article."""
    text = piece.text
    around = furniture.source_of(text) or furniture.date_line(text) or furniture.is_counter(text)
    return piece.role is Role.BODY and not around


def is_web_page(pieces: list[Piece]) -> bool:
    return any(piece.role in {Role.NAVIGATION, Role.NOTICE} for piece in pieces)


def mark_after_end(pieces: list[Piece]) -> list[Piece]:
    """Marks loose lines after the by-line or notice that closes the last article."""
    style = style_of(pieces)
    solid = [
        i
        for i, p in enumerate(pieces)
        if (p.role is Role.BODY and _is_text(p)) or p.role is Role.TABLE
    ]
    if not solid or writes_without_end_marks(pieces, style):
        return pieces
    closing = {Role.BYLINE, Role.NOTICE, Role.NAVIGATION}
    rest = range(solid[-1] + 1, len(pieces))
    end = next((i for i in rest if pieces[i].role in closing), len(pieces))
    return [
        piece.with_role(Role.AFTER_END) if i > end and piece.role in KEPT else piece
        for i, piece in enumerate(pieces)
    ]


def _is_text(piece: Piece) -> bool:
    return ends_sentence(piece.text) and weight(piece.text[:200]) > 12


def _apart(piece: Piece) -> list[Piece]:
    """Cuts by-lines and credits off the end of running text, 'our own report' off its start."""
    if piece.role is not Role.BODY:
        return [piece]
    parts = []
    report = _REPORT.match(piece.text)
    if report is not None and report.end() < len(piece.text):
        parts.append(piece.cut_out(0, report.end()).with_role(Role.BYLINE))
        piece = piece.cut_out(report.end(), len(piece.text))
    at = furniture.trailing_byline(piece.text)
    if at is not None:
        return [
            *parts,
            piece.cut_out(0, at),
            piece.cut_out(at, len(piece.text)).with_role(Role.BYLINE),
        ]
    at = furniture.credit_start(piece.text)
    if not at:
        return [*parts, piece]
    before = piece.text[:at].strip()
    if len(before) <= _CAPTION_LENGTH and len(_SENTENCE_END.findall(before)) <= 2:
        return [*parts, piece.with_role(Role.CAPTION)]
    return [
        *parts,
        piece.cut_out(0, at),
        piece.cut_out(at, len(piece.text)).with_role(Role.CAPTION),
    ]


def _mark_captions_of_credits(pieces: list[Piece]) -> list[Piece]:
    """A credit on a line of its own belongs to the short line before it."""
    marked = list(pieces)
    for index, piece in enumerate(pieces):
        if piece.role is Role.BODY and furniture.is_pictured(piece.text):
            if len(piece.text) <= _CAPTION_LENGTH:
                marked[index] = piece.with_role(Role.CAPTION)
        elif piece.role is Role.CAPTION and furniture.credit_start(piece.text) == 0 and index:
            before = pieces[index - 1]
            one = len(_SENTENCE_END.findall(before.text)) <= 1
            if before.role is Role.BODY and len(before.text) <= _ALONE_LENGTH and one:
                marked[index - 1] = before.with_role(Role.CAPTION)
    return marked


def _mark_pages(pieces: list[Piece]) -> list[Piece]:
    """Bare page numbers, and the lines that stand beside every page number."""
    numbers = [i for i, p in enumerate(pieces) if p.text.isdecimal() and len(p.text) <= 4]
    values = [int(pieces[i].text) for i in numbers]
    counted = len(values) >= 3 and values == list(range(values[0], values[0] + len(values)))
    marked = list(pieces)
    for index in numbers if counted else ():
        marked[index] = pieces[index].with_role(Role.PAGE_MARK)
    marks = [i for i, piece in enumerate(marked) if piece.role is Role.PAGE_MARK]
    beside = [i for at in marks for i in (at - 1, at + 1) if 0 <= i < len(marked)]
    texts = [marked[i].text for i in beside if marked[i].role is Role.BODY]
    times = Counter(texts)
    running = {text for text in texts if times[text] >= 2 and not ends_sentence(text)}
    seen: set[str] = set()
    for index, piece in enumerate(marked):
        # The first one may be the title itself.
        if piece.role is Role.BODY and piece.text in running and piece.text in seen:
            marked[index] = piece.with_role(Role.PAGE_MARK)
        seen.add(piece.text)
    return marked


def _mark_head(pieces: list[Piece]) -> list[Piece]:
    """Date, source and view counter between the title and the text."""
    style = style_of(pieces)
    body = (i for i, p in enumerate(pieces) if is_solid(p, style) and _is_text(p))
    head = next(body, len(pieces))
    # A chronicle has a date above every entry; there dates are headings.
    if sum(1 for piece in pieces if furniture.date_line(piece.text)) >= 3:
        return pieces
    marked = list(pieces)
    for index in range(head if head < len(pieces) else 0):
        piece = marked[index]
        if piece.role is not Role.BODY:
            continue
        beside = index > 0 and marked[index - 1].role in {Role.DATELINE, Role.BYLINE, Role.SOURCE}
        if furniture.date_line(piece.text) is not None:
            marked[index] = piece.with_role(Role.DATELINE)
        elif furniture.source_of(piece.text) is not None:
            marked[index] = piece.with_role(Role.SOURCE)
        elif furniture.is_counter(piece.text) and (beside or not piece.text.isdecimal()):
            marked[index] = piece.with_role(Role.COUNTER)
    return marked


def _mark_repeats(pieces: list[Piece]) -> list[Piece]:
    """A teaser that only repeats the beginning of what follows it."""
    marked = list(pieces)
    for index, piece in enumerate(pieces):
        if piece.role is not Role.BODY or len(piece.text) > _REPEAT_LENGTH:
            continue
        label = _LABEL.match(piece.text)
        told = _letters(piece.text[label.end() :] if label else piece.text)
        if weight(told) < _REPEAT_WEIGHT:
            continue
        following = pieces[index + 1 : index + 1 + _REPEAT_WITHIN]
        beginnings = [_letters(p.text[: 2 * _REPEAT_LENGTH]) for p in following]
        if any(letters.startswith(told) and letters != told for letters in beginnings):
            marked[index] = piece.with_role(Role.REPEAT)
    return marked


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _mark_notices(pieces: list[Piece]) -> list[Piece]:
    """Disclaimers after the last of the text, and the tools of a web page."""
    web = is_web_page(pieces)
    disclaimers = [p.role is Role.BODY and furniture.is_disclaimer(p.text) for p in pieces]
    texts = [
        index
        for index, (piece, disclaimer) in enumerate(zip(pieces, disclaimers, strict=True))
        if piece.role is Role.BODY and _is_text(piece) and not disclaimer
    ]
    marked = list(pieces)
    for index, piece in enumerate(pieces):
        if disclaimers[index] and texts and index > texts[-1]:
            marked[index] = piece.with_role(Role.NOTICE)
        elif piece.role is Role.BODY and web and furniture.is_page_tool(piece.text):
            marked[index] = piece.with_role(Role.NAVIGATION)
    return marked
