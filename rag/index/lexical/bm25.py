"""Exact words: BM25 as a share between 0 and 1 of what a question asks for.

Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009), divided by
the largest value the question could reach:

    lex(q, p) = sum_t idf(t) tf(t, p) / (tf(t, p) + k1 (1 - b + b |p| / avg |p|)) / sum_t idf(t)

over the distinct terms t of the question, those that no paragraph has included; so a question
in another language fades to 0 by itself. `term_weights` gives idf(t) over its sum.
"""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.arrays import FloatArray, IntArray, is_in, open_array, ranges
from rag.index.lexical.terms import term_key

K1 = 1.2
B = 0.75

#: The files: terms by number and where their postings begin; for each posting the paragraph, how
#: often it has the term, and what that weighs; the paragraphs' lengths; each sentence's terms.
TERMS = "lexical.terms.npy"
BOUNDS = "lexical.bounds.npy"
ROWS = "lexical.paragraphs.npy"
COUNTS = "lexical.counts.npy"
WEIGHTS = "lexical.weights.npy"
LENGTHS = "lexical.lengths.npy"
SENTENCES = "lexical.sentences.npy"
SENTENCE_TERMS = "lexical.sentence_terms.npy"

#: The most postings of a question that are added up at once.
_MOST_POSTINGS = 1 << 20


class LexicalIndex:
    """Read-only postings, memory-mapped. May be used by several threads at once."""

    def __init__(self, folder: Path, paragraphs: int) -> None:
        self.paragraphs = paragraphs
        self._keys = open_array(folder / TERMS)
        self._bounds = open_array(folder / BOUNDS)
        self._rows = open_array(folder / ROWS)
        self._weights = open_array(folder / WEIGHTS)
        self._sentences = open_array(folder / SENTENCES)
        self._sentence_terms = open_array(folder / SENTENCE_TERMS)

    def frequencies(self, terms: Sequence[str]) -> list[int]:
        """How many paragraphs have each term."""
        return [last - first for first, last in self._postings(terms)]

    def rows_with(self, key: int) -> IntArray:
        """The rows of the paragraphs that have the term of a key, shape (found,), ascending."""
        ((first, last),) = self._postings_of(np.array([key], dtype=np.uint64))
        rows: IntArray = self._rows[first:last]
        return rows

    def best_rows(self, weighed: Mapping[str, float], count: int) -> IntArray:
        """The rows of the up to `count` paragraphs with the largest shares of the terms, shape
        (found,), in no order; none for terms that no paragraph has. Where there are more than
        _MOST_POSTINGS postings, those of the most common terms count only for paragraphs that have
        a rarer one.
        """
        postings = zip(self._postings(weighed), weighed.values(), strict=True)
        held = (each for each in postings if each[0][0] < each[0][1])
        by_length = sorted(held, key=lambda each: each[0][1] - each[0][0])
        rows, shares, read = list[IntArray](), list[FloatArray](), 0
        for (first, last), weight in by_length:
            read += last - first
            if read > _MOST_POSTINGS and rows:
                break
            rows.append(self._rows[first:last])
            shares.append(self._weights[first:last] * np.float32(weight))
        if not read:
            return np.array([], dtype=np.int64)
        found, places = np.unique(np.concatenate(rows), return_inverse=True)
        if read > _MOST_POSTINGS:
            sums = self.shares(weighed, found)
        else:
            sums = np.bincount(places, np.concatenate(shares)).astype(np.float32)
        first_of_best = max(len(found) - count, 0)
        best: IntArray = found[np.argpartition(sums, first_of_best)[first_of_best:]].astype(
            np.int64
        )
        return best

    def shares(self, weighed: Mapping[str, float], rows: IntArray) -> FloatArray:
        """The share of the weighed terms that each paragraph has, 0 to 1; both arrays have the
        shape (rows,).
        """
        shares = np.zeros(len(rows), dtype=np.float32)
        for (first, last), weight in zip(self._postings(weighed), weighed.values(), strict=True):
            if first < last:
                with_term = self._rows[first:last]
                at = np.searchsorted(with_term, rows).clip(max=last - first - 1)
                held = with_term[at] == rows
                shares += held * self._weights[first + at] * np.float32(weight)
        return shares

    def coverage(self, weighed: Mapping[str, float], sentences: IntArray) -> FloatArray:
        """The share of the weight whose terms each sentence has, 0 to 1, shape (sentences,)."""
        if not weighed:
            return np.zeros(len(sentences), dtype=np.float32)
        keys = _keys(weighed)
        order = np.argsort(keys)
        weights = np.array(list(weighed.values()))[order]
        keys = keys[order]
        held, bounds = ranges(self._sentences[sentences], self._sentences[sentences + 1])
        terms_held = self._sentence_terms[held]
        at = np.searchsorted(keys, terms_held).clip(max=len(keys) - 1)
        shares = np.where(keys[at] == terms_held, weights[at], 0.0)
        sums = np.concatenate([[0.0], np.cumsum(shares)])
        found: FloatArray = (sums[bounds[1:]] - sums[bounds[:-1]]).astype(np.float32)
        return found

    def _postings(self, terms: Collection[str]) -> list[tuple[int, int]]:
        """Where the postings of each term begin and end."""
        return self._postings_of(_keys(terms))

    def _postings_of(self, keys: npt.NDArray[np.uint64]) -> list[tuple[int, int]]:
        at = np.searchsorted(self._keys, keys)
        # What is not known begins and ends at one place.
        bounds = self._bounds[at], self._bounds[at + is_in(keys, self._keys)]
        return list(zip(*(each.tolist() for each in bounds), strict=True))


def _keys(terms: Collection[str]) -> npt.NDArray[np.uint64]:
    return np.array([term_key(term) for term in terms], dtype=np.uint64)
