"""What a passage's score is made of: cosines, words, and late interaction, with their weights."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rag.arrays import ranges
from rag.generation import Generation

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
#: One in so many of the question's tokens counts among the weakest.
_WEAKEST = 4

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Meaning:
    """Cosines to each of some paragraphs, and to the best of its sentences: by itself, and with
    what a sentence gains by its kind.
    """

    paragraphs: FloatArray
    sentences: FloatArray
    by_kind: FloatArray

    @classmethod
    def of(
        cls, index: Generation, vector: FloatArray, rows: IntArray, fits: BoolArray
    ) -> "Meaning":
        """That of a question's vector; `fits` says which of the sentences are of the kind."""
        sentences, bounds = ranges(index.sentence_bounds[rows], index.sentence_bounds[rows + 1])
        cosines = index.sentences.products(vector, sentences)
        by_kind = cosines + np.float32(KIND) * fits
        best, with_kind = (np.maximum.reduceat(each, bounds[:-1]) for each in (cosines, by_kind))
        return cls(index.paragraphs.products(vector, rows), best, with_kind)

    def mean(self) -> FloatArray:
        """What vectors alone tell."""
        mean: FloatArray = (self.paragraphs + self.by_kind) / np.float32(2)
        return mean

    def of_rows(self, at: IntArray) -> "Meaning":
        """Those of some of the paragraphs."""
        return Meaning(self.paragraphs[at], self.sentences[at], self.by_kind[at])


@dataclass(frozen=True, slots=True)
class Late:
    """Late interaction with each of some paragraphs, and of the best sentence of each.

    `tokens` is what each token of the question finds in it, `mirrored` what its tokens find in the
    question, `by_sentence` what each of its sentences has by itself.
    """

    paragraphs: FloatArray
    sentences: FloatArray
    tokens: FloatArray
    mirrored: FloatArray
    by_sentence: list[FloatArray | None]

    @classmethod
    def of(cls, index: Generation, tokens: FloatArray, rows: IntArray) -> "Late":
        """That of a question's tokens, shape (layers, tokens, dimension); 0 where none are."""
        if index.tokens is None or not tokens.size:
            nothing = np.zeros(len(rows), dtype=np.float32)
            return cls(nothing, nothing, nothing[:, np.newaxis], nothing, [None] * len(rows))
        found = index.tokens.similarities(tokens, rows)
        _, bounds = ranges(index.sentence_bounds[rows], index.sentence_bounds[rows + 1])
        best = np.maximum.reduceat(found.sentences, bounds[:-1])
        by_sentence = list[FloatArray | None](np.split(found.sentences, bounds[1:-1]))
        return cls(found.paragraphs, best, found.tokens, found.mirrored, by_sentence)

    def score(self, meaning: Meaning, same: BoolArray) -> FloatArray:
        """What vectors and tokens tell together, vectors alone where there are no tokens.

        `same` says which paragraphs share the question's script.
        """
        if self.by_sentence[0] is None:
            return meaning.mean()
        late = (1 - LATE_IN_SENTENCE) * self.paragraphs + LATE_IN_SENTENCE * self.sentences
        score: FloatArray = np.where(same, LATE, LATE_ACROSS) * late - MIRRORED * self.mirrored
        score += np.where(same, PARAGRAPH, PARAGRAPH_ACROSS) * meaning.paragraphs
        score += np.where(same, SENTENCE, SENTENCE_ACROSS) * meaning.by_kind
        return score

    def weakest(self) -> FloatArray:
        """What the quarter of the question's tokens that find least find, for each paragraph."""
        count = -(-self.tokens.shape[1] // _WEAKEST)
        weakest: FloatArray = np.sort(self.tokens, axis=1)[:, :count].mean(axis=1)
        return weakest

    def adds(self, at: int, to: int) -> float:
        """How much better a paragraph matches the question's tokens than another, where it does."""
        return float(np.maximum(self.tokens[at] - self.tokens[to], 0).mean())
