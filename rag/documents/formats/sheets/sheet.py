"""A sheet's cells become blocks: a paragraph a row, under the name of the sheet."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rag.documents.block import Block, Dropped
from rag.documents.formats.tables.grid import Row, Spot, grid_rows
from rag.documents.formats.tables.shape import titles_above
from rag.documents.limits import COLUMNS, RECORDS
from rag.documents.text.characters import tidy
from rag.errors import DocumentError

#: Names that programs give; they say nothing.
_UNNAMED = re.compile(
    r"(?:sheet|tabelle|feuil|hoja|foglio|planilha|лист|工作表|シート)?\s*\d*", re.I
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is seen of a sheet: its rows with their numbers from 1, and notes on cells.

    `in_part` says that some of its rows or columns are hidden.
    """

    name: str
    rows: Sequence[Row]
    notes: Sequence[tuple[int, str]] = ()
    in_part: bool = False


def blocks_of(sheets: Sequence[Sheet]) -> Iterator[Block]:
    """The blocks of all sheets; an only sheet without a name of its own has no heading."""
    filled = [sheet for sheet in sheets if any(s.text for _, row in sheet.rows for s in row)]
    for sheet in filled:
        if len(filled) > 1 or not _UNNAMED.fullmatch(sheet.name.strip()):
            yield Block("heading", sheet.name.strip() or "-", (1, 1), level=1)
        notes = dict.fromkeys(line for line, _ in sheet.notes)
        for line, words in _rows(sheet):
            yield Block("paragraph", words, (line, line), form="table")
            yield from (_note(at, text) for at, text in sheet.notes if at == line)
            notes.pop(line, None)
        yield from (_note(at, text) for at, text in sheet.notes if at in notes)


def hidden_parts(sheets: Sequence[Sheet], hidden: Sequence[str]) -> tuple[Dropped, ...]:
    """The parts of a workbook that are not shown: hidden sheets, by name, and hidden parts of
    others.
    """
    whole = [Dropped((1, 1), "", "hidden sheet", tidy(name)) for name in hidden]
    parts = [Dropped((1, 1), "", "hidden rows or columns", s.name) for s in sheets if s.in_part]
    return (*whole, *parts)


def _note(line: int, text: str) -> Block:
    return Block("paragraph", text, (line, line))


def _rows(sheet: Sheet) -> Iterator[tuple[int, str]]:
    """The rows of each table of the sheet: empty rows stand between tables."""
    filled = [row for row in sheet.rows if any(spot.text for spot in row[1])]
    numbers = {line: place for place, (line, _) in enumerate(sheet.rows)}
    for _, group in groupby(enumerate(filled), key=lambda it: numbers[it[1][0]] - it[0]):
        rows = _narrowed([row for _, row in group])
        above = titles_above([[spot.text if spot.lead else "" for spot in row] for _, row in rows])
        for line, spots in rows[:above]:
            yield line, " ".join(spot.text for spot in spots if spot.text and spot.lead)
        yield from grid_rows(rows[above:])


def _narrowed(rows: list[Row]) -> list[Row]:
    """The rows without the columns that are empty in all of them."""
    widest = max(len(spots) for _, spots in rows)
    used = [
        at for at in range(widest) if any(at < len(spots) and spots[at].text for _, spots in rows)
    ]
    empty = Spot()
    return [
        (line, [spots[at] if at < len(spots) else empty for at in used]) for line, spots in rows
    ]


def check_size(rows: int, columns: int, name: str) -> None:
    """Raises DocumentError when a sheet is larger than a table may be."""
    if rows > RECORDS or columns > COLUMNS:
        raise DocumentError(
            f"The sheet '{name}' has more than {RECORDS:,} rows or {COLUMNS:,} columns. "
            "Split it into smaller files."
        )
