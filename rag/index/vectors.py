"""Vectors on disk and their nearest neighbours: the only module that imports faiss.

Few vectors are compared one by one. Many get a graph beside them (HNSW: Malkov and Yashunin, 2016)
with one byte for each number; what it finds is compared again exactly. docs/index.md has the
measurement that says where the graph begins to pay.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from rag.arrays import ArrayFile, FloatArray, IntArray, open_array, write_array
from rag.errors import StoreError
from rag.index.row_map import RowMap
from rag.progress import Progress

#: The number of vectors from which on there is a graph.
GRAPH_FROM = 20_000
#: Each vector's neighbours in the graph, and how many are looked at while building and searching.
_NEIGHBOURS = 32
_LOOKED_AT_BUILDING = 140
_LOOKED_AT = 256
#: The graph is built anew when more than this share of its vectors is gone.
_GONE = 0.1
_TRAINED_ON = 100_000
_PIECE = 8192
#: How many vectors are copied at once to be multiplied.
_AT_ONCE = 16_384


class VectorIndex:
    """Read-only unit vectors, memory-mapped. May be used by several threads at once."""

    def __init__(self, folder: Path, name: str) -> None:
        path = _vectors(folder, name)
        try:
            self._vectors: FloatArray = open_array(path)
        except (OSError, EOFError, ValueError) as error:
            raise StoreError(
                f"The vectors {path} cannot be read: {error}. Build the index again: "
                "wenda index --full"
            ) from error
        self._graph = _Hnsw.open(folder, name) if _graph(folder, name).exists() else None

    def __len__(self) -> int:
        return len(self._vectors)

    @property
    def dimension(self) -> int:
        return int(self._vectors.shape[1])

    def nearest(self, vector: FloatArray, count: int) -> IntArray:
        """The rows of the `count` vectors with the largest inner product, shape (found,), best
        first.

        `vector` has the shape (dimension,).
        """
        count = min(count, len(self))
        if self._graph is not None:
            near = self._graph.nearest(vector, count)
            if len(near) >= count:  # else much is gone just there, as of a file that changes often
                return near[np.argsort(-self.products(vector, near), kind="stable")][:count]
        _scores, rows = faiss.knn(
            vector[np.newaxis], self._vectors, count, metric=faiss.METRIC_INNER_PRODUCT
        )
        found: IntArray = rows[0]
        return found[found >= 0]  # faiss pads missing results with -1

    def vectors(self, rows: IntArray) -> FloatArray:
        """The vectors of the given rows, shape (rows, dimension)."""
        vectors: FloatArray = self._vectors[rows]
        return vectors

    def products(self, vector: FloatArray, rows: IntArray) -> FloatArray:
        """Inner products of a vector, shape (dimension,), with those of the given rows, shape
        (rows,).
        """
        if len(rows) <= _AT_ONCE:
            products: FloatArray = self._vectors[rows] @ vector
            return products
        pieces = np.split(rows, range(_AT_ONCE, len(rows), _AT_ONCE))
        return np.concatenate([self._vectors[piece] @ vector for piece in pieces])

    @property
    def has_graph(self) -> bool:
        """Whether neighbours are found through a graph."""
        return self._graph is not None

    @property
    def method(self) -> str:
        """How neighbours are found, in words."""
        if self._graph is None:
            return f"exact (fewer than {GRAPH_FROM:,})"
        return f"HNSW graph of bytes, then exact ({GRAPH_FROM:,} or more)"

    def copied(self, rows: slice) -> FloatArray:
        """The vectors of neighbouring rows, shape (rows, dimension), memory-mapped."""
        return self._vectors[rows]


class _Hnsw:
    """Finds neighbours among many vectors. `rows` are those of its vectors; -1 for what is gone."""

    def __init__(self, index: Any, rows: IntArray) -> None:
        self.index = index
        self.rows = rows

    @classmethod
    def open(cls, folder: Path, name: str, *, flags: int = faiss.IO_FLAG_MMAP_IFC) -> "_Hnsw":
        path = _graph(folder, name)
        try:
            return cls(faiss.read_index(str(path), flags), np.load(_graph_rows(folder, name)))
        except (OSError, EOFError, ValueError, RuntimeError) as error:
            raise StoreError(
                f"The neighbours {path} cannot be read: {error}. Build the index again: "
                "wenda index --full"
            ) from error

    @classmethod
    def trained_on(cls, vectors: FloatArray) -> "_Hnsw":
        index = faiss.IndexHNSWSQ(
            vectors.shape[1],
            faiss.ScalarQuantizer.QT_8bit,  # type: ignore[arg-type]
            _NEIGHBOURS,
            faiss.METRIC_INNER_PRODUCT,
        )
        index.hnsw.efConstruction = _LOOKED_AT_BUILDING
        step = max(1, len(vectors) // _TRAINED_ON)
        index.train(np.ascontiguousarray(vectors[::step]))
        return cls(index, np.array([], dtype=np.int64))

    def nearest(self, vector: FloatArray, count: int) -> IntArray:
        """Rows that are near, at least `count` where the index has as many; each once.

        All that are looked at: of vectors this near to each other, bytes do not tell the nearest.
        """
        asked = min(max(int(count / (1 - _GONE)) + 1, _LOOKED_AT), len(self.rows))
        wide = faiss.SearchParametersHNSW(efSearch=asked)  # type: ignore[attr-defined]
        _scores, found = self.index.search(vector[np.newaxis], asked, params=wide)
        rows: IntArray = self.rows[found[0][found[0] >= 0]]
        return rows[rows >= 0]

    def add_vectors(
        self, rows: IntArray, vectors: FloatArray, progress: Progress, stage: str
    ) -> None:
        """Adds the vectors of some rows, a part at a time."""
        for first in range(0, len(rows), _PIECE):
            part = rows[first : first + _PIECE]
            self.index.add(np.ascontiguousarray(vectors[part]))
            progress(stage, first + len(part), len(rows))
        self.rows = np.concatenate([self.rows, rows])

    def write(self, folder: Path, name: str) -> None:
        # Through Python's file: faiss's own writer does not see errors of the last, buffered bytes.
        with _graph(folder, name).open("wb") as file:
            faiss.write_index(self.index, faiss.PyCallbackIOWriter(file.write))  # type: ignore[attr-defined]
        write_array(_graph_rows(folder, name), self.rows)


def write_vectors(
    folder: Path,
    name: str,
    row_map: RowMap,
    fresh: Iterable[tuple[IntArray, FloatArray]],
    before: VectorIndex | None = None,
) -> None:
    """Writes unit vectors: those copied from the index `before`, and new ones. `fresh` gives the
    new ones in parts: their rows, shape (rows,), ascending, and the vectors, shape (rows,
    dimension).

    Raises OSError when a write fails.
    """
    file: ArrayFile | None = None
    try:
        if before is not None:
            file = ArrayFile(_vectors(folder, name), np.float32, (before.dimension,))
            for run in row_map.copied_runs():
                file.copy_rows(run.first, before.copied(run.old))
        for rows, vectors in fresh:
            if file is None:
                file = ArrayFile(_vectors(folder, name), np.float32, (vectors.shape[1],))
            for part in np.split(np.arange(len(rows)), np.flatnonzero(np.diff(rows) != 1) + 1):
                file.write_rows(int(rows[part[0]]), vectors[part])
    except BaseException:
        if file is not None:
            file.abandon()
        raise
    if file is not None:
        file.close()


def write_graph(
    folder: Path,
    name: str,
    row_map: RowMap,
    progress: Progress,
    before: Path | None = None,
) -> None:
    """Writes the graph of an index's vectors where they are many.

    That of the folder `before` is extended, as long as most of its vectors are still in use.
    """
    vectors = np.load(_vectors(folder, name), mmap_mode="r")
    if len(vectors) < GRAPH_FROM:
        return
    graph = _carried_on(before, name, row_map) if before is not None else None
    rows = np.arange(len(vectors))
    if graph is None:
        graph = _Hnsw.trained_on(vectors)
    else:
        rows = np.setdiff1d(rows, graph.rows)
    graph.add_vectors(rows, vectors, progress, f"connecting {name}")
    graph.write(folder, name)


def _carried_on(before: Path, name: str, row_map: RowMap) -> _Hnsw | None:
    """The previous graph with the new numbers of its rows; None where too many of its vectors are
    gone.
    """
    if not _graph(before, name).exists():
        return None
    graph = _Hnsw.open(before, name, flags=0)
    numbers = row_map.rows_of_old(int(graph.rows.max(initial=-1)) + 1)
    graph.rows = np.where(graph.rows >= 0, numbers[graph.rows], -1)
    return graph if float((graph.rows < 0).mean()) <= _GONE else None


def _vectors(folder: Path, name: str) -> Path:
    return folder / f"{name}.vectors.npy"


def _graph(folder: Path, name: str) -> Path:
    return folder / f"{name}.hnsw"


def _graph_rows(folder: Path, name: str) -> Path:
    return folder / f"{name}.hnsw_rows.npy"
