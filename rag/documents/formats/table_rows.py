"""Rows of tables as text that can be quoted alone."""

import re
from collections.abc import Sequence

from rag.documents.text.characters import tidy

_CELL_SEPARATOR = " | "
#: What no column is called: addresses, whole sentences.
_VALUE = re.compile(r"https?://|.*[。！？!?]|.{61}")
#: What few columns are called: numbers (but years), amounts, dates. '1月' or '2 rooms' is none.
_NUMBER = re.compile(
    r"(?!(?:19|20)\d{2}$)[-+]?\s?[¥￥$€£]?\s?[-+]?\d[\d,.]*\s?(?:[%‰]|[万亿]?[元人个]?|[¥￥$€£])"
    r"|\d{1,4}([-/.])\d{1,2}\1\d{1,4}(?:[ T]\d{1,2}:\d{2}.{0,10})?|\d{4}[-/]\d{1,2}"
)


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
    """Whether the cells can be names of columns: most there, all different, few values."""
    names = [cell for cell in cells if cell]
    if len(names) * 2 <= len(cells) or len(set(names)) < len(names):
        return False
    if not any(map(str.isalpha, "".join(names))) or any(map(_VALUE.match, names)):
        return False
    return sum(_NUMBER.fullmatch(name) is not None for name in names) * 2 < len(names)
