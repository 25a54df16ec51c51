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

#: Bytes that are copied from one file to another at once.
_PIECE = 1 << 24


def write_array(path: Path, array: npt.NDArray[Any]) -> None:
    """Writes a `.npy` file. Raises OSError when it does not fit; np.save misses that in the end."""
    content = io.BytesIO()
    np.save(content, array)
    path.write_bytes(content.getbuffer())


def open_array(path: Path) -> npt.NDArray[Any]:
    """A `.npy` file, memory-mapped; as a plain array, since slices of numpy's own kind are slow.

    Raises OSError, EOFError or ValueError when it cannot be read.
    """
    return np.asarray(np.load(path, mmap_mode="r"))


class ArrayFile:
    """A `.npy` file that is written piece by piece, in any order; a context manager.

    `shape` is that of one row, () for numbers. How many rows there are is known at the end: as
    far as something was put. Errors of writing are raised where they happen, unlike those of a
    memory map, which end the process.
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
        """Writes rows, the first of them as number `row`."""
        if row != self._at:
            self._file.seek(self._begin + row * self._bytes)
        self._file.write(np.ascontiguousarray(values, dtype=self._kind).data)
        self._at = row + len(values)
        self._count = max(self._count, self._at)

    def append_rows(self, values: npt.NDArray[Any]) -> None:
        """Writes rows after the last one."""
        self.copy_rows(self._count, values)

    def copy_rows(self, row: int, values: npt.NDArray[Any]) -> None:
        """Like `write_rows`, a piece at a time: for many rows of another file."""
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
        """Makes it a whole file."""
        with self._file:
            self._file.seek(0)
            header = self._header(self._count)
            if len(header) != self._begin:
                raise ValueError("The header of a .npy file has grown.")
            self._file.write(header)

    def abandon(self) -> None:
        """Closes the file of what will not be written."""
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
    """Whether each value is in an array that is in order; np.isin would sort that first."""
    if not len(ordered):
        return np.zeros(len(values), dtype=np.bool_)
    found: npt.NDArray[np.bool_] = (
        ordered[np.searchsorted(ordered, values).clip(max=len(ordered) - 1)] == values
    )
    return found


def order_by(first: npt.NDArray[Any], then: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """What puts rows in order by one number, then another below 2^32.

    As np.lexsort((then, first)), which takes no advantage of rows that are in order already.
    """
    _, place = np.unique(first, return_inverse=True)
    return np.argsort(place << 32 | then.astype(np.int64), kind="stable")


def ranges(
    first: npt.NDArray[np.int64], last: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The numbers of every range from first to before last, one range after the other.

    With it, where each range begins among them, and at the end how many there are.
    """
    bounds = np.concatenate([[0], np.cumsum(last - first)])
    numbers = np.repeat(first - bounds[:-1], last - first) + np.arange(bounds[-1])
    return numbers, bounds
