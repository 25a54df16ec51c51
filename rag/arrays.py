"""Arrays on disk, whole or not at all; and rows of arrays whose parts have many lengths."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


def write_array(path: Path, array: npt.NDArray[Any]) -> None:
    """Writes a `.npy` file. Raises OSError when it does not fit; np.save misses that in the end."""
    content = io.BytesIO()
    np.save(content, array)
    path.write_bytes(content.getbuffer())


def ranges(
    first: npt.NDArray[np.int64], last: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The numbers of every range from first to before last, one range after the other.

    With it, where each range begins among them, and at the end how many there are.
    """
    bounds = np.concatenate([[0], np.cumsum(last - first)])
    numbers = np.repeat(first - bounds[:-1], last - first) + np.arange(bounds[-1])
    return numbers, bounds
