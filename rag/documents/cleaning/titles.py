"""The title above a plain text: the lines before its by-line or date, or its first ones."""

import re

from rag.documents.cleaning.headlines import (
    BOTH_DASHED,
    WritingStyle,
    is_headline,
    is_solid,
    style_of,
)
from rag.documents.cleaning.piece import Piece, Role
from rag.documents.cleaning.wrapping import starts_item

_DASHED = re.compile(r"(?:——|--|—|–(?!\s)|-(?!\s))\s*\S")


def find_title(pieces: list[Piece], *, web: bool) -> tuple[list[Piece], str | None]:
    """The pieces with the title's lines marked, and the title if there is one."""
    style = style_of(pieces)
    head = next((i for i, piece in enumerate(pieces) if is_solid(piece, style)), len(pieces))
    if head == len(pieces):
        return pieces, None
    anchors = {Role.BYLINE, Role.DATELINE, Role.SOURCE}
    anchor = next((i for i in range(head) if pieces[i].role in anchors), None)
    run = _run_before(pieces, anchor, style, web=web) if anchor else []
    if not run:
        run = _first_run(pieces, head, style)
    if not run:
        return pieces, None
    marked = list(pieces)
    for index in run:
        marked[index] = pieces[index].with_role(Role.TITLE)
    if web and anchor is not None:
        for index in range(run[0]):
            if marked[index].role is Role.BODY:
                marked[index] = marked[index].with_role(Role.BEFORE_TITLE)
    lines = [pieces[i].text for i in run if not BOTH_DASHED.fullmatch(pieces[i].text)]
    return marked, _spell(lines or [pieces[run[0]].text.strip("—- ")])


def _spell(lines: list[str]) -> str:
    title = lines[0].lstrip("—- ") if len(lines) == 1 else lines[0]
    for line in lines[1:]:
        title += line if _DASHED.match(line) else " " + line
    return title


def _run_before(pieces: list[Piece], anchor: int, style: WritingStyle, *, web: bool) -> list[int]:
    """The lines right before a by-line or a date; a web page has others above them."""
    run: list[int] = []
    for index in range(anchor - 1, -1, -1):
        text = pieces[index].text
        if pieces[index].role is not Role.BODY or not is_headline(text, style, title=True):
            break
        run.insert(0, index)
        whole = not _DASHED.match(text)
        if (web and whole) or len(run) == 3:
            break
    return run


def _first_run(pieces: list[Piece], head: int, style: WritingStyle) -> list[int]:
    """The text's first line, the subtitle after it, and its second half if it was broken."""
    kept = [i for i in range(head) if pieces[i].role is Role.BODY]
    # A text that begins with its first chapter has its title elsewhere or nowhere.
    if not kept or starts_item(pieces[kept[0]].text):
        return []
    if not is_headline(pieces[kept[0]].text, style, title=True):
        return []
    if len(kept) > 3 and not _DASHED.match(pieces[kept[1]].text):
        return []
    run = kept[:1]
    for index in kept[1:]:
        adjacent = index == run[-1] + 1 and pieces[index].gap == 0 and style.gap > 0
        broken = adjacent and not starts_item(pieces[index].text)
        kicker = BOTH_DASHED.fullmatch(pieces[run[-1]].text) is not None
        if not (broken or kicker or _DASHED.match(pieces[index].text)):
            break
        run.append(index)
    return run
