"""What a passage's score is made of: cosines, words, and late interaction, with their weights."""

from dataclasses import dataclass

import numpy as np

from rag.arrays import BoolArray, FloatArray, IntArray, ranges
from rag.index.answer_kind import Kind
from rag.index.generation import Generation

#: The weight of exact words where question and passage share a script; a Latin word or a number
#: in a Chinese text says little of an English question, so across scripts only names count.
WORDS = 0.3
NAMES = 0.03
#: What a sentence gains that can hold the kind of answer that is asked for.
KIND = 0.03
#: The weights of the second stage, in one script and across two, of a paragraph's vector, of its
#: best sentence's, and of late interaction, of which the best sentence has a share by itself; and
#: of its mirror.
PARAGRAPH, PARAGRAPH_ACROSS = 0.5, 0.2
SENTENCE, SENTENCE_ACROSS = 0.7, 0.8
LATE, LATE_ACROSS = 0.5, 1.2
LATE_IN_SENTENCE = 0.25
MIRRORED = 0.15
#: The weight of words that stand together in one sentence.
TOGETHER = 0.1
#: The weight of exact words where one sentence is compared with the next.
WORDS_OF_SENTENCE = 0.2
#: One in so many of the question's tokens counts among the weakest.
_WEAKEST = 4


@dataclass(frozen=True, slots=True)
class Sentences:
    """The rows of the sentences of some paragraphs, one paragraph after the other.

    `bounds` says where those of each begin, and at the end how many there are; `fits` which can
    hold the kind of answer that is asked for, none where that is any.
    """

    rows: IntArray
    bounds: IntArray
    fits: BoolArray

    @classmethod
    def of(cls, index: Generation, rows: IntArray, kind: Kind) -> "Sentences":
        """Those of the paragraphs in these rows."""
        found, bounds = ranges(index.sentence_bounds[rows], index.sentence_bounds[rows + 1])
        return cls(found, bounds, (index.sentence_kinds[found] & kind) != 0)

    def best(self, values: FloatArray) -> FloatArray:
        """The largest value among the sentences of each paragraph."""
        best: FloatArray = np.maximum.reduceat(values, self.bounds[:-1])
        return best

    def of_each(self, facts: BoolArray) -> BoolArray:
        """For each sentence what is so of its paragraph."""
        return np.repeat(facts, np.diff(self.bounds))

    def apart(self, values: FloatArray) -> list[FloatArray]:
        """The values of each paragraph's sentences."""
        return np.split(values, self.bounds[1:-1])


@dataclass(frozen=True, slots=True)
class Meaning:
    """Cosines to each of some paragraphs, to each of their sentences with what it gains by its
    kind, and to the best of these.
    """

    paragraphs: FloatArray
    sentences: FloatArray
    best: FloatArray

    @classmethod
    def of(
        cls, index: Generation, vector: FloatArray, rows: IntArray, sentences: Sentences
    ) -> "Meaning":
        """That of a question's vector."""
        by_kind = index.sentences.products(vector, sentences.rows)
        by_kind += np.float32(KIND) * sentences.fits
        return cls(index.paragraphs.products(vector, rows), by_kind, sentences.best(by_kind))

    def mean(self) -> FloatArray:
        """What vectors alone tell."""
        mean: FloatArray = (self.paragraphs + self.best) / np.float32(2)
        return mean


@dataclass(frozen=True, slots=True)
class Late:
    """Late interaction with each of some paragraphs, with each of their sentences, and with the
    best of these.

    `tokens` is what each token of the question finds in a paragraph, `mirrored` what its tokens
    find in the question. `known` is False where there are no tokens, and all is 0.
    """

    paragraphs: FloatArray
    sentences: FloatArray
    best: FloatArray
    tokens: FloatArray
    mirrored: FloatArray
    known: bool = True

    @classmethod
    def of(
        cls, index: Generation, tokens: FloatArray, rows: IntArray, sentences: Sentences
    ) -> "Late":
        """That of a question's tokens, shape (layers, tokens, dimension)."""
        if index.tokens is None or not tokens.size:
            nothing, no_sentence = (
                np.zeros(len(each), dtype=np.float32) for each in (rows, sentences.rows)
            )
            return cls(nothing, no_sentence, nothing, nothing[:, np.newaxis], nothing, known=False)
        found = index.tokens.similarities(tokens, rows)
        best = sentences.best(found.sentences)
        return cls(found.paragraphs, found.sentences, best, found.tokens, found.mirrored)

    def weakest(self) -> FloatArray:
        """What the quarter of the question's tokens that find least find, for each paragraph."""
        count = -(-self.tokens.shape[1] // _WEAKEST)
        weakest: FloatArray = np.partition(self.tokens, count - 1)[:, :count].mean(axis=1)
        return weakest

    def adds(self, to: int) -> FloatArray:
        """How much better each matches the question's tokens than one of them, where it does."""
        adds: FloatArray = np.maximum(self.tokens - self.tokens[to], 0).mean(axis=1)
        return adds


@dataclass(frozen=True, slots=True)
class Compared:
    """What a question has in common with some paragraphs: all that their scores are made of.

    `words` is what its words, or names, are worth in each paragraph, `same` whether that shares
    its script; `covered` is the share of its words in each sentence.
    """

    sentences: Sentences
    words: FloatArray
    same: BoolArray
    meaning: Meaning
    late: Late
    covered: FloatArray

    def together(self, *, of_a_kind: bool) -> FloatArray:
        """The share of words that stand together in one sentence of each paragraph."""
        covered = self.covered * self.sentences.fits if of_a_kind else self.covered
        together: FloatArray = self.sentences.best(covered) * self.same
        return together

    def scores(self, together: FloatArray) -> FloatArray:
        """Of the paragraphs, as `Retriever.search` describes them."""
        scores: FloatArray = self.words + np.float32(TOGETHER) * together
        if not self.late.known:
            return scores + self.meaning.mean()
        late = (1 - LATE_IN_SENTENCE) * self.late.paragraphs + LATE_IN_SENTENCE * self.late.best
        scores += np.where(self.same, LATE, LATE_ACROSS) * late - MIRRORED * self.late.mirrored
        scores += np.where(self.same, PARAGRAPH, PARAGRAPH_ACROSS) * self.meaning.paragraphs
        scores += np.where(self.same, SENTENCE, SENTENCE_ACROSS) * self.meaning.best
        return scores

    def sentence_scores(self) -> list[FloatArray]:
        """How well each sentence answers by itself, for each of the paragraphs."""
        words = self.covered * self.sentences.of_each(self.same)
        scores = self.meaning.sentences + np.float32(WORDS_OF_SENTENCE) * words
        return self.sentences.apart(scores + np.float32(LATE) * self.late.sentences)
