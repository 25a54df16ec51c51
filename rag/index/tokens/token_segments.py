"""The token codes of paragraphs on disk, in segments that later generations take over unchanged.

Token codes are most of an index, and one changed document must not cost writing all of them. So
they lie in files that never change, found by keys of the texts. A new generation takes over the
segments of the generation two before it, which is about to be removed, and writes only what those
lack. The last two generations share no byte: damage to one leaves the other whole.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.arrays import IntArray, open_array, ranges

#: The number of bytes for each token, and the names of the segments.
SEGMENTS = "tokens.json"
#: For each paragraph: its key; the number of its segment, its first token there, and the token
#: after its last.
KEYS = "tokens.keys.npy"
PLACES = "tokens.places.npy"
#: The first token of each sentence, counted from the first token of its paragraph.
SENTENCES = "tokens.sentences.npy"
_KEY_BYTES = 16
KEY = np.dtype(f"S{_KEY_BYTES}")

Codes = npt.NDArray[np.uint8]
SmallIntArray = npt.NDArray[np.int32]
Keys = npt.NDArray[np.bytes_]


def key_of(text: bytes, sentences: Sequence[int]) -> bytes:
    """The key of a paragraph's tokens, from its text's key and the offsets of its sentences."""
    begins = np.array(sentences, dtype="<i8").tobytes()
    return hashlib.sha256(text + begins).digest()[:_KEY_BYTES]


def has_tokens(folder: Path) -> bool:
    """Whether an index was built for late interaction."""
    return (folder / SEGMENTS).exists()


def is_of_tokens(name: str) -> bool:
    """Whether a file of an index is one of those that are described here."""
    return name.startswith("tokens.")


def is_segment(name: str) -> bool:
    """Whether a file of an index is a segment of tokens."""
    return is_of_tokens(name) and name.endswith(".codes")


@dataclass(frozen=True, slots=True)
class PassageTokens:
    """The tokens of some paragraphs: for each its codes, shape (tokens, bytes), and the first
    token of each of its sentences.
    """

    codes: list[Codes]
    sentence_starts: list[SmallIntArray]


class TokenSegments:
    """Read-only token codes of one index, memory-mapped. Several threads may use it at once."""

    def __init__(self, folder: Path, sentence_bounds: IntArray) -> None:
        self.folder = folder
        self.keys: Keys = open_array(folder / KEYS)
        self.places: SmallIntArray = open_array(folder / PLACES)
        self._sentences: SmallIntArray = open_array(folder / SENTENCES)
        self._sentence_bounds = sentence_bounds
        described = json.loads((folder / SEGMENTS).read_text(encoding="utf-8"))
        self.width: int = described["width"]
        self.names: list[str] = described["segments"]
        maps = (np.memmap(folder / name, dtype=np.uint8, mode="r") for name in self.names)
        self.segments: list[Codes] = [np.asarray(each).reshape(-1, self.width) for each in maps]

    def codes(self, row: int) -> Codes:
        """The tokens of a paragraph, shape (tokens, bytes)."""
        place, first, last = self.places[row].tolist()
        codes: Codes = self.segments[place][first:last]
        return codes

    def starts(self, row: int) -> SmallIntArray:
        """The first token of each sentence of a paragraph, counted from the paragraph's first
        token, shape (sentences,).
        """
        return self._sentences[self._sentence_bounds[row] : self._sentence_bounds[row + 1]]

    def passage_tokens(self, rows: IntArray) -> PassageTokens:
        """The tokens of paragraphs, in the order of `rows`, shape (paragraphs,)."""
        numbers = rows.tolist()
        return PassageTokens(list(map(self.codes, numbers)), list(map(self.starts, numbers)))

    def starts_of(self, rows: IntArray) -> SmallIntArray:
        """As `starts`, for several paragraphs one after the other, shape (sentences,)."""
        bounds = self._sentence_bounds
        return self._sentences[ranges(bounds[rows], bounds[rows + 1])[0]]

    def rows(self, keys: Keys) -> IntArray:
        """The row of each key, shape (keys,); -1 where the index has none."""
        order = np.argsort(self.keys)
        at = order[np.searchsorted(self.keys, keys, sorter=order).clip(max=len(order) - 1)]
        found: IntArray = np.where(self.keys[at] == keys, at, -1)
        return found
