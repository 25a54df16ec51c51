"""Tables of formats that have cells: merged ones spread out, headers found, rows as text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.documents.cleaning.piece import Piece, Role
from rag.documents.formats.inline import TextLines
from rag.documents.formats.table_rows import is_header, row_text
from rag.documents.text.characters import tidy, width

#: Columns on a screen that a key of a key-value table may take.
_KEY = 40
_YEAR = re.compile(r"(?:19|20)\d{2}年?")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a table: its words, whether its cell begins here, whether it is a heading.

    A cell that reaches right leaves its words in its first place; those to the right repeat them
    and are no `lead`. One that reaches down leads in each of its rows.
    """

    text: str = ""
    lead: bool = True
    heading: bool = False


Row = tuple[int, Sequence[Spot]]


def grid(rows: Sequence[Row], *, headers: int | None = None) -> Piece | None:
    """A table's rows, each with its line, as one piece; None when all cells are empty.

    `headers` says how many rows name the columns; None where only the cells can tell.
    """
    widest = max((len(spots) for _, spots in rows), default=0)
    padded = [(line, _padded(spots, widest)) for line, spots in rows]
    padded = [(line, spots) for line, spots in padded if any(spot.text for spot in spots)]
    text = TextLines()
    while headers is None and len(padded) > 1 and _is_banner(padded[0][1]):
        text.add(padded[0][1][0].text, padded[0][0])
        del padded[0]
    table = [spots for _, spots in padded]
    count = _header_rows(table) if headers is None else min(headers, max(0, len(table) - 1))
    names = _names(table[:count], widest)
    keyed = not count and _has_keys(table)
    for line, spots in padded[count:]:
        text.add(_row(names, spots, keyed=keyed), line)
    if text.is_empty:
        return None
    return Piece(text.text, text.starts, gap=1, role=Role.TABLE)


def _padded(spots: Sequence[Spot], widest: int) -> list[Spot]:
    tidied = [Spot(tidy(spot.text), spot.lead, spot.heading) for spot in spots]
    return [*tidied, *[Spot()] * (widest - len(spots))]


def _row(names: Sequence[str], spots: Sequence[Spot], *, keyed: bool) -> str:
    if _is_banner(spots):
        return spots[0].text
    values = [spot.text if spot.lead else "" for spot in spots]
    if keyed and values[0]:
        rest = row_text((), values[1:])
        return f"{values[0].rstrip(':： ')}: {rest}" if rest else values[0]
    return row_text(names, values)


def _is_banner(spots: Sequence[Spot]) -> bool:
    """Whether one cell takes the whole row."""
    return len(spots) > 1 and bool(spots[0].text) and not any(spot.lead for spot in spots[1:])


def _names(rows: Sequence[Sequence[Spot]], widest: int) -> list[str]:
    """The columns' names; of several rows of them, those above first."""
    names = []
    for column in range(widest):
        said: list[str] = []
        for row in rows:
            if row[column].text and row[column].text not in said:
                said.append(row[column].text)
        names.append(" ".join(said))
    return names


def _header_rows(table: Sequence[Sequence[Spot]]) -> int:
    """How many rows name the columns, as far as their cells show."""
    if len(table) < 2:
        return 0
    first = table[0]
    said = [spot for spot in first if spot.text]
    marked = bool(said) and all(spot.heading for spot in said)
    if marked and all(all(s.heading for s in row if s.text) for row in table):
        marked = False  # what is everywhere marks nothing
    if not marked and not _reads_as_header(table):
        return 0
    rows = 1
    while rows < len(table) - 1 and _goes_on(table[rows - 1], table[rows], marked=marked):
        rows += 1
    return rows


def _goes_on(above: Sequence[Spot], row: Sequence[Spot], *, marked: bool) -> bool:
    """Whether the row names parts of the columns that the row above names together."""
    spread = [at for at, spot in enumerate(above) if not spot.lead]
    if not spread or _is_banner(row):
        return False
    parts = [row[at].text for at in {*spread, *(at - 1 for at in spread)}]
    others = [s for at, s in enumerate(row) if at not in spread and at + 1 not in spread]
    told = all(not s.text or s.text == above[at].text for at, s in enumerate(row) if s in others)
    return all(parts) and not any(map(_is_value, parts)) and (told or marked)


def _reads_as_header(table: Sequence[Sequence[Spot]]) -> bool:
    first, body = table[0], [row for row in table[1:] if not _is_banner(row)]
    names = [spot.text for spot in first if spot.lead]
    if not is_header(names) or any(map(_is_value, names)):
        return False
    if any(spot.heading for spot in first) and not first[0].heading:
        return True
    heads = [row[0] for row in body if row[0].text]
    if heads and all(spot.heading for spot in heads) and len(first) == 2 and first[0].heading:
        return False  # a heading in front of each value
    columns = [[row[at].text for row in body if row[at].text] for at in range(len(first))]
    if any(values and all(map(_is_value, values)) for values in columns):
        return True
    if len(first) > 2:
        return True
    # Of two columns of words, values of several kinds are what keys have.
    kinds = {_is_value(value) for value in columns[1]} if len(columns) > 1 else set()
    return len(kinds) == 1


def _is_value(text: str) -> bool:
    """Whether there is a number in it other than a year: names of columns rarely have one."""
    return _DIGIT.search(_YEAR.sub("", text)) is not None and not text.endswith(("月", "季度"))


def _has_keys(table: Sequence[Sequence[Spot]]) -> bool:
    """Whether the first column names what stands beside it."""
    if not table or len(table[0]) < 2:
        return False
    keys = [row[0].text for row in table if not _is_banner(row)]
    if not keys or len(set(keys)) < len(keys) or not all(keys):
        return False
    if all(row[0].heading and not row[1].heading for row in table if not _is_banner(row)):
        return True
    short = all(width(key) <= _KEY and not _DIGIT.search(key) for key in keys)
    return len(table[0]) == 2 and short and len(keys) > 1
