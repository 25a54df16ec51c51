"""Where rows come from: runs without gaps, new rows in parts, new numbers of old rows."""

import pytest

from rag.index.row_map import Lineage, Run


def mixed() -> Lineage:
    lineage = Lineage()
    lineage.keep(4, 2)
    lineage.add(3)
    lineage.keep(9, 1)
    lineage.add(2)
    return lineage


def test_runs_follow_each_other() -> None:
    lineage = mixed()
    assert lineage.runs == [Run(0, 2, 4), Run(2, 5, None), Run(5, 6, 9), Run(6, 8, None)]
    assert len(lineage) == 8
    assert lineage.runs[0].old == slice(4, 6)


def test_neighbours_that_go_on_make_one_run() -> None:
    lineage = Lineage()
    lineage.keep(0, 2)
    lineage.keep(2, 3)
    lineage.keep(7, 1)
    lineage.add(1)
    lineage.add(1)
    lineage.add(0)
    assert lineage.runs == [Run(0, 5, 0), Run(5, 6, 7), Run(6, 8, None)]


@pytest.mark.parametrize(
    ("most", "parts"),
    [(1, [[2], [3], [4], [6], [7]]), (2, [[2, 3], [4], [6, 7]]), (9, [[2, 3, 4, 6, 7]])],
)
def test_new_rows_come_in_parts(most: int, parts: list[list[int]]) -> None:
    assert [part.tolist() for part in mixed().fresh(most)] == parts


def test_old_rows_have_new_numbers_or_are_gone() -> None:
    assert mixed().numbers(11).tolist() == [-1, -1, -1, -1, 0, 1, -1, -1, -1, 5, -1]


def test_nothing_has_no_rows() -> None:
    lineage = Lineage()
    assert len(lineage) == 0
    assert list(lineage.fresh(5)) == []
    assert lineage.numbers(2).tolist() == [-1, -1]
