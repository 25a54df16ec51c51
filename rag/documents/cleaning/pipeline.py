"""The steps that turn a plain text into blocks, in order."""

import logging
from collections.abc import Mapping
from dataclasses import replace

from rag.documents.block import Block, Content, Dropped
from rag.documents.cleaning import surroundings
from rag.documents.cleaning.dates import find_date
from rag.documents.cleaning.furniture import date_line, source_of
from rag.documents.cleaning.grouping import group_entries
from rag.documents.cleaning.headlines import (
    mark_captions,
    mark_headings,
    mark_questions,
)
from rag.documents.cleaning.joining import join_cut_sentences
from rag.documents.cleaning.levels import heading_levels
from rag.documents.cleaning.piece import CITED, KEPT, Piece, Role, split_lines
from rag.documents.cleaning.titles import find_title
from rag.documents.cleaning.wrapping import unwrap
from rag.documents.document import ParagraphKind

#: The kinds of paragraphs with these roles; the others are running text.
_FORMS: Mapping[Role, ParagraphKind] = {
    Role.ENTRIES: "list", Role.TABLE: "table", Role.CODE: "code",
}  # fmt: skip
_LOGGER = logging.getLogger(__name__)


def clean(text: str) -> Content:
    """Headings and paragraphs of a plain text; what does not belong to the text is in `dropped`."""
    return clean_pieces(unwrap(split_lines(text)))


def clean_pieces(pieces: list[Piece]) -> Content:
    """As `clean`, for the paragraphs of another format; roles that its reader has set stay.

    Where the format marks its headings, the only headings added are questions above their answers.
    """
    marked = any(piece.role is Role.HEADING for piece in pieces)
    pieces = surroundings.mark(pieces)
    web = surroundings.is_web_page(pieces)
    pieces = group_entries(pieces)
    title = next((piece.text for piece in pieces if piece.role is Role.TITLE), None)
    if title is None:
        pieces, title = find_title(pieces, web=web)
    pieces = mark_captions(pieces)
    pieces = join_cut_sentences(pieces)
    pieces = surroundings.mark_after_end(pieces)
    pieces = mark_questions(pieces) if marked else mark_headings(pieces)
    if not any(piece.role in CITED for piece in pieces):
        # Nothing but headings or furniture: keep every line rather than lose the document.
        pieces = [piece.with_role(Role.BODY) for piece in pieces]
    dropped = tuple(
        Dropped(piece.lines, piece.text, str(piece.role))
        for piece in pieces
        if piece.role not in KEPT
    )
    _LOGGER.debug("Kept out: %d of %d pieces", len(dropped), len(pieces))
    return Content(
        blocks=tuple(blocks_of(pieces)),
        title=title,
        date=_date(pieces),
        source=_source(pieces),
        dropped=dropped,
    )


def blocks_of(pieces: list[Piece]) -> list[Block]:
    """The headings and paragraphs of the pieces that are kept."""
    kept = [piece for piece in pieces if piece.role in KEPT]
    levels = heading_levels(kept)
    blocks = []
    for piece, level in zip(kept, levels, strict=True):
        form = _FORMS.get(piece.role, "text")
        block = Block(
            *("paragraph", piece.text, piece.lines),
            starts=piece.starts,
            form=form,
            caption=piece.caption,
        )
        if piece.role in {Role.HEADING, Role.TITLE}:
            block = replace(block, kind="heading", level=level)
        blocks.append(block)
    return blocks


def _date(pieces: list[Piece]) -> str | None:
    for piece in pieces:
        if piece.role is Role.DATELINE:
            found = date_line(piece.text)
            if found is not None:
                return found[0]
    # Letters and notices are dated at the end.
    for piece in reversed(pieces[-3:]):
        dated = find_date(piece.text)
        if dated is not None and dated[1] == 0 and dated[2] == len(piece.text):
            return dated[0]
    return None


def _source(pieces: list[Piece]) -> str | None:
    for piece in pieces:
        if piece.role is Role.SOURCE:
            return source_of(piece.text)
    for piece in pieces:
        if piece.role is Role.DATELINE:
            found = date_line(piece.text)
            if found is not None and found[1] is not None:
                return found[1]
    return None
