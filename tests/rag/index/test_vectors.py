"""Vectors on disk: exact neighbours, and errors that say what to do."""

import resource
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag.arrays import FloatArray, IntArray
from rag.errors import StoreError
from rag.index import vectors as module
from rag.index.row_map import RowMap
from rag.index.vectors import VectorIndex, write_graph, write_vectors
from rag.progress import silent
from tests.fakes import all_new


def unit(rows: int, dimension: int = 16, seed: int = 0) -> FloatArray:
    vectors = np.random.default_rng(seed).standard_normal((rows, dimension)).astype(np.float32)
    normalized: FloatArray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return normalized


def write(folder: Path, vectors: FloatArray) -> None:
    count = len(vectors)
    folder.mkdir(exist_ok=True)
    write_vectors(folder, "v", all_new(count), [(np.arange(count), vectors)])


def opened(folder: Path, vectors: FloatArray) -> VectorIndex:
    write(folder, vectors)
    return VectorIndex(folder, "v")


def test_nearest_are_the_largest_products_best_first(tmp_path: Path) -> None:
    vectors, question = unit(200), unit(1, seed=7)[0]
    index = opened(tmp_path / "v", vectors)
    expected = np.argsort(-(vectors @ question), kind="stable")
    assert index.nearest(question, 10).tolist() == expected[:10].tolist()


@pytest.mark.parametrize("rows", [1, 3])
def test_asking_for_more_than_there_are_gives_all(tmp_path: Path, rows: int) -> None:
    index = opened(tmp_path / "v", unit(rows))
    assert sorted(index.nearest(unit(1)[0], 50).tolist()) == list(range(rows))


def test_size_and_dimension_are_those_written(tmp_path: Path) -> None:
    index = opened(tmp_path / "v", unit(3, 5))
    assert (len(index), index.dimension) == (3, 5)


def test_products_follow_the_order_of_the_rows_asked(tmp_path: Path) -> None:
    vectors = unit(20)
    index = opened(tmp_path / "v", vectors)
    rows = np.array([7, 0, 7, 19])
    np.testing.assert_allclose(
        index.products(vectors[3], rows), vectors[rows] @ vectors[3], atol=1e-6
    )


def test_vectors_that_are_not_contiguous_are_written_right(tmp_path: Path) -> None:
    vectors = np.asfortranarray(unit(10))[::2]
    index = opened(tmp_path / "v", vectors)
    assert [int(index.nearest(row, 1)[0]) for row in vectors] == [0, 1, 2, 3, 4]


def test_a_name_that_is_not_ascii_works(tmp_path: Path) -> None:
    assert len(opened(tmp_path / "向量 1", unit(2))) == 2


@pytest.mark.parametrize("content", [b"", b"not an index", None], ids=["empty", "junk", "missing"])
def test_a_file_that_is_no_index_is_refused_with_the_remedy(
    tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "v.vectors.npy").write_bytes(content)
    with pytest.raises(StoreError, match=r"/v\.vectors\.npy .*wenda index --full"):
        VectorIndex(tmp_path, "v")


def test_a_damaged_graph_is_refused_with_the_remedy(tmp_path: Path) -> None:
    write(tmp_path, unit(3))
    (tmp_path / "v.hnsw").write_bytes(b"no graph")
    with pytest.raises(StoreError, match=r"v\.hnsw .*wenda index --full"):
        VectorIndex(tmp_path, "v")


def test_rows_are_copied_from_the_index_before_and_new_ones_put_between(tmp_path: Path) -> None:
    old, new = unit(10), unit(3, seed=1)
    before = opened(tmp_path / "before", old)
    row_map = RowMap()
    row_map.append_copied(4, 2)
    row_map.append_new(1)
    row_map.append_copied(0, 3)
    row_map.append_new(2)
    (tmp_path / "after").mkdir()
    fresh = [(np.array([2, 6]), new[:2]), (np.array([7]), new[2:])]
    write_vectors(tmp_path / "after", "v", row_map, fresh, before)
    expected = np.concatenate([old[4:6], new[:1], old[:3], new[1:]])
    after = VectorIndex(tmp_path / "after", "v")
    assert np.array_equal(after.copied(slice(0, len(after))), expected)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """So many vectors make a graph."""
    monkeypatch.setattr(module, "GRAPH_FROM", 500)
    return 500


def graphed(folder: Path, vectors: FloatArray) -> VectorIndex:
    write(folder, vectors)
    write_graph(folder, "v", all_new(len(vectors)), silent)
    return VectorIndex(folder, "v")


