"""Documents of formats that mark headings themselves: nothing is cleaned away or made up.

Only questions are headings of their answers, as everywhere.
"""

from collections.abc import Sequence

from rag.documents.block import Content
from rag.documents.cleaning.dates import find_date
from rag.documents.cleaning.furniture import date_line
from rag.documents.cleaning.headlines import mark_questions
from rag.documents.cleaning.piece import Piece, Role
from rag.documents.cleaning.pipeline import blocks_of
from rag.documents.formats.structure.titles import titled

#: Pieces at the start, and at the end, among which the date of a text may stand alone.
_FIRST, _LAST = 8, 3


def structured(pieces: Sequence[Piece], *, title: str | None = None) -> Content:
    """The content that the pieces make, with the title and the date that stand among them.

    `title` is what the file says of itself; it comes before what stands in the text.
    """
    shown = title or next((piece.text for piece in pieces if piece.role is Role.TITLE), None)
    blocks = blocks_of(mark_questions(list(pieces)))
    known, headed = titled(shown, blocks)
    return Content(blocks=headed, title=known, date=_date(pieces))


def _date(pieces: Sequence[Piece]) -> str | None:
    bodies = [piece.text for piece in pieces if piece.role is Role.BODY]
    for text in bodies[:_FIRST]:
        found = date_line(text)
        if found is not None:
            return found[0]
    for text in reversed(bodies[-_LAST:]):
        dated = find_date(text)
        if dated is not None and (dated[1], dated[2]) == (0, len(text)):
            return dated[0]
    return None
