"""Writes the token codes of a generation: segments taken over unchanged, and one of what is new."""

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
            source.take_over(taken[-1], folder)
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
    write_array(folder / KEYS, keys)
    write_array(folder / PLACES, places)
    write_array(folder / SENTENCES, sentences)
    described = json.dumps({"width": width, "segments": names})
    (folder / SEGMENTS).write_text(described, encoding="utf-8")
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
