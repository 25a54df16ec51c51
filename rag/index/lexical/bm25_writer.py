"""Writes the lexical index: new postings merged term by term with those of the previous index."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.arrays import ArrayFile, open_array, order_by, write_array
from rag.index.lexical.bm25 import (
    BOUNDS,
    COUNTS,
    K1,
    LENGTHS,
    ROWS,
    SENTENCE_TERMS,
    SENTENCES,
    TERMS,
    WEIGHTS,
    B,
)
from rag.index.lexical.pinyin import CharacterPairs
from rag.index.lexical.terms import term_key, terms
from rag.index.row_map import RowMap

_POSTING = np.dtype([("key", "<u8"), ("row", "<i4"), ("count", "u1")])
_MOST_COUNTED = 255
#: The new postings wait in this file until all are there.
_WAITING = "lexical.waiting.npy"
#: About how many postings are merged in memory at once.
_PART = 2_000_000

Postings = npt.NDArray[np.void]


class Before:
    """The lexical index that a new one is made from, memory-mapped."""

    def __init__(self, folder: Path) -> None:
        self.terms = open_array(folder / TERMS)
        self.bounds = open_array(folder / BOUNDS)
        self.rows = open_array(folder / ROWS)
        self.counts = open_array(folder / COUNTS)
        self.lengths = open_array(folder / LENGTHS)
        self.sentences = open_array(folder / SENTENCES)
        self.sentence_terms = open_array(folder / SENTENCE_TERMS)

    def postings(self, first: int, last: int, numbers: npt.NDArray[np.int64]) -> Postings:
        """The postings, shape (postings,), of terms from key `first` to `last`, both included,
        without those of paragraphs that are gone.

        `numbers`, shape (paragraphs before,), gives each paragraph's new row, or -1.
        """
        keys = self.terms
        start = np.searchsorted(keys, np.uint64(first), "left")
        end = np.searchsorted(keys, np.uint64(last), "right")
        part = slice(int(self.bounds[start]), int(self.bounds[end]))
        rows = numbers[self.rows[part]]
        left = rows >= 0
        found = np.empty(int(left.sum()), dtype=_POSTING)
        found["key"] = np.repeat(keys[start:end], np.diff(self.bounds[start : end + 1]))[left]
        found["row"] = rows[left]
        found["count"] = self.counts[part][left]
        return found


class LexicalWriter:
    """Collects the terms of paragraphs in the order of their rows, then writes all as arrays."""

    def __init__(self, folder: Path, before: Before | None = None) -> None:
        self._folder = folder
        self._before = before
        self._waiting = ArrayFile(folder / _WAITING, _POSTING)
        self._sentence_terms = ArrayFile(folder / SENTENCE_TERMS, np.uint64)
        self._lengths: list[npt.NDArray[np.float32]] = []
        self._sizes: list[npt.NDArray[np.int64]] = []
        self._rows = 0
        #: The pairs of Chinese characters in all added paragraphs.
        self.pairs = CharacterPairs()

    def add_paragraph(self, text: str, sentences: Iterable[str]) -> None:
        """Adds the next paragraph: its text with context, and its sentences without."""
        counts = Counter(terms(text))
        self.pairs.add_terms(counts)
        found = np.empty(len(counts), dtype=_POSTING)
        found["key"] = [term_key(term) for term in counts]
        found["row"] = self._rows
        found["count"] = np.minimum(list(counts.values()), _MOST_COUNTED)
        self._waiting.append_rows(found)
        self._lengths.append(np.array([counts.total()], dtype=np.float32))
        self._rows += 1
        held = [_keys(terms(sentence)) for sentence in sentences]
        self._sizes.append(np.array([len(each) for each in held], dtype=np.int64))
        self._sentence_terms.append_rows(np.concatenate([np.array([], dtype=np.uint64), *held]))

    def copy_paragraphs(self, rows: slice, sentences: slice) -> None:
        """The next paragraphs are those in these rows of the index before.

        Raises ValueError where there is none.
        """
        if self._before is None:
            raise ValueError("There is no index before.")
        self._lengths.append(self._before.lengths[rows])
        self._rows += rows.stop - rows.start
        bounds = self._before.sentences[sentences.start : sentences.stop + 1]
        self._sizes.append(np.diff(bounds))
        self._sentence_terms.append_rows(self._before.sentence_terms[bounds[0] : bounds[-1]])

    def abandon(self) -> None:
        """Closes the files of what will not be written."""
        for file in (self._waiting, self._sentence_terms):
            file.abandon()

    def write_postings(self, row_map: RowMap) -> None:
        """Writes everything. `row_map` is that of the paragraphs."""
        for file in (self._waiting, self._sentence_terms):
            file.close()
        lengths = np.concatenate([np.array([], dtype=np.float32), *self._lengths])
        sizes = np.concatenate([np.array([0], dtype=np.int64), *self._sizes])
        write_array(self._folder / LENGTHS, lengths)
        write_array(self._folder / SENTENCES, np.cumsum(sizes))
        mean = np.float32(max(float(lengths.mean()), 1.0))
        self._merge(row_map, (lengths / mean).astype(np.float32))
        (self._folder / _WAITING).unlink()

    def _merge(self, row_map: RowMap, relative: npt.NDArray[np.float32]) -> None:
        """Writes postings in the order of terms, and of rows for each term."""
        keys, counts = [], []
        with (
            ArrayFile(self._folder / ROWS, np.int32) as rows,
            ArrayFile(self._folder / COUNTS, np.uint8) as frequencies,
            ArrayFile(self._folder / WEIGHTS, np.float32) as weights,
        ):
            for part in self._parts(row_map):
                part = part[order_by(part["key"], part["row"])]
                found, often = np.unique(part["key"], return_counts=True)
                keys.append(found)
                counts.append(often)
                rows.append_rows(part["row"])
                frequencies.append_rows(part["count"])
                count = part["count"].astype(np.float32)
                weights.append_rows(count / (count + K1 * (1 - B + B * relative[part["row"]])))
        write_array(self._folder / TERMS, np.concatenate(keys))
        bounds = np.cumsum(np.concatenate([[0], *counts]), dtype=np.int64)
        write_array(self._folder / BOUNDS, bounds)

    def _parts(self, row_map: RowMap) -> Iterator[Postings]:
        """All postings, parted by ranges of their keys so that each part fits in memory."""
        waiting = open_array(self._folder / _WAITING)
        before = self._before
        total = len(waiting) + (len(before.rows) if before is not None else 0)
        parts = total // _PART + 1
        numbers = row_map.rows_of_old(len(before.lengths)) if before is not None else None
        limits = [at * 2**64 // parts for at in range(parts + 1)]
        for first, end in pairwise(limits):
            found = [*_between(waiting, first, end - 1)]
            if before is not None and numbers is not None:
                found.append(before.postings(first, end - 1, numbers))
            yield np.concatenate([np.empty(0, dtype=_POSTING), *found])


def _between(waiting: Postings, first: int, last: int) -> Iterator[Postings]:
    for at in range(0, len(waiting), _PART):
        part = waiting[at : at + _PART]
        yield part[(part["key"] >= np.uint64(first)) & (part["key"] <= np.uint64(last))]


def _keys(sentence_terms: Sequence[str]) -> npt.NDArray[np.uint64]:
    return np.array([term_key(term) for term in dict.fromkeys(sentence_terms)], dtype=np.uint64)
