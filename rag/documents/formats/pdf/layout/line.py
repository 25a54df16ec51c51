"""A line of a page, which paragraphs are made of."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.documents.formats.pdf.characters.to_left import is_to_left


@dataclass(frozen=True, slots=True)
class PdfLine:
    """A line of text on a page, from 1; places in points from the page's lower left corner.

    The line is a row where it has `cells`; rows that have the same `table`, from 1, are one table,
    the first of them its header where `headed`. Rows of table 0 only stand in columns.
    """

    text: str
    page: int
    left: float
    right: float
    top: float
    bottom: float
    size: float
    cells: tuple[str, ...] = ()
    table: int = 0
    headed: bool = False


def from_where_they_begin(lines: Sequence[PdfLine]) -> list[PdfLine]:
    """The lines as if all ran from left to right: those in scripts that run to the left are
    mirrored, and so are all others of a page that has mostly such lines.
    """
    to_left = Counter(line.page for line in lines if is_to_left(line.text))
    of_page = Counter(line.page for line in lines)
    return [
        replace(line, left=-line.right, right=-line.left)
        if is_to_left(line.text) or 2 * to_left[line.page] > of_page[line.page]
        else line
        for line in lines
    ]
