"""Reads tables in text files (.csv), by Python's own csv: each row is a paragraph."""

import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator

from rag.documents.block import Block, Content
from rag.documents.formats.table_rows import is_header, row_text
from rag.documents.limits import COLUMNS, RECORDS
from rag.documents.text.characters import one_line
from rag.documents.text.decoding import decode
from rag.errors import DocumentError

_DELIMITERS = ",;\t|，；"
#: Rows that show which character separates the cells.
_SAMPLE = 50
#: Characters of a cell; the csv module's own limit would refuse long texts.
_LONGEST_CELL = 2_000_000


def read_table(data: bytes) -> Content:
    """A paragraph for each row, with the names of the columns and the row's lines in the file.

    Raises DocumentError when it is not text or not a table within the limits.
    """
    text = decode(data)
    try:
        return Content(tuple(_blocks(text)))
    except csv.Error as error:
        raise DocumentError(
            f"It is not a table that can be read ({error}). Save it as CSV (UTF-8) and try again."
        ) from error


def _blocks(text: str) -> Iterator[Block]:
    header: list[str] | None = None
    for number, (first, last, row) in enumerate(_rows(text, _delimiter(text))):
        if number > RECORDS:
            raise DocumentError(f"It has more than {RECORDS:,} rows. Split it into smaller files.")
        if len(row) > COLUMNS:
            raise DocumentError(
                f"Line {first} has more than {COLUMNS:,} columns. Check what separates them, "
                "or split the file."
            )
        cells = [one_line(cell) for cell in row]
        if header is None:
            header = cells if is_header(cells) else []
            if header:
                continue
        yield Block("paragraph", row_text(header, cells), (first, last))
    if header and number == 0:
        yield Block("paragraph", row_text((), header), (first, last))


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, int, list[str]]]:
    """Rows with something in them, each with its first and last line."""
    # The module's limit belongs to the process; it is only ever raised.
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
    # Line ends stay as they are, so that lines are counted as an editor counts them.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    last = 0
    for row in reader:
        first, last = last + 1, reader.line_num
        if any(cell.strip() for cell in row):
            yield first, last, row


def _delimiter(text: str) -> str:
    """The character that cuts the first rows into the most equal numbers of cells, a comma else."""
    return max(_DELIMITERS, key=lambda delimiter: _agreement(_sample(text, delimiter)))


def _sample(text: str, delimiter: str) -> Iterable[list[str]]:
    try:
        yield from (row for _, _, row in itertools.islice(_rows(text, delimiter), _SAMPLE))
    except csv.Error:
        return


def _agreement(rows: Iterable[list[str]]) -> float:
    """The share of rows with the most frequent number of cells; 0 where that is one cell."""
    widths = Counter(len(row) for row in rows)
    if not widths:
        return 0.0
    width, times = widths.most_common(1)[0]
    return times / widths.total() if width > 1 else 0.0
