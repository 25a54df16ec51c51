"""The token codes of paragraphs on disk, in segments that later generations take over unchanged.

Token codes are most of an index, and one changed document must not cost writing all of them. So
they lie in files that never change, found by keys of the texts. A new generation takes over the
segments of the generation two before it, which is about to be removed, and writes only what those
lack. The last two generations share no byte: damage to one leaves the other whole.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.arrays import IntArray, open_array, ranges, write_array

#: The number of bytes a token, and the names of the segments.
_SEGMENTS = "tokens.json"
#: For each paragraph: its key; the number of its segment, its first token there, and the token
#: after its last.
_KEYS = "tokens.keys.npy"
_PLACES = "tokens.places.npy"
#: The first token of each sentence, counted from the first token of its paragraph.
_SENTENCES = "tokens.sentences.npy"
_KEY_BYTES = 16
KEY = np.dtype(f"S{_KEY_BYTES}")
#: A segment is taken over only where at least this share of its tokens is still in use.
_WORTH = 0.75

Codes = npt.NDArray[np.uint8]
SmallIntArray = npt.NDArray[np.int32]
Keys = npt.NDArray[np.bytes_]
#: Gives, for the rows of paragraphs, the codes of their tokens, shape (tokens, bytes), and the
#: first token of each of their sentences.
ReadTokens = Callable[[IntArray], Iterable[tuple[Codes, IntArray]]]


def key_of(text: bytes, sentences: Sequence[int]) -> bytes:
    """The key of a paragraph's tokens, from its text's key and the offsets of its sentences."""
    begins = np.array(sentences, dtype="<i8").tobytes()
    return hashlib.sha256(text + begins).digest()[:_KEY_BYTES]


def has_tokens(folder: Path) -> bool:
    """Whether an index was built for late interaction."""
    return (folder / _SEGMENTS).exists()


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
        self.keys: Keys = open_array(folder / _KEYS)
        self.places: SmallIntArray = open_array(folder / _PLACES)
        self._sentences: SmallIntArray = open_array(folder / _SENTENCES)
        self._sentence_bounds = sentence_bounds
        described = json.loads((folder / _SEGMENTS).read_text(encoding="utf-8"))
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
        """The first token of each sentence of a paragraph, counted from the paragraph's first."""
        return self._sentences[self._sentence_bounds[row] : self._sentence_bounds[row + 1]]

    def fetch(self, rows: IntArray) -> PassageTokens:
        """The tokens of paragraphs, in the order of the rows given."""
        numbers = rows.tolist()
        return PassageTokens(list(map(self.codes, numbers)), list(map(self.starts, numbers)))

    def starts_of(self, rows: IntArray) -> SmallIntArray:
        """The same for several paragraphs, one after the other, shape (sentences,)."""
        bounds = self._sentence_bounds
        return self._sentences[ranges(bounds[rows], bounds[rows + 1])[0]]

    def rows(self, keys: Keys) -> IntArray:
        """The row of each key; -1 where there is none."""
        order = np.argsort(self.keys)
        at = order[np.searchsorted(self.keys, keys, sorter=order).clip(max=len(order) - 1)]
        found: IntArray = np.where(self.keys[at] == keys, at, -1)
        return found


@dataclass(frozen=True, slots=True)
class SegmentSource:
    """A generation to take segments over from.

    `digests` are the sha256 of its files. With `linked` its segments are linked, since the
    generation is about to be removed; else they are copied.
    """

    tokens: TokenSegments
    digests: Mapping[str, str]
    linked: bool

    def take(self, name: str, folder: Path) -> None:
        """Puts a segment into the folder of a new generation."""
        path, to = self.tokens.folder / name, folder / name
        if self.linked:
            try:
                os.link(path, to)
            except OSError:  # not every file system has links
                to.unlink(missing_ok=True)
            else:
                return
        shutil.copyfile(path, to)


def write_tokens(
    folder: Path,
    keys: Keys,
    sentence_bounds: IntArray,
    read: ReadTokens,
    source: SegmentSource | None = None,
) -> dict[str, str]:
    """Writes the tokens of one or more paragraphs, whose keys have the shape (paragraphs,).

    What `source` has comes from there; `read` is called once, for the rows of all others, and its
    paragraphs are one at a time in memory. Returns the segments that were taken over, by name,
    with their digests.
    """
    old = np.full(len(keys), -1) if source is None else source.tokens.rows(keys)
    places = np.full((len(keys), 3), -1, dtype=np.int32)
    sentences = np.zeros(int(sentence_bounds[-1]), dtype=np.int32)
    taken, width = list[str](), 0
    if source is not None:
        tokens, width = source.tokens, source.tokens.width
        for place in _worth_taking(tokens, old):
            rows = np.flatnonzero((old >= 0) & (tokens.places[old, 0] == place))
            places[rows] = tokens.places[old[rows]]
            places[rows, 0] = len(taken)
            theirs, _ = ranges(sentence_bounds[rows], sentence_bounds[rows + 1])
            sentences[theirs] = tokens.starts_of(old[rows])
            taken.append(tokens.names[place])
            source.take(taken[-1], folder)
    left = np.flatnonzero(places[:, 0] < 0)
    names = list(taken)
    if len(left):
        names.append(_new_name(taken))
        at = 0
        with (folder / names[-1]).open("wb") as file:
            found = _found(left, old, read, source)
            for row, (codes, starts) in zip(left.tolist(), found, strict=True):
                file.write(np.ascontiguousarray(codes).data)
                places[row] = len(taken), at, at + len(codes)
                sentences[sentence_bounds[row] : sentence_bounds[row + 1]] = starts
                at, width = at + len(codes), codes.shape[1]
    write_array(folder / _KEYS, keys)
    write_array(folder / _PLACES, places)
    write_array(folder / _SENTENCES, sentences)
    described = json.dumps({"width": width, "segments": names})
    (folder / _SEGMENTS).write_text(described, encoding="utf-8")
    return {} if source is None else {name: source.digests[name] for name in taken}


def _worth_taking(tokens: TokenSegments, old: IntArray) -> list[int]:
    """The segments that are mostly in use, and larger than everything that is written anew.

    So there are few segments, and a token is rewritten about once each time the index doubles.
    """
    used = tokens.places[np.unique(old[old >= 0])]
    paragraphs = np.bincount(used[:, 0], minlength=len(tokens.segments))
    in_use = np.bincount(used[:, 0], used[:, 2] - used[:, 1], len(tokens.segments))
    written = int((old < 0).sum())
    taken = []
    for place in np.argsort(paragraphs, kind="stable").tolist():
        worth = in_use[place] >= _WORTH * len(tokens.segments[place])
        if worth and paragraphs[place] > written:
            taken.append(place)
        else:
            written += int(paragraphs[place])
    return sorted(taken)


def _found(
    rows: IntArray, old: IntArray, read: ReadTokens, source: SegmentSource | None
) -> Iterator[tuple[Codes, npt.NDArray[np.integer]]]:
    """The tokens of rows in order: from segments that are not taken over, or new ones."""
    new = iter(read(rows[old[rows] < 0]))
    for row in old[rows].tolist():
        if source is not None and row >= 0:
            yield source.tokens.codes(row), source.tokens.starts(row)
        else:
            yield next(new)


def _new_name(taken: Sequence[str]) -> str:
    return f"tokens.{1 + max((int(name.split('.')[1]) for name in taken), default=0)}.codes"