def recall(index: VectorIndex, vectors: FloatArray) -> float:
    questions = unit(50, vectors.shape[1], seed=9)
    shares = []
    for question in questions:
        exact = np.argsort(-(vectors @ question), kind="stable")[:10]
        shares.append(len(np.intersect1d(exact, index.nearest(question, 10))) / 10)
    return float(np.mean(shares))


@pytest.mark.usefixtures("few")
def test_many_vectors_are_found_through_a_graph_nearly_as_well(tmp_path: Path) -> None:
    vectors = unit(2000, 32)
    index = graphed(tmp_path / "v", vectors)
    assert "HNSW" in index.method
    assert recall(index, vectors) >= 0.98


def test_few_vectors_have_no_graph(tmp_path: Path, few: int) -> None:
    index = graphed(tmp_path / "v", unit(few - 1))
    assert "exact" in index.method
    assert not list((tmp_path / "v").glob("*hnsw*"))


def test_a_graph_gives_the_nearest_first_and_each_once(tmp_path: Path, few: int) -> None:
    vectors = unit(few, 32)
    index = graphed(tmp_path / "v", vectors)
    found = index.nearest(vectors[7], few)
    assert found[0] == 7
    assert len(set(found.tolist())) == len(found)
    assert np.all(np.diff(vectors[found] @ vectors[7]) <= 1e-6)


@pytest.mark.usefixtures("few")
def test_a_graph_is_carried_on_without_what_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = unit(2000, 32), unit(100, 32, seed=1)
    before = graphed(tmp_path / "before", old)
    row_map = RowMap()
    row_map.append_copied(100, 1900)
    row_map.append_new(100)
    after = tmp_path / "after"
    after.mkdir()
    write_vectors(after, "v", row_map, [(np.arange(1900, 2000), new)], before)
    added: list[int] = []
    add = module._Hnsw.add_vectors  # noqa: SLF001

    def counted(graph: Any, rows: IntArray, *rest: Any) -> None:
        added.append(len(rows))
        add(graph, rows, *rest)

    monkeypatch.setattr(module._Hnsw, "add_vectors", counted)  # noqa: SLF001
    write_graph(after, "v", row_map, silent, tmp_path / "before")
    assert added == [100]
    index = VectorIndex(after, "v")
    vectors = np.concatenate([old[100:], new])
    assert recall(index, vectors) >= 0.98
    assert index.nearest(new[3], 1).tolist() == [1903]


@pytest.mark.usefixtures("few")
def test_where_all_near_is_gone_the_rest_is_still_found(tmp_path: Path) -> None:
    """A file that changes often leaves its old copies just where its questions land."""
    draw = np.random.default_rng(5)
    centre = unit(1, 32, seed=8)
    others = unit(1500, 32)
    near: FloatArray = centre + 0.05 * draw.normal(size=(100, 32)).astype(np.float32)
    near /= np.linalg.norm(near, axis=1, keepdims=True)
    before = graphed(tmp_path / "before", np.concatenate([others, near]))
    row_map = RowMap()
    row_map.append_copied(0, 1500)
    after = tmp_path / "after"
    after.mkdir()
    write_vectors(after, "v", row_map, [], before)
    write_graph(after, "v", row_map, silent, tmp_path / "before")
    found = VectorIndex(after, "v").nearest(centre[0], 100)
    exact = np.argsort(-(others @ centre[0]), kind="stable")[:100]
    assert len(np.intersect1d(found, exact)) >= 98


@pytest.mark.usefixtures("few")
def test_a_graph_of_which_much_is_gone_is_made_anew(tmp_path: Path) -> None:
    before = graphed(tmp_path / "before", unit(2000, 32))
    row_map = RowMap()
    row_map.append_copied(1000, 1000)
    after = tmp_path / "after"
    after.mkdir()
    write_vectors(after, "v", row_map, [], before)
    write_graph(after, "v", row_map, silent, tmp_path / "before")
    rows = np.load(after / "v.hnsw_rows.npy")
    assert rows.tolist() == list(range(1000))


@pytest.mark.parametrize("short_by", [1, 1000, 4000, 5000])
def test_a_disk_that_fills_up_is_an_error_even_in_the_last_bytes(
    tmp_path: Path, short_by: int
) -> None:
    vectors = unit(100)
    write(tmp_path / "whole", vectors)
    room = (tmp_path / "whole" / "v.vectors.npy").stat().st_size - short_by
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        with pytest.raises(OSError, match=r"part|large"):
            write(tmp_path / "part", vectors)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
