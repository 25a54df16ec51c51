"""Rows of tables as text that can be quoted alone."""

import re
from collections.abc import Sequence

from rag.documents.characters import tidy

_CELL_SEPARATOR = " | "
#: What no column is called: numbers (but years), addresses, whole sentences.
_VALUE = re.compile(r"(?!(?:19|20)\d{2}(?:\s*年.{0,12})?$)[-+¥$€£]?\d|https?://|.*[。！？!?]|.{61}")


def row_text(header: Sequence[str], values: Sequence[str]) -> str:
    """A row on one line: `name: value | name: value`; only values where a column has no name."""
    names = [*header, *[""] * (len(values) - len(header))]
    return _CELL_SEPARATOR.join(
        f"{name}: {value}" if name else value
        for name, value in zip(names, values, strict=False)
        if value
    )


def row_lines(rows: Sequence[Sequence[str]], *, headed: bool | None = None) -> list[str]:
    """Each row after the header as text; a table of one row, or without a header, keeps them all.

    `headed` tells whether the first row names the columns; None where only its cells can tell.
    """
    tidied = [[tidy(cell) for cell in row] for row in rows]
    if not tidied:
        return []
    if len(tidied) > 1 and (is_header(tidied[0]) if headed is None else headed):
        # Rows are counted: the header's place stays, empty.
        return ["", *(row_text(tidied[0], row) for row in tidied[1:])]
    return [row_text((), row) for row in tidied]


def is_header(cells: Sequence[str]) -> bool:
    """Whether the cells can be names of columns: most there, all different, no values."""
    names = [cell for cell in cells if cell]
    if len(names) * 2 <= len(cells) or len(set(names)) < len(names):
        return False
    return any(map(str.isalpha, "".join(names))) and not any(map(_VALUE.match, names))
