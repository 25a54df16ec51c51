"""What formats with structure of their own give to the cleaning: paragraphs, lists, tables."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from rag.documents.cleaning.piece import Piece, Role, join
from rag.documents.formats.tables.rows import text_of_rows
from rag.documents.text.characters import ends_sentence, tidy, width

#: Columns: shorter entries stand together line by line, longer ones are paragraphs.
_SHORT_ENTRY, _SHORT_LINE = 80, 60
_ASKS = re.compile(r"[?？]\W*$")


@dataclass(frozen=True, slots=True)
class Entry:
    """A piece, or an entry of a list that may be put together with its neighbours.

    `marker` stands before the entry in a list; it is empty where the text has its number.
    """

    piece: Piece
    listed: bool = False
    marker: str = "- "


def paragraph(text: str, lines: tuple[int, int]) -> Piece:
    """A paragraph that its format sets apart from the others."""
    first, last = lines
    starts = ((0, first),) if first == last else ((0, first), (max(0, len(text) - 1), last))
    return Piece(text, starts, gap=1)


def on_line(piece: Piece, line: int) -> Piece:
    """The piece with everything in it placed on one line of the file."""
    return replace(piece, starts=tuple((at, line) for at, _ in piece.starts))


def heading(text: str, lines: tuple[int, int], level: int) -> Piece:
    """A heading of the level, from 1."""
    return Piece(text.replace("\n", " "), ((0, lines[0]),), gap=1, role=Role.HEADING, level=level)


def table(rows: Sequence[tuple[int, Sequence[str]]], *, headed: bool | None = None) -> Piece | None:
    """The table's rows, each with its line, as one piece; None when all cells are empty."""
    text = text_of_rows(rows, headed=headed)
    if text.is_empty:
        return None
    return Piece(text.text, text.starts, gap=1, role=Role.TABLE)


def broken_lines(text: str, first: int) -> list[Piece]:
    """Lines that the author broke: paragraphs, or one piece where they are short like a poem."""
    lines = [(at, tidy(line)) for at, line in enumerate(text.split("\n"), first)]
    pieces = [paragraph(line, (at, at)) for at, line in lines if line]
    short = all(width(p.text) <= _SHORT_LINE and not ends_sentence(p.text) for p in pieces)
    if len(pieces) > 1 and short:
        return [join(pieces, "\n").with_role(Role.ENTRIES)]
    return pieces


def grouped(entries: Sequence[Entry]) -> list[Piece]:
    """The pieces, with lists of short entries as one piece each, line by line.

    Where an entry asks, the others answer, and are paragraphs.
    """
    pieces: list[Piece] = []
    for listed, run in groupby(entries, key=lambda entry: entry.listed):
        listing = list(run)
        found = [entry.piece for entry in listing]
        if listed and all(width(piece.text) <= _SHORT_ENTRY for piece in found):
            marked = [paragraph(f"{e.marker}{e.piece.text}", e.piece.lines) for e in listing]
            found = [join(marked, "\n").with_role(Role.ENTRIES)]
        elif listed and not any(_ASKS.search(piece.text) for piece in found):
            found = [p.with_role(Role.ENTRIES) if p.role is Role.BODY else p for p in found]
        pieces += found
    return pieces
