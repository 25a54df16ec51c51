"""Arrays on disk, whole or not at all."""

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
