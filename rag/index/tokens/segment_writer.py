"""Writes the token codes of a generation: segments taken over unchanged, and one with all that is
new.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.arrays import IntArray, ranges, write_array
from rag.index.tokens.token_segments import (
    KEYS,
    PLACES,
    SEGMENTS,
    SENTENCES,
    Codes,
    Keys,
    TokenSegments,
)

#: A segment is taken over only where at least this share of its tokens is still in use.
_WORTH = 0.75

SentenceStarts = npt.NDArray[np.integer]
#: Gives, for the rows of paragraphs, the codes of their tokens, shape (tokens, bytes), and the
#: first token of each of their sentences.
ReadTokens = Callable[[IntArray], Iterable[tuple[Codes, IntArray]]]


@dataclass(frozen=True, slots=True)
class SegmentSource:
    """A generation to take segments over from.

    `digests` are the sha256 of its files. With `linked` its segments are linked, since the
    generation is about to be removed; else they are copied.
    """

    tokens: TokenSegments
    digests: Mapping[str, str]
    linked: bool

    def take_over(self, name: str, folder: Path) -> None:
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
    table = _TokenPlaces(keys, sentence_bounds)
    if source is not None:
        table.take_over(source, old, folder)
    taken = list(table.names)
    left = table.rows_left()
    if len(left):
        table.write_segment(folder, left, _found(left, old, read, source))
    table.write_table(folder)
    return {} if source is None else {name: source.digests[name] for name in taken}


class _TokenPlaces:
    """Where the tokens of each paragraph stand: the table of a generation's segments."""

    def __init__(self, keys: Keys, sentence_bounds: IntArray) -> None:
        self.names: list[str] = []
        self._keys = keys
        self._bounds = sentence_bounds
        self._places = np.full((len(keys), 3), -1, dtype=np.int32)
        self._sentences = np.zeros(int(sentence_bounds[-1]), dtype=np.int32)
        self._width = 0

    def take_over(self, source: SegmentSource, old: IntArray, folder: Path) -> None:
        """Takes segments over; `old` are the rows there of the paragraphs, or -1."""
        tokens = source.tokens
        self._width = tokens.width
        for place in _worth_taking(tokens, old):
            rows = np.flatnonzero((old >= 0) & (tokens.places[old, 0] == place))
            self._places[rows] = tokens.places[old[rows]]
            self._places[rows, 0] = len(self.names)
            theirs, _ = ranges(self._bounds[rows], self._bounds[rows + 1])
            self._sentences[theirs] = tokens.starts_of(old[rows])
            self.names.append(tokens.names[place])
            source.take_over(self.names[-1], folder)

    def rows_left(self) -> IntArray:
        """The paragraphs that are in no segment yet."""
        return np.flatnonzero(self._places[:, 0] < 0)

    def write_segment(
        self, folder: Path, rows: IntArray, found: Iterator[tuple[Codes, SentenceStarts]]
    ) -> None:
        """Writes one more segment, of the tokens found for some paragraphs, in their order."""
        number, at = len(self.names), 0
        self.names.append(_new_name(self.names))
        with (folder / self.names[-1]).open("wb") as file:
            for row, (codes, starts) in zip(rows.tolist(), found, strict=True):
                file.write(np.ascontiguousarray(codes).data)
                self._places[row] = number, at, at + len(codes)
                self._sentences[self._bounds[row] : self._bounds[row + 1]] = starts
                at, self._width = at + len(codes), codes.shape[1]

    def write_table(self, folder: Path) -> None:
        write_array(folder / KEYS, self._keys)
        write_array(folder / PLACES, self._places)
        write_array(folder / SENTENCES, self._sentences)
        described = json.dumps({"width": self._width, "segments": self.names})
        (folder / SEGMENTS).write_text(described, encoding="utf-8")


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
) -> Iterator[tuple[Codes, SentenceStarts]]:
    """The tokens of rows in order: from segments that are not taken over, or new ones."""
    new = iter(read(rows[old[rows] < 0]))
    for row in old[rows].tolist():
        if source is not None and row >= 0:
            yield source.tokens.codes(row), source.tokens.starts(row)
        else:
            yield next(new)


def _new_name(taken: Sequence[str]) -> str:
    return f"tokens.{1 + max((int(name.split('.')[1]) for name in taken), default=0)}.codes"
