"""Where rows come from: runs without gaps, new rows in parts, new numbers of old rows."""

import pytest

from rag.index.row_map import RowMap, RowRun


def mixed() -> RowMap:
    row_map = RowMap()
    row_map.append_copied(4, 2)
    row_map.append_new(3)
    row_map.append_copied(9, 1)
    row_map.append_new(2)
    return row_map


def test_runs_follow_each_other() -> None:
    row_map = mixed()
    assert row_map.runs == [
        RowRun(0, 2, 4),
        RowRun(2, 5, None),
        RowRun(5, 6, 9),
        RowRun(6, 8, None),
    ]
    assert len(row_map) == 8
    assert row_map.runs[0].old == slice(4, 6)


def test_neighbours_that_go_on_make_one_run() -> None:
    row_map = RowMap()
    row_map.append_copied(0, 2)
    row_map.append_copied(2, 3)
    row_map.append_copied(7, 1)
    row_map.append_new(1)
    row_map.append_new(1)
    row_map.append_new(0)
    assert row_map.runs == [RowRun(0, 5, 0), RowRun(5, 6, 7), RowRun(6, 8, None)]


@pytest.mark.parametrize(
    ("most", "parts"),
    [(1, [[2], [3], [4], [6], [7]]), (2, [[2, 3], [4], [6, 7]]), (9, [[2, 3, 4, 6, 7]])],
)
def test_new_rows_come_in_parts(most: int, parts: list[list[int]]) -> None:
    assert [part.tolist() for part in mixed().new_rows(most)] == parts


def test_old_rows_have_new_numbers_or_are_gone() -> None:
    assert mixed().rows_of_old(11).tolist() == [-1, -1, -1, -1, 0, 1, -1, -1, -1, 5, -1]


def test_nothing_has_no_rows() -> None:
    row_map = RowMap()
    assert len(row_map) == 0
    assert list(row_map.new_rows(5)) == []
    assert row_map.rows_of_old(2).tolist() == [-1, -1]
