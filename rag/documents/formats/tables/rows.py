"""Rows of tables as text that can be quoted alone."""

from collections.abc import Iterable, Sequence

from rag.documents.formats.inline.lines import TextLines
from rag.documents.formats.tables.shape import TableShape, is_header, shape_of
from rag.documents.text.characters import tidy

__all__ = ["is_header", "row_lines", "row_text", "shaped_text", "text_of_rows"]

_CELL_SEPARATOR = " | "
_NO_SHAPE = TableShape()


def row_text(header: Sequence[str], values: Sequence[str]) -> str:
    """A row on one line: `name: value | name: value`; only values where a column has no name."""
    names = [*header, *[""] * (len(values) - len(header))]
    return _CELL_SEPARATOR.join(
        f"{name.rstrip(':：')}: {value}" if name else value
        for name, value in zip(names, values, strict=False)
        if value
    )


def shaped_text(shape: TableShape, values: Sequence[str]) -> str:
    """A row of a table of that shape on one line: with its columns' names, or as `key: value`."""
    if shape.keyed and values and values[0]:
        rest = row_text((), values[1:])
        return f"{values[0].rstrip(':： ')}: {rest}" if rest else values[0]
    return row_text(shape.names, values)


def text_of_rows(
    rows: Iterable[tuple[int, Sequence[str]]],
    *,
    headed: bool | None = None,
    marked: bool = False,
) -> TextLines:
    """The rows, each with its number of a line, as lines of text; empty when all cells are.

    `headed` and `marked` are what `row_lines` takes.
    """
    numbered = list(rows)
    shown = row_lines([row for _, row in numbered], headed=headed, marked=marked)
    text = TextLines()
    for (number, _), words in zip(numbered, shown, strict=True):
        if words:
            text.add_line(words, number)
    return text


def row_lines(
    rows: Sequence[Sequence[str]], *, headed: bool | None = None, marked: bool = False
) -> list[str]:
    """Each row as text, in their order; "" for a row that only names columns.

    `headed` tells whether the first row names the columns; None where only the cells can tell.
    `marked` is what `shape_of` takes.
    """
    tidied = [[tidy(cell) for cell in row] for row in rows]
    shape = _NO_SHAPE
    if headed and len(tidied) > 1:
        shape = TableShape(tuple(tidied[0]), header=1)
    elif headed is None:
        shape = shape_of(tidied, marked=marked)
    # Rows are counted: the header's place stays, empty.
    header = shape.header if len(tidied) > shape.header else 0
    return ["" if number < header else shaped_text(shape, row) for number, row in enumerate(tidied)]
