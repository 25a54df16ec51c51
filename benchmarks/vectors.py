"""Compares exact search with the graph: building, opening, searching, memory, recall.

    python -m benchmarks.vectors [--sizes 1000 10000 20000 50000 100000 1000000] [--keep DIR]

Unit vectors of 384 numbers with a common part and clusters, about as near to each other as those of
multilingual-e5-small (0.7 on average). One thread searches. Memory is what the process that opens
the index and asks 200 questions holds beyond one that has only imported; pages of files that were
read count. `--keep` leaves the files in DIR/SIZE, for `benchmarks.growth`.
"""

import argparse
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import faiss
import numpy as np

from rag.arrays import FloatArray, IntArray
from rag.index import vectors
from rag.index.row_map import RowMap
from rag.index.vectors import VectorIndex, write_graph, write_vectors
from rag.progress import silent

NAME = "v"
_DIMENSION = 384
_PART = 20_000
_QUESTIONS = 200
_DEPTH = 10
_CLUSTER = 50


def _parts(count: int, seed: int, clusters: int) -> Iterator[tuple[IntArray, FloatArray]]:
    """The vectors in batches, each with the number of its first."""
    fixed = np.random.default_rng(0)
    common = _unit(fixed.normal(size=(1, _DIMENSION)))
    centers = _unit(fixed.normal(size=(clusters, _DIMENSION)))
    draw = np.random.default_rng(seed)
    for first in range(0, count, _PART):
        size = min(_PART, count - first)
        own = _unit(draw.normal(size=(size, _DIMENSION)))
        made = 1.6 * common + 0.8 * centers[draw.integers(clusters, size=size)] + 0.7 * own
        yield np.arange(first, first + size), _unit(made)


def clustered(count: int, seed: int) -> Iterator[FloatArray]:
    """Yields `count` unit vectors, each of shape (dimension,), in ever more clusters."""
    for _numbers, part in _parts(count, seed, max(count // _CLUSTER, 10)):
        yield from part


def near(vector: FloatArray, draw: np.random.Generator) -> FloatArray:
    """A unit vector at about cosine 0.9 of one, shape (dimension,)."""
    moved: FloatArray = _unit(vector + 0.48 * _unit(draw.normal(size=(1, _DIMENSION))))[0]
    return moved


def _unit(found: np.ndarray) -> FloatArray:
    unit: FloatArray = (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)
    return unit


def _build(folder: Path, count: int, *, graph: bool) -> tuple[float, int]:
    """Seconds for the vectors, or for the graph beside them, and bytes of its files."""
    row_map = RowMap()
    row_map.append_new(count)
    before = _size(folder)
    began = time.perf_counter()
    if graph:
        vectors.GRAPH_FROM = 0
        write_graph(folder, NAME, row_map, silent)
    else:
        write_vectors(folder, NAME, row_map, _parts(count, 1, max(count // _CLUSTER, 10)))
    return time.perf_counter() - began, _size(folder) - before


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def _search(folder: Path, count: int, told: Connection) -> None:
    """Sends seconds to open, milliseconds per question, megabytes, and the rows found."""
    faiss.omp_set_num_threads(1)
    _, questions = next(_parts(_QUESTIONS, 2, max(count // _CLUSTER, 10)))
    held = resident()
    began = time.perf_counter()
    index = VectorIndex(folder, NAME)
    opened = time.perf_counter() - began
    found, times = [], []
    for question in questions:
        began = time.perf_counter()
        found.append(index.nearest(question, 100)[:_DEPTH])
        times.append((time.perf_counter() - began) * 1000)
    told.send((opened, float(np.median(times)), resident() - held, np.stack(found)))


def resident() -> float:
    """This process's resident memory in megabytes, mapped files included."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def _measured(folder: Path, count: int) -> tuple[float, float, float, IntArray]:
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_search, args=(folder, count, there)
    )
    process.start()
    found: tuple[float, float, float, IntArray] = here.recv()
    process.join()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[1000, 10_000, 20_000, 50_000, 100_000]
    )
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    print("| vectors | index | build s | open s | question ms | exact : it | MB held | MB on disk"
          " | recall@10 |")  # fmt: skip
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for count in asked.sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) if asked.keep is None else asked.keep / str(count)
            folder.mkdir(parents=True, exist_ok=True)
            exact: tuple[float, IntArray] | None = None
            for kind in ("exact", "graph"):
                seconds, size = _build(folder, count, graph=kind == "graph")
                opened, median, held, found = _measured(folder, count)
                exact = exact or (median, found)
                shared = [len(np.intersect1d(a, b)) for a, b in zip(exact[1], found, strict=True)]
                print(
                    f"| {count:,} | {kind} | {seconds:.1f} | {opened:.3f} | {median:.2f}"
                    f" | {exact[0] / median:.1f} | {held:.0f} | {size / 1e6:.0f}"
                    f" | {np.mean(shared) / _DEPTH:.4f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
