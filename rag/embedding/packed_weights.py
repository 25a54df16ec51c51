"""Reads the packed file of the bundled model; the layout is described at each reader."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.errors import ModelError

_MAGIC = b"E5S1"
_BLOCK = 32
_BLOCK_BYTES = 18
#: Blocks that are unpacked at once.
_AT_ONCE = 1 << 15


@dataclass(frozen=True, slots=True)
class NetworkShape:
    """The sizes of a network, in the order in which the file lists them."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


class PackedModel:
    """Reads the packed file from front to back; everything in it is little-endian.

    Raises ModelError when the file has another layout.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def _take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self._data, self._at)
        self._at += struct.calcsize("<" + layout)
        return values

    def header(self) -> NetworkShape:
        """The sizes of the network. Raises ModelError when the file does not begin as it should."""
        magic, _version = self._take("4sI")
        if magic != _MAGIC:
            raise ModelError(f"The bundled model starts with {magic!r}, not with {_MAGIC!r}.")
        *sizes, epsilon, block = self._take("7ifi")
        hidden, layers, heads, feed_forward, vocabulary, positions, types = sizes
        if block != _BLOCK:
            raise ModelError(f"The bundled model has blocks of {block} weights, not of {_BLOCK}.")
        return NetworkShape(
            hidden, layers, heads, feed_forward, vocabulary, positions, types, float(epsilon)
        )

    def vocabulary(self) -> tuple[list[str], list[float]]:
        """Pieces and their unigram scores. The normalization table behind them is skipped."""
        count, *_special = self._take("5i")
        (blob_bytes,) = self._take("Q")
        offsets = self._take(f"{count + 1}I")
        scores = self._take(f"{count}f")
        blob = self._data[self._at : self._at + blob_bytes]
        self._at += blob_bytes
        _records, table_bytes = self._take("iI")
        self._at += table_bytes
        pieces = [blob[a:b].decode() for a, b in pairwise(offsets)]
        return pieces, list(scores)

    def directory(self) -> list[tuple[str, int, int, int]]:
        """Name, number of weights, offset and length in bytes of each tensor."""
        (count,) = self._take("i")
        entries = []
        for _ in range(count):
            (length,) = self._take("H")
            name, _dtype, weights, offset, size = self._take(f"{length}sBIQQ")
            entries.append((name.decode(), weights, offset, size))
        return entries

    def tensors(
        self, entries: list[tuple[str, int, int, int]]
    ) -> Iterator[tuple[str, npt.NDArray[np.float32]]]:
        """The name and the weights, shape (weights,), of each entry of the directory."""
        for name, count, offset, size in entries:
            raw = np.frombuffer(self._data, np.uint8, size, offset)
            if size == 4 * count:
                yield name, raw.view("<f4").astype(np.float32)
            else:
                yield name, _dequantize(raw)


def _dequantize(raw: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Blocks of an fp16 scale and 16 bytes; byte j holds weight j low and weight j + 16 high."""
    blocks = raw.reshape(-1, _BLOCK_BYTES)
    values = np.empty((len(blocks), _BLOCK), dtype=np.float32)
    for first in range(0, len(blocks), _AT_ONCE):
        part = slice(first, first + _AT_ONCE)
        scales = blocks[part, :2].copy().view("<f2").astype(np.float32)
        nibbles = np.concatenate([blocks[part, 2:] & 0x0F, blocks[part, 2:] >> 4], axis=1)
        np.multiply(nibbles.astype(np.float32) - 8.0, scales, out=values[part])
    return values.reshape(-1)
