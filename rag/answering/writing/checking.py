"""Whether a quotation holds a sentence that was written from it."""

from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

import numpy as np

from rag.answering.writing.binding import Clauses
from rag.answering.writing.figures import figures, possible_figures
from rag.answering.writing.wording import QuotedWords
from rag.arrays import FloatArray
from rag.documents import sure_language
from rag.documents.text.sentences import split_sentences
from rag.errors import QuestionError
from rag.index.generation import Generation

#: The least cosine of a sentence with the quotations or one of their sentences: see docs/writer.md.
NEAR = 0.5


class SentenceFault(StrEnum):
    """Why a quotation does not hold a sentence."""

    FIGURE = "figure"
    WORD = "word"
    NUMBER_ELSEWHERE = "number elsewhere"
    DENIAL = "denial"
    MEANING = "meaning"


class SentenceChecker:
    """Compares sentences with quotations, with the encoder of a generation. May be used by several
    threads at once.
    """

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._vectors = lru_cache(maxsize=256)(self._encoded)

    def fault(self, sentence: str, quotes: Sequence[str]) -> SentenceFault | None:
        """Why the quotations that a sentence cites do not hold it; None where they do.

        Every number, date, name and word that says something must be in them, so the sentence is in
        their language; numbers beside words that they stand beside there. What they deny must be
        denied, and the meaning must be near.
        """
        quote = "\n".join(quotes)
        held = possible_figures(quote)
        if any(held.isdisjoint(each) for each in figures(sentence)):
            return SentenceFault.FIGURE
        if QuotedWords(quote, self._generation.word_frequencies.shares).new_words(sentence):
            return SentenceFault.WORD
        clauses = Clauses(quote)
        if not clauses.binds(sentence):
            return SentenceFault.NUMBER_ELSEWHERE
        if not clauses.agrees(sentence):
            return SentenceFault.DENIAL
        return None if self._nearness(sentence, quotes) >= NEAR else SentenceFault.MEANING

    def _nearness(self, sentence: str, quotes: Sequence[str]) -> float:
        """The cosine of a sentence with the quotations, or with the sentence of them nearest."""
        said = self._vectors(sentence)
        texts = [*quotes, *(q[s.start : s.end] for q in quotes for s in split_sentences(q))]
        return max((self._cosine(said, text) for text in texts), default=-1.0)

    def _cosine(self, said: FloatArray | None, text: str) -> float:
        vector = self._vectors(text)
        return -1.0 if said is None or vector is None else float(np.dot(said, vector))

    def _encoded(self, text: str) -> FloatArray | None:
        """A text's unit vector; None where it does not fit the model."""
        try:
            encoded = self._generation.encoder.encode(text)
        except QuestionError:
            return None
        means = self._generation.language_means
        return means.centered_question(encoded, text, sure_language(text)).vector
