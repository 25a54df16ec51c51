"""Short lines that stand together: lists, addresses, poems, tables."""

from rag.documents.cleaning.piece import Piece, Role, columns, join
from rag.documents.text.characters import ends_sentence

#: Columns of an entry; a whole sentence that long is a paragraph already.
_SHORT, _SHORT_SENTENCE = 60, 40
_LEAST = 3
_ANCHORS = frozenset({Role.BYLINE, Role.DATELINE, Role.SOURCE})


def group_entries(pieces: list[Piece]) -> list[Piece]:
    """Three and more short lines without a blank between them become one piece, line by line.

    At least half of them must end without the mark of a sentence; else they are paragraphs.
    """
    grouped: list[Piece] = []
    run: list[Piece] = []
    for index, piece in enumerate(pieces):
        if run and (piece.gap or not _is_short(piece)):
            grouped += _close(run, piece if not piece.gap else None, first=index == len(run))
            run = []
        if _is_short(piece):
            run.append(piece)
        else:
            grouped.append(piece)
    return grouped + _close(run, None, first=len(run) == len(pieces))


def _close(run: list[Piece], following: Piece | None, *, first: bool) -> list[Piece]:
    unfinished = sum(1 for piece in run if not ends_sentence(piece.text))
    headed = first and following is not None and following.role in _ANCHORS
    if len(run) < _LEAST or unfinished * 2 < len(run) or headed:
        return run
    return [join(run, "\n").with_role(Role.ENTRIES)]


def _is_short(piece: Piece) -> bool:
    if piece.role is not Role.BODY:
        return False
    finished = ends_sentence(piece.text)
    return columns(piece) <= (_SHORT_SENTENCE if finished else _SHORT)
