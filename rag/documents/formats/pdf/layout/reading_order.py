"""The order in which a page is read: column by column, table by table, from its geometry.

A page is cut into bands, from top to bottom; inside a band no segment crosses the gutters between
its columns. Columns of running text are read one after the other, the rest row by row. Where the
geometry leaves it open, the order in which the file draws its text decides.
"""

from collections.abc import Sequence
from itertools import pairwise

from rag.documents.formats.pdf.layout.bands import Band, Row, bands_of, rows_of, tolerant, trimmed
from rag.documents.formats.pdf.layout.segment import Segment

#: Columns of a table: rows of a band that fill several columns.
_LEAST_ROWS = 2
#: Running text: its least average width, in sizes of its letters, and number of lines; the least
#: share of lines that reach far into their column, and how far.
_WIDE_TEXT, _LEAST_LINES, _FULL_SHARE, _FULL = 10.0, 3, 0.5, 0.75
#: The share of steps in the file's order that leave a column, up to which columns are drawn one
#: after the other, and from which on they are drawn row by row.
_FEW_CROSSINGS, _MANY_CROSSINGS = 0.12, 0.75
#: The share of rows that fill all columns of a table, and of cells that are filled in a large one.
_GRID, _SPARSE_GRID = 0.8, 0.6
_DEEPEST = 4


def in_order(segments: Sequence[Segment], depth: int = 0) -> list[Band]:
    """Bands in reading order; one without gutters is running text, others are read by rows."""
    ordered: list[Band] = []
    for band in bands_of(rows_of(segments)):
        columns = _read_apart(band) if depth < _DEEPEST else []
        for column in columns:
            ordered += in_order(column, depth + 1)
        if not columns:
            for part in bands_of(band.rows, dense=True):
                ordered += map(tolerant, trimmed(part))
    return ordered


def _read_apart(band: Band) -> list[Row]:
    """The columns of which each is a text of its own, from the one that is read first.

    None where the band is a table, or read row by row.
    """
    columns = _columns(band)
    if len(columns) < 2:
        return []
    if _are_read_apart(band, columns):
        return _from_first(columns)
    # Columns of a table may stand in a column of the page: one gutter of it may part texts.
    for gutter in sorted(band.gutters, key=lambda gutter: gutter[0] - gutter[1]):
        halves = Band(band.rows, [gutter])
        sides = _columns(halves)
        texts = len(sides) == 2 and all(_width(side) >= _WIDE_TEXT for side in sides)
        if texts and _are_read_apart(halves, sides):
            return _from_first(sides)
    return []


def _columns(band: Band) -> list[Row]:
    columns: list[Row] = [[] for _ in range(len(band.gutters) + 1)]
    for row in band.rows:
        for segment in row:
            columns[band.column(segment)].append(segment)
    return [column for column in columns if column]


def _are_read_apart(band: Band, columns: list[Row]) -> bool:
    """Whether each column is a text of its own, not a column of a table."""
    if sum(len(row) > 1 for row in band.rows) < _LEAST_ROWS:
        # A line of which the ends stand apart; or columns whose lines are not at one height.
        return all(map(_overlap, columns, columns[1:]))
    crossings = _crossings(band)
    prose = sum(map(_is_prose, columns))
    if crossings <= _FEW_CROSSINGS or _changes(band) < len(columns) + 1:
        return prose > 0 or not _is_grid(band, columns)
    return prose > 1 and prose * 2 >= len(columns) and crossings >= _MANY_CROSSINGS


def _is_prose(column: Row) -> bool:
    if len(column) < _LEAST_LINES:
        return False
    left = min(each.left for each in column)
    room = max(each.right for each in column) - left
    full = sum(each.right - left >= _FULL * room for each in column)
    return full >= _FULL_SHARE * len(column) and _width(column) >= _WIDE_TEXT


def _width(column: Row) -> float:
    """How wide the segments are on average, in sizes of their letters."""
    return sum((each.right - each.left) / max(each.size, 1.0) for each in column) / len(column)


def _overlap(a: Row, b: Row) -> bool:
    """Whether several lines of both columns stand at the same heights."""
    top = min(max(each.top for each in column) for column in (a, b))
    bottom = max(min(each.bottom for each in column) for column in (a, b))
    return all(sum(bottom < each.middle < top for each in column) > 1 for column in (a, b))


def _is_grid(band: Band, columns: list[Row]) -> bool:
    """Whether nearly every row fills every column, or most of many."""
    full = sum(len(row) >= len(columns) for row in band.rows)
    if full >= _GRID * len(band.rows):
        return True
    filled = sum(len({band.column(each) for each in row}) for row in band.rows)
    return len(columns) > 2 and filled >= _SPARSE_GRID * len(columns) * len(band.rows)


def _drawn(band: Band) -> list[int]:
    """The columns of the band's segments in the order in which the file draws them."""
    segments = sorted((each for row in band.rows for each in row), key=lambda each: each.number)
    return [band.column(each) for each in segments]


def _changes(band: Band) -> int:
    return sum(a != b for a, b in pairwise(_drawn(band)))


def _crossings(band: Band) -> float:
    """The share of steps that lead to another column, of those that rows of cells would make."""
    possible = sum(len(row) for row in band.rows if len(row) > 1)
    return _changes(band) / max(1, possible)


def _from_first(columns: list[Row]) -> list[Row]:
    """The columns from the one that is read first."""
    starts = [glyph.char for column in columns for each in column for glyph in each.glyphs[:8]]
    to_left = sum("\u0590" <= char <= "\u08ff" for char in starts)
    letters = sum(map(str.isalpha, starts))
    return columns[::-1] if to_left * 2 > letters else columns
