"""How common words are in texts in general, from the vocabulary of the model's tokenizer.

A Unigram vocabulary (Kudo, Subword Regularization, 2018) has for each piece the logarithm of its
probability in the texts that it was made from, of all languages together. A word is as probable as
its best pieces together; a paragraph of LENGTH words has a word of probability p with

    1 - (1 - LANGUAGES p) ** LENGTH

where LANGUAGES turns a share of all languages' texts into one of the word's own language.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from rag.encoding.tokenizer import WORD_START, Pieces

#: A large language has about one in this many of all texts.
LANGUAGES = 50
#: The words of a paragraph.
LENGTH = 80
#: The score of a character that no piece has.
_UNKNOWN = -20.0


class WordFrequencies:
    """Word frequencies of one vocabulary, or of none. May be used by several threads at once."""

    def __init__(self, pieces: Pieces | None) -> None:
        self._pieces = pieces

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The frequencies of the vocabulary beside a question encoder; none where it is no Unigram
        model.

        Raises StoreError when it cannot be read.
        """
        return cls(Pieces.open(folder))

    def shares(self, words: Sequence[str]) -> list[float] | None:
        """The share of paragraphs that have each word, 0 to 1; None where nothing is known."""
        if self._pieces is None:
            return None
        probabilities = [math.exp(each) for each in _log_probabilities(self._pieces, words)]
        return [1 - (1 - min(LANGUAGES * each, 1.0)) ** LENGTH for each in probabilities]


def _log_probabilities(pieces: Pieces, words: Sequence[str]) -> list[float]:
    """The log probability of each word's best pieces; the mark at the beginning of a word costs
    nothing.
    """
    text = "".join(WORD_START + word for word in words)
    ending: list[list[tuple[int, float]]] = [[] for _ in range(len(text) + 1)]
    for start, piece, score in pieces.held(text):
        if WORD_START not in piece[1:]:
            ending[start + len(piece)].append((start, score))
    best = [0.0] * (len(text) + 1)
    found, start_of_word = [], 0
    for word in words:
        end_of_word = start_of_word + 1 + len(word)
        for end in range(start_of_word + 2, end_of_word + 1):
            scores = (best[start] + score for start, score in ending[end])
            best[end] = max(scores, default=best[end - 1] + _UNKNOWN)
        found.append(best[end_of_word])
        best[end_of_word] = 0.0
        start_of_word = end_of_word
    return found
