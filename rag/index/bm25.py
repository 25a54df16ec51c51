"""Exact words: BM25 as a share between 0 and 1 of what a question asks for.

Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009), divided by
the largest value the question could reach:

    lex(q, p) = sum_t idf(t) tf(t, p) / (tf(t, p) + k1 (1 - b + b |p| / avg |p|)) / sum_t idf(t)

over the distinct terms t of the question, those that no paragraph has included; so a question
in another language fades to 0 by itself. idf(t) = ln(1 + (N - n(t) + 0.5) / (n(t) + 0.5)).
"""

import hashlib
import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from opencc import OpenCC

from rag.arrays import FloatArray, IntArray, is_in, open_array, ranges

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


CJK = (
    r"\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3040-\u30ff\u31f0-\u31ff"
    r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\U00020000-\U0003ffff"
)
_TERM = re.compile(rf"(?P<cjk>[{CJK}]+)|\d+(?:[.,]\d+)*|(?:(?![{CJK}])[^\W\d_])+")


def terms(text: str) -> list[str]:
    """The terms of a text: bigrams of Chinese, Japanese and Korean; numbers; words of the rest.

    Traditional characters are folded to simplified, full width to half width, and case is dropped.
    """
    folded = _fold(unicodedata.normalize("NFKC", text).lower())
    return list(_terms(folded))


def _terms(folded: str) -> Iterator[str]:
    for match in _TERM.finditer(folded):
        run = match.group()
        if match["cjk"] and len(run) > 1:
            yield from (run[i : i + 2] for i in range(len(run) - 1))
        else:
            yield run


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def _fold(text: str) -> str:
    return text if text.isascii() else str(_converter().convert(text))


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

    def weigh(self, question_terms: Iterable[str]) -> dict[str, float]:
        """Each distinct term's share of the question: its idf over the sum of all."""
        distinct = list(dict.fromkeys(question_terms))
        idf = [self.idf(last - first) for first, last in self._postings(distinct)]
        total = sum(idf) or 1.0
        return {term: value / total for term, value in zip(distinct, idf, strict=True)}

    def count(self, term: str) -> int:
        """How many paragraphs have a term."""
        ((first, last),) = self._postings([term])
        return last - first

    def idf(self, count: int) -> float:
        """The inverse document frequency of what `count` paragraphs have."""
        return math.log(1 + (self.paragraphs - count + 0.5) / (count + 0.5))

    def present(self, key: int) -> npt.NDArray[np.bool_]:
        """Which paragraphs have the term of a key, shape (paragraphs,)."""
        ((first, last),) = self._postings_of(np.array([key], dtype=np.uint64))
        found = np.zeros(self.paragraphs, dtype=np.bool_)
        found[self._rows[first:last]] = True
        return found

    def scores(self, weighed: dict[str, float]) -> FloatArray:
        """The share of the question that each paragraph has, shape (paragraphs,)."""
        scores = np.zeros(self.paragraphs, dtype=np.float32)
        postings = self._postings(weighed)
        for (first, last), weight in zip(postings, weighed.values(), strict=True):
            scores[self._rows[first:last]] += self._weights[first:last] * np.float32(weight)
        return scores

    def coverage(self, weighed: dict[str, float], sentences: IntArray) -> FloatArray:
        """The share of a question's weight whose terms each sentence has, between 0 and 1."""
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


def term_key(term: str) -> int:
    """A term's number in the index: 64 bits of its hash, so a false match is all but impossible."""
    return int.from_bytes(hashlib.blake2b(term.encode("utf-8", "replace"), digest_size=8).digest())
