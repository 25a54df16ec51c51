"""The reader's trained weights: their difference to the embedding model's, in 4-bit blocks, and its
heads.

A difference is small beside the weights, so that few bits of it lose little: the whole takes a few
megabytes of the package.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.arrays import FloatArray
from rag.embedding.compiling.quantization import BLOCK, in_blocks
from rag.embedding.folder import ModelFolder

_FILE = "reader.npz"
#: With the fingerprint of the model that it was learned with.
_FACTS = "reader.json"
#: The endings of the names of a matrix in blocks and of its scales.
_CODES, _SCALES, _WIDTH = ".codes", ".scales", ".width"


@dataclass(frozen=True, slots=True)
class ReaderWeights:
    """Arrays by name: matrices in 4-bit blocks, all others as 16-bit floats."""

    arrays: Mapping[str, npt.NDArray[Any]]

    @classmethod
    def of(
        cls, base: Mapping[str, FloatArray], learned: Mapping[str, FloatArray]
    ) -> "ReaderWeights":
        """Packs learned weights: those named `encoder.…` as their difference to the weights of that
        name in `base`, of the same shape; the others as they are.
        """
        arrays: dict[str, npt.NDArray[Any]] = {}
        for name, values in learned.items():
            change = values - base[name] if name.startswith("encoder.") else values
            if change.ndim < 2 or not name.startswith("encoder."):
                arrays[name] = change.astype(np.float16)
                continue
            numbers, scales = in_blocks(change, 4)
            flat = (numbers & 0xF).astype(np.uint8).reshape(len(change), -1)
            arrays[name + _CODES] = flat[:, ::2] | flat[:, 1::2] << 4
            arrays[name + _SCALES] = scales.astype(np.float16)
            arrays[name + _WIDTH] = np.array(change.shape[1])
        return cls(arrays)

    @classmethod
    def of_package(cls, source: ModelFolder) -> "ReaderWeights | None":
        """The weights of the package's reader for a model; None where it was trained with another
        one.
        """
        folder = resources.files("rag.embedding")
        facts = json.loads(folder.joinpath(_FACTS).read_text(encoding="utf-8"))
        if facts["fingerprint"] != source.fingerprint:
            return None
        with folder.joinpath(_FILE).open("rb") as file, np.load(file) as content:
            return cls(dict(content))

    def save(self, folder: Path, fingerprint: str) -> None:
        """Writes them, with the fingerprint of their model, into an existing folder."""
        arrays: Any = dict(self.arrays)
        np.savez(folder / _FILE, **arrays)
        facts = {"fingerprint": fingerprint}
        (folder / _FACTS).write_text(json.dumps(facts) + "\n", encoding="utf-8")

    def applied(self, base: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """The learned weights by name, in the shapes of `base`, the embedding model's weights."""
        found: dict[str, FloatArray] = {}
        for name, values in self.arrays.items():
            if name.endswith(_CODES):
                whole = name.removesuffix(_CODES)
                found[whole] = base[whole] + self._change(whole)
            elif not name.endswith((_SCALES, _WIDTH)):
                kept = values.astype(np.float32)
                found[name] = base[name] + kept if name.startswith("encoder.") else kept
        return found

    def _change(self, name: str) -> FloatArray:
        codes, scales = self.arrays[name + _CODES], self.arrays[name + _SCALES]
        halves = np.stack([codes & 0xF, codes >> 4], axis=-1).reshape(len(codes), -1)
        signed = (halves.astype(np.int8) ^ 8) - 8
        blocks = signed.reshape(len(codes), -1, BLOCK) * scales.astype(np.float32)[..., np.newaxis]
        change: FloatArray = blocks.reshape(len(codes), -1)[:, : int(self.arrays[name + _WIDTH])]
        return change
