"""A line of a page, which paragraphs are made of."""

from dataclasses import dataclass


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
