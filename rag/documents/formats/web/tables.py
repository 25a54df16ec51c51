"""Tables of web pages: those that hold data, with cells that reach right and down."""

from collections.abc import Callable
from typing import Any

from rag.documents.cleaning.piece import Piece
from rag.documents.formats.tables.grid import Row, Spot, grid
from rag.documents.limits import COLUMNS
from rag.errors import DocumentError

_CELLS = frozenset({"td", "th"})
#: Inside a cell they show that the table only lays out the page.
_STRUCTURE = ("table", "p", "div", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6")
_LONG_CELL = 400
#: Rows that a cell may reach down.
_ROWS = 1_000
#: What makes all that is in a cell stand out.
_BOLD = frozenset({"b", "strong"})
#: By column: how many rows more a cell reaches down, and its place.
_Reach = dict[int, tuple[int, Spot]]


def is_data(table: Any) -> bool:
    """Whether the table holds data; else it only lays out the page."""
    cells = [cell for row in table.iter("tr") for cell in row if cell.tag in _CELLS]
    if not cells or next((t for t in table.iter("table") if t is not table), None) is not None:
        return False
    widest = max(len(row) for row in table.iter("tr"))
    structured = sum(1 for cell in cells if len(list(cell.iter(*_STRUCTURE))) > 1)
    long = sum(1 for cell in cells if len("".join(cell.itertext())) > _LONG_CELL)
    return widest > 1 and structured + long <= len(cells) / 10


def read_grid(table: Any, words: Callable[[Any], str], line: int) -> Piece | None:
    """The rows of a table of data, from `line` of the file on; `words` reads a cell."""
    rows: list[Row] = []
    group, reach = None, _Reach()
    headers = 0
    for row in table.iter("tr"):
        line = max(line, row.sourceline or 0)
        if row.getparent() is not group:  # no cell reaches into the next part of the table
            group, reach = row.getparent(), _Reach()
        spots, reach = _spread([cell for cell in row if cell.tag in _CELLS], reach, words)
        if group is not None and group.tag == "thead" and headers == len(rows):
            headers += 1
        rows.append((line, spots))
    return grid(rows, headers=headers or None)


def _spread(
    cells: list[Any], above: _Reach, words: Callable[[Any], str]
) -> tuple[list[Spot], _Reach]:
    """The places of a row, with cells that reach down from above; and what reaches on.

    Raises DocumentError when there are more than a table may have.
    """
    spots: list[Spot] = []
    below = {at: (rows - 1, spot) for at, (rows, spot) in above.items() if rows > 1}
    for cell in cells:
        while len(spots) in above:
            spots.append(above[len(spots)][1])
        text, head = words(cell), cell.tag == "th" or _stands_out(cell)
        rows = _span(cell, "rowspan", _ROWS)
        for place in range(_span(cell, "colspan", COLUMNS)):
            spot = Spot(text, lead=not place, heading=head)
            if rows > 1:
                below[len(spots)] = (rows - 1, spot)
            spots.append(spot)
        if len(spots) > COLUMNS:
            raise DocumentError(f"A table has more than {COLUMNS:,} columns. Split it.")
    last = max(above, default=-1) + 1 if cells else 0  # a row without cells says nothing
    spots += [above[at][1] if at in above else Spot() for at in range(len(spots), last)]
    return spots, below


def _stands_out(cell: Any) -> bool:
    """Whether all words of the cell are in one bold element."""
    inner = [child for child in cell if isinstance(child.tag, str)]
    if len(inner) != 1 or inner[0].tag not in _BOLD:
        return False
    return not (cell.text or "").strip() and not (inner[0].tail or "").strip()


def _span(cell: Any, name: str, most: int) -> int:
    said = cell.get(name, "1").strip()[:6]
    return max(1, min(int(said), most)) if said.isdecimal() and said.isascii() else 1
