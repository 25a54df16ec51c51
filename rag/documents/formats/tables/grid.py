"""Tables of formats that have cells: merged ones spread out, headers found, rows as text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.documents.cleaning.piece import Piece, Role
from rag.documents.formats.inline.lines import TextLines
from rag.documents.formats.tables.rows import shaped_text
from rag.documents.formats.tables.shape import TableShape, shape_of
from rag.documents.text.characters import tidy

_YEAR = re.compile(r"(?:19|20)\d{2}年?")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a table: its words, whether its cell begins here, whether it is a heading.

    A cell that spans columns has its words in its first place; the others repeat them and are no
    `lead`. A cell that spans rows leads in each of them.
    """

    text: str = ""
    lead: bool = True
    heading: bool = False


Row = tuple[int, Sequence[Spot]]


def grid(rows: Sequence[Row], *, headers: int | None = None) -> Piece | None:
    """A table's rows, each with its line, as one piece; None when all cells are empty.

    `headers` says how many rows name the columns; None where only the cells can tell.
    """
    text = TextLines()
    for line, words in grid_rows(rows, headers=headers):
        text.add_line(words, line)
    if text.is_empty:
        return None
    return Piece(text.text, text.starts, gap=1, role=Role.TABLE)


def grid_rows(rows: Sequence[Row], *, headers: int | None = None) -> list[tuple[int, str]]:
    """As `grid`, row by row: each row's line, and its text with the names of the columns."""
    widest = max((len(spots) for _, spots in rows), default=0)
    padded = [(line, _padded(spots, widest)) for line, spots in rows]
    padded = [(line, spots) for line, spots in padded if any(spot.text for spot in spots)]
    shown: list[tuple[int, str]] = []
    while headers is None and len(padded) > 1 and _is_banner(padded[0][1]):
        shown.append((padded[0][0], padded[0][1][0].text))
        del padded[0]
    table = [spots for _, spots in padded]
    if headers is None:
        shape = _shape(table, widest)
    else:
        count = max(0, min(headers, len(table) - 1))
        shape = TableShape(_names(table[:count], widest), count)
    shown += [(line, _row(shape, spots)) for line, spots in padded[shape.header :]]
    return [(line, words) for line, words in shown if words]


def _padded(spots: Sequence[Spot], widest: int) -> list[Spot]:
    tidied = [Spot(tidy(spot.text), spot.lead, spot.heading) for spot in spots]
    return [*tidied, *[Spot()] * (widest - len(spots))]


def _row(shape: TableShape, spots: Sequence[Spot]) -> str:
    if _is_banner(spots):
        return spots[0].text
    return shaped_text(shape, _values(spots))


def _values(spots: Sequence[Spot]) -> list[str]:
    return [spot.text if spot.lead else "" for spot in spots]


def _shape(table: Sequence[Sequence[Spot]], widest: int) -> TableShape:
    """What the cells show, and those that the format marks as headings."""
    rows = [row for row in table if not _is_banner(row)]
    if not rows:
        return TableShape()
    heads = [spot.heading for spot in rows[0] if spot.text]
    if heads and heads[0] and not all(heads) and all(row[0].heading for row in rows):
        return TableShape(keyed=True)  # a heading in front of each row
    everywhere = all(spot.heading for row in rows for spot in row if spot.text)
    marked = all(heads) and not everywhere
    above = 1
    while above < len(rows) - 1 and _goes_on(rows[above - 1], rows[above], marked=marked):
        above += 1
    if above == 1:
        return shape_of([_values(row) for row in rows], marked=marked)
    names = _names(rows[:above], widest)
    shape = shape_of([names, *(_values(row) for row in rows[above:])], marked=marked)
    return TableShape(names, above) if shape.header else shape


def _is_banner(spots: Sequence[Spot]) -> bool:
    """Whether one cell takes the whole row."""
    return len(spots) > 1 and bool(spots[0].text) and not any(spot.lead for spot in spots[1:])


def _names(rows: Sequence[Sequence[Spot]], widest: int) -> tuple[str, ...]:
    """The columns' names; of several rows of them, those above first."""
    names = []
    for column in range(widest):
        said: list[str] = []
        for row in rows:
            if row[column].text and row[column].text not in said:
                said.append(row[column].text)
        names.append(" ".join(said))
    return tuple(names)


def _goes_on(above: Sequence[Spot], row: Sequence[Spot], *, marked: bool) -> bool:
    """Whether the row names parts of the columns that the row above names together."""
    spread = [at for at, spot in enumerate(above) if not spot.lead]
    if not spread or _is_banner(row):
        return False
    parts = [row[at].text for at in {*spread, *(at - 1 for at in spread)}]
    others = [s for at, s in enumerate(row) if at not in spread and at + 1 not in spread]
    told = all(not s.text or s.text == above[at].text for at, s in enumerate(row) if s in others)
    return all(parts) and not any(map(_is_value, parts)) and (told or marked)


def _is_value(text: str) -> bool:
    """Whether there is a number in it other than a year: names of columns rarely have one."""
    return _DIGIT.search(_YEAR.sub("", text)) is not None and not text.endswith(("月", "季度"))
