"""How much each term of a question weighs: the same for every index that counts its paragraphs.

    idf(t) = ln(1 + (N - n(t) + 0.5) / (n(t) + 0.5))

for a term t that n(t) of N paragraphs have.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Protocol


class TermCounts(Protocol):
    """What terms are weighed by."""

    @property
    def paragraphs(self) -> int:
        """How many paragraphs there are."""

    def frequencies(self, terms: Sequence[str]) -> list[int]:
        """How many paragraphs have each term."""


def known_terms(index: TermCounts, terms: Iterable[str]) -> dict[str, float]:
    """The inverse document frequency of each distinct term that an index has."""
    distinct = list(dict.fromkeys(terms))
    counts = zip(distinct, index.frequencies(distinct), strict=True)
    return {term: _idf(count, index.paragraphs) for term, count in counts if count}


def weigh(index: TermCounts, terms: Iterable[str]) -> dict[str, float]:
    """Each distinct term's share of a question: its inverse document frequency over the sum of all,
    those of terms that the index does not have included.
    """
    distinct = list(dict.fromkeys(terms))
    idf = [_idf(count, index.paragraphs) for count in index.frequencies(distinct)]
    total = sum(idf) or 1.0
    return {term: value / total for term, value in zip(distinct, idf, strict=True)}


def _idf(count: int, paragraphs: int) -> float:
    return math.log(1 + (paragraphs - count + 0.5) / (count + 0.5))
