"""Tables of Word files: cells merged to the right and down, shifted rows, marked headers."""

from collections.abc import Callable, Iterator
from typing import Any

from rag.documents.formats.tables.grid import Spot
from rag.documents.formats.word.names import W, number, switch, value
from rag.documents.limits import COLUMNS
from rag.errors import DocumentError

#: What only wraps rows and cells.
_WRAPPERS = frozenset({
    f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}moveTo", f"{W}smartTag",
})  # fmt: skip
#: A cell's words, and whether all of them are bold.
Reading = Callable[[Any], tuple[str, bool]]


def rows_of(table: Any) -> list[Any]:
    """The rows of the table itself, not of tables inside its cells; deleted ones are gone."""
    return [row for row in inside(table, f"{W}tr") if row.find(f"{W}trPr/{W}del") is None]


def inside(parent: Any, tag: str) -> Iterator[Any]:
    """The children of that tag, those in content controls and insertions too."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS:
            yield from inside(child, tag)


def is_layout(table: Any) -> bool:
    """Whether the table only frames text: one column, or tables inside its cells."""
    rows = [list(inside(row, f"{W}tc")) for row in rows_of(table)]
    if max(map(len, rows), default=0) < 2:
        return True
    return any(True for cells in rows for cell in cells for _ in cell.iter(f"{W}tbl"))


def marked_headers(table: Any) -> int | None:
    """How many rows at the top are marked to be repeated on each page; None where none is."""
    count = 0
    for row in rows_of(table):
        if not switch(row.find(f"{W}trPr"), "tblHeader"):
            break
        count += 1
    return count or None


def spread(row: Any, above: list[Spot], read: Reading) -> list[Spot]:
    """The places of a row, under those of the row above.

    Raises DocumentError when there are more than a table may have.
    """
    properties = row.find(f"{W}trPr")
    spots = [Spot()] * _few(number(properties, "gridBefore") or 0)
    for cell in inside(row, f"{W}tc"):
        facts = cell.find(f"{W}tcPr")
        span = max(1, _few(number(facts, "gridSpan") or 1))
        if _continues(facts, "vMerge"):
            spots += [*above[len(spots) : len(spots) + span], *[Spot()] * span][:span]
        elif _continues(facts, "hMerge") and spots:
            spots += [Spot(spots[-1].text, lead=False, heading=spots[-1].heading)] * span
        else:
            text, bold = read(cell)
            spots.append(Spot(text, heading=bold))
            spots += [Spot(text, lead=False, heading=bold)] * (span - 1)
        if len(spots) > COLUMNS:
            raise DocumentError(f"A table has more than {COLUMNS:,} columns. Split it.")
    return spots


def _few(count: int) -> int:
    return max(0, min(count, COLUMNS))


def _continues(facts: Any, name: str) -> bool:
    merged = None if facts is None else facts.find(f"{W}{name}")
    return merged is not None and value(merged) in {None, "continue"}
