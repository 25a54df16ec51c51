"""The facts about each row that take a byte or two: sizes, scripts, languages, kinds."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.arrays import IntArray, write_array
from rag.index.generation import LANGUAGES, SCRIPTS, SENTENCE_BOUNDS, SENTENCE_KINDS


@dataclass(slots=True)
class RowArrays:
    """Collects arrays that are small enough to be kept in memory while building."""

    sizes: list[npt.NDArray[np.int64]] = field(default_factory=list)
    scripts: list[npt.NDArray[np.uint8]] = field(default_factory=list)
    languages: list[npt.NDArray[np.uint16]] = field(default_factory=list)
    kinds: list[npt.NDArray[np.uint8]] = field(default_factory=list)

    def write(self, folder: Path) -> IntArray:
        """Writes them; returns the bounds of the paragraphs' sentences, shape (paragraphs + 1,)."""
        nothing = np.array([], dtype=np.uint8)
        bounds = np.cumsum(np.concatenate([np.array([0]), *self.sizes]), dtype=np.int64)
        write_array(folder / SENTENCE_BOUNDS, bounds)
        write_array(folder / SCRIPTS, np.concatenate([nothing, *self.scripts]))
        write_array(
            folder / LANGUAGES, np.concatenate([nothing.astype(np.uint16), *self.languages])
        )
        write_array(folder / SENTENCE_KINDS, np.concatenate([nothing, *self.kinds]))
        return bounds
