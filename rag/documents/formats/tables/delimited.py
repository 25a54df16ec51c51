"""Reads tables in text files (.csv, .tsv), by Python's own csv: each row is a paragraph."""

import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rag.documents.block import Block, Content
from rag.documents.formats.tables.rows import shaped_text
from rag.documents.formats.tables.shape import TableShape, shape_of, titles_above
from rag.documents.limits import COLUMNS, RECORDS
from rag.documents.text.characters import ends_sentence, one_line
from rag.documents.text.decoding import decode
from rag.errors import DocumentError

_DELIMITERS = ",;\t|，；"
#: Rows that show which character separates the cells.
_SAMPLE = 50
#: Characters of a cell; the csv module's own limit would refuse long texts.
_LONGEST_CELL = 2_000_000


@dataclass(frozen=True, slots=True)
class _Row:
    """A row with something in it: its tidied cells, its lines, whether a blank row is above it."""

    cells: list[str]
    lines: tuple[int, int]
    apart: bool


def read_table(data: bytes) -> Content:
    """A paragraph for each row, with the names of the columns and the row's lines in the file.

    A line above a table is its heading, or a note. Raises DocumentError when it is not text or not
    a table within the limits.
    """
    text = decode(data)
    return _read(text, _delimiter(text))


def read_tab_separated(data: bytes) -> Content:
    """As `read_table`, with cells separated by tabs."""
    return _read(decode(data), "\t")


def _read(text: str, delimiter: str) -> Content:
    try:
        rows = list(_rows(text, delimiter))
    except csv.Error as error:
        raise DocumentError(
            f"It is not a table that can be read ({error}). Save it as CSV (UTF-8) and try again."
        ) from error
    return Content(tuple(block for table in _tables(rows) for block in _blocks(table)))


def _tables(rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    """The tables of a file: one below a blank row has another number of columns."""
    begins = 0
    columns = 0
    for at, row in enumerate(rows):
        if row.apart and at > begins and len(row.cells) != columns:
            yield rows[begins:at]
            begins = at
        columns = len(row.cells) if at == begins else max(columns, len(row.cells))
    yield rows[begins:]


def _blocks(table: Sequence[_Row]) -> Iterator[Block]:
    above = titles_above([row.cells for row in table])
    yield from _titles(table[:above])
    rows = table[above:]
    shape = shape_of([row.cells for row in rows])
    if shape.header >= len(rows):
        shape = TableShape()
    repeated = [row.cells for row in rows[: shape.header]]
    for number, row in enumerate(rows):
        if number >= shape.header and row.cells not in repeated:
            text = shaped_text(shape, row.cells)
            yield Block("paragraph", text, row.lines, form="table")


def _titles(rows: Sequence[_Row]) -> Iterator[Block]:
    """The first line above a table is its heading; more of them are notes."""
    for number, row in enumerate(rows):
        said = [cell for cell in row.cells if cell]
        text = said[0].lstrip("# ") or said[0]
        if len(said) > 1:
            yield Block(
                "paragraph", shaped_text(TableShape(keyed=True), said), row.lines, form="table"
            )
        elif number or ends_sentence(text) or text != said[0]:
            yield Block("paragraph", text, row.lines)
        else:
            yield Block("heading", text, row.lines, level=1)


def _rows(text: str, delimiter: str) -> Iterator[_Row]:
    """Rows with something in them. Raises DocumentError where there are too many, or too wide."""
    apart = False
    for number, (first, last, row) in enumerate(_records(text, delimiter)):
        if number > RECORDS:
            raise DocumentError(f"It has more than {RECORDS:,} rows. Split it into smaller files.")
        if len(row) > COLUMNS:
            raise DocumentError(
                f"Line {first} has more than {COLUMNS:,} columns. Check what separates them, "
                "or split the file."
            )
        cells = [one_line(cell) for cell in row]
        if any(cells):
            yield _Row(cells, (first, last), apart)
        apart = not any(cells)


def _records(text: str, delimiter: str) -> Iterator[tuple[int, int, list[str]]]:
    """Rows as the csv module finds them, each with its first and last line."""
    # The module's limit belongs to the process; it is only ever raised.
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
    # Line ends stay as they are, so that lines are counted as an editor counts them.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    last = 0
    for row in reader:
        first, last = last + 1, reader.line_num
        yield first, last, row


def _delimiter(text: str) -> str:
    """The character that cuts the first rows into the most equal numbers of cells, a comma else."""
    return max(_DELIMITERS, key=lambda delimiter: _agreement(_sample(text, delimiter)))


def _sample(text: str, delimiter: str) -> Iterable[list[str]]:
    try:
        rows = (row for _, _, row in _records(text, delimiter) if any(map(str.strip, row)))
        yield from itertools.islice(rows, _SAMPLE)
    except csv.Error:
        return


def _agreement(rows: Iterable[list[str]]) -> float:
    """The share of rows with the most frequent number of cells; 0 where that is one cell."""
    widths = Counter[int]()
    spaced = cells = 0
    for row in rows:
        widths[len(row)] += 1
        spaced += sum(cell.startswith(" ") for cell in row[1:])
        cells += len(row) - 1
    if not widths:
        return 0.0
    width, times = widths.most_common(1)[0]
    # A comma inside a sentence has a space behind it.
    return times / widths.total() - 0.2 * spaced / max(1, cells) if width > 1 else 0.0
