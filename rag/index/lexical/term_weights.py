"""How much each term of a question weighs: the same for every index that counts its paragraphs.

    idf(t) = ln(1 + (N - n(t) + 0.5) / (n(t) + 0.5))

for a term t that n(t) of N paragraphs have. A few paragraphs say little about how common a word is:
in three, "how" and "does" may be as rare as a name. So BACKGROUND paragraphs of texts outside the
index are counted with its own, with each term in as many of them as its frequency in the language
gives (Laplace's prior with pseudo-counts; `rag.encoding.word_frequencies`).
"""

import math
from collections.abc import Iterable, Sequence
from typing import Protocol

#: How many paragraphs of other texts are counted: few beside an index of thousands.
BACKGROUND = 50


class TermCounts(Protocol):
    """What terms are weighed by."""

    @property
    def paragraphs(self) -> int:
        """How many paragraphs there are."""

    def frequencies(self, terms: Sequence[str]) -> list[int]:
        """How many paragraphs have each term."""


class GeneralFrequencies(Protocol):
    """How common words are in texts outside the index."""

    def shares(self, words: Sequence[str]) -> list[float] | None:
        """The share of paragraphs that have each word; None where nothing is known of any."""


class TermWeights:
    """The weights of terms in questions to one index. May be used by several threads at once."""

    def __init__(self, counts: TermCounts, general: GeneralFrequencies) -> None:
        self._counts = counts
        self._general = general

    def known(self, terms: Iterable[str]) -> dict[str, float]:
        """The inverse document frequency of each distinct term that the index has."""
        distinct = list(dict.fromkeys(terms))
        counts = self._counts.frequencies(distinct)
        held = [term for term, count in zip(distinct, counts, strict=True) if count]
        return dict(zip(held, self._idf(held, [count for count in counts if count]), strict=True))

    def weigh(self, terms: Iterable[str]) -> dict[str, float]:
        """Each distinct term's share of a question: its inverse document frequency over the sum of
        all, those of terms that the index does not have included.
        """
        distinct = list(dict.fromkeys(terms))
        idf = self._idf(distinct, self._counts.frequencies(distinct))
        total = sum(idf) or 1.0
        return {term: value / total for term, value in zip(distinct, idf, strict=True)}

    def _idf(self, terms: Sequence[str], counts: Sequence[int]) -> list[float]:
        shares = self._general.shares(terms)
        paragraphs = self._counts.paragraphs
        if shares is None:
            return [_idf(count, paragraphs) for count in counts]
        return [
            _idf(count + BACKGROUND * share, paragraphs + BACKGROUND)
            for count, share in zip(counts, shares, strict=True)
        ]


def _idf(count: float, paragraphs: float) -> float:
    return math.log(1 + (paragraphs - count + 0.5) / (count + 0.5))
