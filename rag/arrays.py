"""Arrays on disk, whole or not at all; and ranges of rows with different lengths."""

import io
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

#: Bytes copied at once from one file to another.
_PIECE = 1 << 24


def write_array(path: Path, array: npt.NDArray[Any]) -> None:
    """Writes an array of any shape as a `.npy` file.

    Raises OSError when the disk is full; np.save overlooks that for the last, buffered bytes.
    """
    content = io.BytesIO()
    np.save(content, array)
    path.write_bytes(content.getbuffer())


def open_array(path: Path) -> npt.NDArray[Any]:
    """The array of a `.npy` file, with its shape, memory-mapped. It is a plain array, since slices
    of np.memmap are slow.

    Raises OSError, EOFError or ValueError when it cannot be read.
    """
    return np.asarray(np.load(path, mmap_mode="r"))


class ArrayFile:
    """A `.npy` file that is written piece by piece, in any order; a context manager.

    `shape` is that of one row, () for plain numbers; all values have the shape (rows, *shape). The
    number of rows is known when the file is closed: one more than the highest row written. Methods
    raise OSError where a write fails, unlike a memory map, which would end the process.
    """

    def __init__(self, path: Path, kind: npt.DTypeLike, shape: Sequence[int] = ()) -> None:
        self._kind = np.dtype(kind)
        self._shape = tuple(shape)
        self._bytes = self._kind.itemsize * int(np.prod(self._shape, dtype=np.int64))
        self._file = path.open("wb")
        self._file.write(self._header(0))
        self._begin = self._file.tell()
        self._at = self._count = 0

    def write_rows(self, row: int, values: npt.NDArray[Any]) -> None:
        """Writes values, shape (rows, *shape), from the row with number `row` on."""
        if row != self._at:
            self._file.seek(self._begin + row * self._bytes)
        self._file.write(np.ascontiguousarray(values, dtype=self._kind).data)
        self._at = row + len(values)
        self._count = max(self._count, self._at)

    def append_rows(self, values: npt.NDArray[Any]) -> None:
        """Writes values, shape (rows, *shape), after the last row."""
        self.copy_rows(self._count, values)

    def copy_rows(self, row: int, values: npt.NDArray[Any]) -> None:
        """As `write_rows`, a piece at a time: for many rows, shape (rows, *shape), of a
        memory-mapped file.
        """
        size = max(1, _PIECE // max(self._bytes, 1))
        for first in range(0, len(values), size):
            self.write_rows(row + first, values[first : first + size])

    def __len__(self) -> int:
        return self._count

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.close()
        else:
            self.abandon()

    def close(self) -> None:
        """Completes the file's header. Raises ValueError when that no longer fits its place."""
        with self._file:
            self._file.seek(0)
            header = self._header(self._count)
            if len(header) != self._begin:
                raise ValueError("The header of a .npy file has grown.")
            self._file.write(header)

    def abandon(self) -> None:
        """Closes a file that is given up."""
        with suppress(OSError):  # the disk is full, and what was buffered has no room
            self._file.close()

    def _header(self, count: int) -> bytes:
        content = io.BytesIO()
        facts = {
            "descr": np.lib.format.dtype_to_descr(self._kind),
            "fortran_order": False,
            "shape": (count, *self._shape),
        }
        # numpy leaves room in it for the first number of the shape to grow.
        np.lib.format.write_array_header_1_0(content, facts)
        return content.getvalue()


def is_in(values: npt.NDArray[Any], ordered: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Whether each value is in a sorted array, shape of `values`; np.isin would sort it first."""
    if not len(ordered):
        return np.zeros(len(values), dtype=np.bool_)
    found: npt.NDArray[np.bool_] = (
        ordered[np.searchsorted(ordered, values).clip(max=len(ordered) - 1)] == values
    )
    return found


def order_by(first: npt.NDArray[Any], then: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """The indices, shape (rows,), that sort rows by `first`, then by `then`, which is below 2^32.

    The same as np.lexsort((then, first)), which is slower on rows that are sorted already.
    """
    _, place = np.unique(first, return_inverse=True)
    return np.argsort(place << 32 | then.astype(np.int64), kind="stable")


def ranges(
    first: npt.NDArray[np.int64], last: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The integers of all half-open ranges [first, last), each of shape (ranges,), one after the
    other; and their bounds, shape (ranges + 1,): where each range begins among them, and their
    number.
    """
    bounds = np.concatenate([[0], np.cumsum(last - first)])
    numbers = np.repeat(first - bounds[:-1], last - first) + np.arange(bounds[-1])
    return numbers, bounds
