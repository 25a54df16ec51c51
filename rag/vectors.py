"""Vectors on disk and their nearest neighbours: the only module that imports faiss."""

from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from rag.errors import StoreError

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]


def write_vectors(vectors: FloatArray, path: Path) -> None:
    """Writes unit vectors, shape (n, dimension), as an exact inner-product index."""
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors))
    # Through Python's file: faiss's own writer does not see errors of the last, buffered bytes.
    with path.open("wb") as file:
        faiss.write_index(index, faiss.PyCallbackIOWriter(file.write))  # type: ignore[attr-defined]


class VectorIndex:
    """Read-only unit vectors, memory-mapped. May be used by several threads at once."""

    def __init__(self, path: Path) -> None:
        try:
            index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        except RuntimeError as error:
            raise StoreError(
                f"The vectors {path} cannot be read: {error}. Build the index again: "
                "wenda index --full"
            ) from error
        if not isinstance(index, faiss.IndexFlat):
            raise StoreError(f"The vectors {path} are of an unknown kind: wenda index --full")
        self._index = index
        self._rows: FloatArray = faiss.rev_swig_ptr(
            self._index.get_xb(), self._index.ntotal * self._index.d
        ).reshape(self._index.ntotal, self._index.d)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    def nearest(self, vector: FloatArray, count: int) -> IntArray:
        """Row numbers of the `count` vectors with the largest inner product, best first."""
        _scores, rows = self._index.search(vector[np.newaxis], min(count, len(self)))
        found: IntArray = rows[0]
        return found[found >= 0]  # faiss pads missing results with -1

    def products(self, vector: FloatArray, rows: IntArray) -> FloatArray:
        """Inner products of a vector with the given rows."""
        products: FloatArray = self._rows[rows] @ vector
        return products
