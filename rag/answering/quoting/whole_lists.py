"""A list that is asked for is quoted as a list: all its entries, all rows that belong."""

import re
from collections.abc import Iterator
from itertools import takewhile

from rag.answering.quoting.asking import asks_for_all, asks_for_several, asks_how
from rag.answering.quoting.introductions import Item, Surroundings, items_of
from rag.index.corpus import StoredParagraph
from rag.index.lexical.terms import terms

_NUMBERED = re.compile(
    r"\s*[(（]?(?:\d{1,3}|[一二三四五六七八九十]{1,3})[.)）、．]|\s*第[一二三四五六七八九十\d]+步"
)
_COLUMN = ": "
_CELL = " | "


def whole_list(
    question: str, stored: StoredParagraph, best: Item, around: Surroundings
) -> list[Item]:
    """The entries or rows that belong to an answer of which `best` is one; none where it is no
    list that is asked for.
    """
    kind = stored.paragraph.kind
    if kind == "table" and asks_for_several(question):
        return _rows(question, stored, best, around)
    steps = asks_how(question) and _NUMBERED.match(best.text)
    if kind == "list" and (steps or asks_for_several(question)):
        return [item for each in _run(stored, around, "list", "code") for item in items_of(each)]
    return []


def _run(stored: StoredParagraph, around: Surroundings, *kinds: str) -> Iterator[StoredParagraph]:
    """The paragraphs of some kinds around one, itself included, that no other parts from it."""

    def belongs(each: StoredParagraph) -> bool:
        return each.paragraph.kind in kinds

    yield from reversed(list(takewhile(belongs, around.paragraphs_before(stored))))
    yield stored
    yield from takewhile(belongs, around.paragraphs_after(stored))


def _rows(question: str, stored: StoredParagraph, best: Item, around: Surroundings) -> list[Item]:
    """The rows of the best one's table that have, of its cells, those that the question has."""
    asked = set(terms(question))
    cells = _cells(best.text)
    wanted = {name: cell for name, cell in cells.items() if _holds(asked, cell)}
    if not wanted and not asks_for_all(question):
        return []
    return [
        item
        for each in _run(stored, around, "table")
        for item in items_of(each)
        if _fits(_cells(item.text), cells, wanted)
    ]


def _cells(row: str) -> dict[str, str]:
    """The cells of a row by their columns' names."""
    parted = (cell.partition(_COLUMN) for cell in row.split(_CELL))
    return {name: value for name, mark, value in parted if mark}


def _holds(asked: set[str], cell: str) -> bool:
    held = set(terms(cell))
    return bool(held) and held <= asked


def _fits(cells: dict[str, str], like: dict[str, str], wanted: dict[str, str]) -> bool:
    """Whether a row is of the same table as another and has the cells that are wanted."""
    same = 2 * len(cells.keys() & like.keys()) >= max(len(like), 1)
    return same and all(cells.get(name) == value for name, value in wanted.items())
