"""Arrays on disk, and the rows of arrays whose parts have many lengths."""

import resource
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.arrays import ArrayFile, is_in, order_by, ranges, write_array

_RANGES = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9)), max_size=12)


@given(_RANGES)
def test_ranges_follow_each_other_in_the_order_given(parts: list[tuple[int, int]]) -> None:
    first = np.array([start for start, _ in parts], dtype=np.int64)
    last = first + np.array([size for _, size in parts], dtype=np.int64)
    numbers, bounds = ranges(first, last)
    expected = [list(range(start, start + size)) for start, size in parts]
    assert numbers.tolist() == [number for part in expected for number in part]
    assert [numbers[bounds[at] : bounds[at + 1]].tolist() for at in range(len(parts))] == expected
    assert len(bounds) == len(parts) + 1
    assert numbers.dtype == bounds.dtype == np.int64


def test_an_array_is_read_back_as_it_was(tmp_path: Path) -> None:
    array = np.arange(6, dtype=np.uint8).reshape(2, 3)
    write_array(tmp_path / "数.npy", array)
    found = np.load(tmp_path / "数.npy")
    assert found.dtype == np.uint8
    assert found.tolist() == array.tolist()


@pytest.mark.parametrize("short_by", [1, 100])
def test_a_disk_that_fills_up_in_the_last_bytes_is_an_error(tmp_path: Path, short_by: int) -> None:
    array = np.arange(500)
    write_array(tmp_path / "whole", array)
    room = (tmp_path / "whole").stat().st_size - short_by
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        with pytest.raises(OSError):  # noqa: PT011 - worded by whoever writes the bytes
            write_array(tmp_path / "part", array)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_rows_may_be_put_in_any_order(tmp_path: Path) -> None:
    rows = np.arange(12, dtype=np.float32).reshape(6, 2)
    with ArrayFile(tmp_path / "a.npy", np.float32, (2,)) as file:
        file.write_rows(4, rows[4:])
        file.write_rows(0, rows[:1])
        file.copy_rows(1, rows[1:4])
        assert len(file) == 6
    assert np.load(tmp_path / "a.npy", mmap_mode="r").tolist() == rows.tolist()


@given(st.lists(st.integers(0, 5), max_size=6))
def test_rows_may_be_appended_part_by_part(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int]
) -> None:
    path = tmp_path_factory.mktemp("arrays") / "a.npy"
    numbers = np.arange(sum(sizes), dtype=np.int32)
    with ArrayFile(path, np.int32) as file:
        for part in np.split(numbers, np.cumsum(sizes)[:-1] if sizes else []):
            file.append_rows(part)
    assert np.load(path).tolist() == numbers.tolist()


def test_a_file_that_was_given_up_is_no_array(tmp_path: Path) -> None:
    file = ArrayFile(tmp_path / "a.npy", np.int32)
    file.append_rows(np.arange(3))
    file.abandon()
    assert len(np.load(tmp_path / "a.npy", mmap_mode="r")) == 0


@given(st.lists(st.integers(0, 30)), st.lists(st.integers(0, 30)))
def test_is_in_tells_what_numpy_tells(values: list[int], among: list[int]) -> None:
    ordered = np.sort(np.array(among, dtype=np.uint64))
    asked = np.array(values, dtype=np.uint64)
    assert is_in(asked, ordered).tolist() == np.isin(asked, ordered).tolist()


@given(st.lists(st.tuples(st.integers(0, 2**64 - 1), st.integers(0, 2**32 - 1))))
def test_order_by_is_the_order_of_lexsort(pairs: list[tuple[int, int]]) -> None:
    first = np.array([pair[0] for pair in pairs], dtype=np.uint64)
    then = np.array([pair[1] for pair in pairs], dtype=np.uint64)
    assert order_by(first, then).tolist() == np.lexsort((then, first)).tolist()
