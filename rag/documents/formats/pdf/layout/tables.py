"""Rows of a band become a table where that is sure, and the lines of a cell one cell."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from rag.documents.formats.pdf.characters.drawing import Rule
from rag.documents.formats.pdf.layout.bands import Band, Row
from rag.documents.formats.pdf.layout.segment import Segment, beside
from rag.documents.formats.tables.rows import is_header
from rag.documents.text.characters import width

#: The share of cells that are filled, and how wide, in columns of a screen, half of them are.
_FILLED, _WIDEST = 0.6, 60
#: The share of rows of which a cell may have parts side by side.
_MIXED = 0.1
#: Lines of one row: more are no cells.
_MOST_LINES = 8
#: The share of a column's cells that hold figures where its name holds none.
_FIGURES = 0.6
#: In sizes of the letters: lines of one cell are closer than this.
_LEADING = 1.45
#: Points within which rules are at one height, the share of a band that they cross where they part
#: it, and how many rows they part at least.
_SAME_HEIGHT, _ACROSS, _LEAST_RULED = 2.0, 0.8, 3
_FIGURE = re.compile(r"[^\w]*\d[\d.,]*[^\w]*")
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]{3}")


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row as its cells, each of them the segments of its lines from the top."""

    cells: tuple[tuple[Segment, ...], ...]

    @property
    def segments(self) -> list[Segment]:
        return [segment for cell in self.cells for segment in cell]

    @property
    def filled(self) -> list[int]:
        """The numbers of the columns in which something stands."""
        return [at for at, cell in enumerate(self.cells) if cell]

    @property
    def is_mixed(self) -> bool:
        """Whether one of its cells seems to be several."""
        return any(beside(a, b) for cell in self.cells for a, b in pairwise(cell))


def table_rows(band: Band, rules: Sequence[Rule] = ()) -> list[TableRow]:
    """The band's rows; lines of a wrapped cell belong to the row in which it began.

    `rules` are drawn across the page: where each row stands between two, they tell.
    """
    ruled = _between_rules(band, rules)
    return [_cells(band, group) for group in ruled or _by_cells(band)]


def _between_rules(band: Band, rules: Sequence[Rule]) -> list[list[Row]]:
    """The rows between lines across the band; none where those do not part it into rows."""
    left = min(segment.left for row in band.rows for segment in row)
    right = max(segment.right for row in band.rows for segment in row)
    across: dict[int, float] = defaultdict(float)
    for begin, end, height in rules:
        across[round(height / _SAME_HEIGHT)] += max(0.0, min(end, right) - max(begin, left))
    heights = [
        height * _SAME_HEIGHT
        for height, length in across.items()
        if length + across.get(height - 1, 0.0) >= _ACROSS * (right - left)
    ]
    groups: dict[int, list[Row]] = defaultdict(list)
    for row in band.rows:
        middle = sum(segment.middle for segment in row) / len(row)
        groups[sum(height > middle for height in heights)].append(row)
    parted = [*groups.values()]
    if len(parted) < _LEAST_RULED or any(_holds_rows(band, group) for group in parted):
        return []
    return parted


def _holds_rows(band: Band, group: list[Row]) -> bool:
    """Whether what stands between two rules is several rows, not lines of one."""
    if len(group) > _MOST_LINES:
        return True
    cells = [[segment.text for segment in cell] for cell in _cells(band, group).cells]
    figures = (sum(_FIGURE.fullmatch(text) is not None for text in cell) for cell in cells)
    return any(count > 1 for count in figures)


def _by_cells(band: Band) -> list[list[Row]]:
    """The rows by where their cells begin and in which order the file draws them."""
    groups: list[list[Row]] = []
    for row in band.rows:
        if groups and _continues(band, groups[-1], row):
            groups[-1].append(row)
        else:
            groups.append([row])
    if max(map(len, groups)) > _MOST_LINES:
        return [[row] for row in band.rows]
    return groups


def _cells(band: Band, group: list[Row]) -> TableRow:
    cells: list[list[Segment]] = [[] for _ in range(len(band.gutters) + 1)]
    for row in group:
        for segment in row:
            cells[band.column(segment)].append(segment)
    return TableRow(tuple(map(tuple, cells)))


def _continues(band: Band, group: list[Row], row: Row) -> bool:
    """Whether the row only has further lines of cells that the group has begun."""
    filled = {band.column(segment) for before in group for segment in before}
    here = {band.column(segment) for segment in row}
    # Files draw a cell as a whole: its last line before the first of the next cell.
    if not here - filled and all(_is_drawn_inside(band, group, each) for each in row):
        return True
    if 0 in here or here - filled or len(here) >= len(filled):
        return False
    size = max(segment.size for segment in row)
    distance = group[-1][0].middle - row[0].middle
    return distance <= _LEADING * size and all(_runs_on(band, group, each) for each in row)


def _is_drawn_inside(band: Band, group: list[Row], segment: Segment) -> bool:
    """Whether the file draws the segment before a cell of the group that stands to its right."""
    column = band.column(segment)
    return any(
        each.number > segment.number and band.column(each) > column
        for before in group
        for each in before
    )


def _runs_on(band: Band, group: list[Row], segment: Segment) -> bool:
    """Whether the segment goes on where the cell above it broke off."""
    column = band.column(segment)
    above = [each for each in group[-1] if band.column(each) == column]
    return bool(above) and not segment.text[:1].isdigit()


def stand_in_columns(rows: Sequence[TableRow]) -> bool:
    """Whether the rows fill their columns as only a table's do."""
    full = [len(row.filled) for row in rows if len(row.filled) > 1]
    mixed = sum(row.is_mixed for row in rows)
    enough = len(full) > 1 and sum(full) >= _FILLED * len(full) * len(rows[0].cells)
    return enough and mixed <= _MIXED * len(rows)


def are_cells(texts: Sequence[Sequence[str]]) -> bool:
    """Whether what stands in the columns are cells, neither long texts nor a form's answers."""
    if sum(row[0].endswith((":", "：")) for row in texts) * 2 > len(texts):
        return False
    return median(width(cell) for row in texts for cell in row if cell) <= _WIDEST


def has_header(texts: Sequence[Sequence[str]]) -> bool:
    """Whether the first row is sure to name the columns: all named, unlike what is below."""
    names, body = texts[0], texts[1:]
    if not is_header(names) or not all(names[1:]) or any(width(name) > _WIDEST for name in names):
        return False
    if any(len(row) > len(names) for row in body):
        return False
    for at, name in enumerate(names):
        below = [row[at] for row in body if row[at]]
        if below and not _DIGIT.search(name) and _are_figures(below, alone=len(names) < 3):
            return True
    return len(names) > 2 and len(body) > 1 and all(all(row) for row in texts)


def _are_figures(cells: Sequence[str], *, alone: bool) -> bool:
    """Whether a column holds figures; the only one beside names holds nothing else.

    A form's answers hold figures as well, but not in every one.
    """
    if alone:
        return all(_DIGIT.search(cell) and not _WORD.search(cell) for cell in cells)
    figures = sum(_DIGIT.search(cell) is not None for cell in cells)
    return figures >= _FIGURES * len(cells)
