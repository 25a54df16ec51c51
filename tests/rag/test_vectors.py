"""Vectors on disk: exact neighbours, and errors that say what to do."""

import resource
from pathlib import Path

import faiss
import numpy as np
import pytest

from rag.errors import StoreError
from rag.vectors import FloatArray, VectorIndex, write_vectors


def unit(rows: int, dimension: int = 16, seed: int = 0) -> FloatArray:
    vectors = np.random.default_rng(seed).standard_normal((rows, dimension)).astype(np.float32)
    normalized: FloatArray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return normalized


def opened(path: Path, vectors: FloatArray) -> VectorIndex:
    write_vectors(vectors, path)
    return VectorIndex(path)


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
    path = tmp_path / "v"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StoreError, match=r"/v .*wenda index --full"):
        VectorIndex(path)


def test_an_index_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "v"
    faiss.write_index(faiss.IndexHNSWFlat(4, 4), str(path))
    with pytest.raises(StoreError, match=r"unknown kind.*wenda index --full"):
        VectorIndex(path)


@pytest.mark.parametrize("short_by", [1, 1000, 4000, 5000])
def test_a_disk_that_fills_up_is_an_error_even_in_the_last_bytes(
    tmp_path: Path, short_by: int
) -> None:
    vectors = unit(100)
    write_vectors(vectors, tmp_path / "whole")
    room = (tmp_path / "whole").stat().st_size - short_by
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        with pytest.raises(OSError, match=r"part|large"):
            write_vectors(vectors, tmp_path / "part")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
