"""What a passage's score is made of: cosines, MaxSim and exact terms, with their weights.

    score(q, p) = PARAGRAPH cos(q, p) + SENTENCE max_s (cos(q, s) + KIND [s holds the kind])
                + MAXSIM maxsim(q, p) + SENTENCE_MAXSIM max_s maxsim(q, s)
                - REVERSE_MAXSIM maxsim(p, q)
                + LEXICAL lex(q, p) + TOGETHER max_s coverage(q, s) + OWN_LANGUAGE [same language]

over the sentences s of p. Vectors and token states are without their languages' bias, so that one
set of weights serves all pairs of languages. Terms count where question and passage share a script;
across scripts those of romanized names do, with the weight NAMES. OWN_LANGUAGE offsets the rest of
the advantage that a passage in the question's own language has. At last a passage in the question's
language comes first among those that say the same: a score is raised to just above that of a
passage in another language, where their vectors have at least the cosine SAYS_THE_SAME and their
scores differ by at most NEAR_SCORE.

Fitted on XQuAD in Chinese, English, Turkish, Hindi and Greek (docs/evaluation.md).
"""

from dataclasses import dataclass

import numpy as np

from rag.arrays import BoolArray, FloatArray
from rag.index.answer_kind import Kind
from rag.index.candidates import Candidates
from rag.index.tokens.maxsim import Similarities

PARAGRAPH = 0.25
SENTENCE = 0.45
MAXSIM = 0.9
SENTENCE_MAXSIM = 0.6
REVERSE_MAXSIM = 0.2
LEXICAL = 0.4
NAMES = 0.1
TOGETHER = 0.2
OWN_LANGUAGE = -0.16
#: What a sentence gains that can hold the kind of answer that is asked for.
KIND = 0.1
#: The weights of terms and of MaxSim where one sentence is compared with the next.
LEXICAL_OF_SENTENCE = 0.4
MAXSIM_OF_SENTENCE = 1.0
#: When two passages say the same: the least cosine of their vectors, the largest difference of
#: their scores.
SAYS_THE_SAME = 0.45
NEAR_SCORE = 0.35
#: How far ahead the passage in the question's language is put.
_AHEAD = 1e-4


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a question has in common with candidates: arrays in the candidates' order, of the shape
    (paragraphs,), or (sentences,) for values of sentences.

    `own_language` says which are in the question's language, `own_script` in its script. The
    cosines of sentences include the gain for the kind of answer in them. `similarities` is None
    where there are no tokens to compare.
    """

    candidates: Candidates
    own_language: BoolArray
    own_script: BoolArray
    paragraph_cosines: FloatArray
    sentence_cosines: FloatArray
    similarities: Similarities | None
    fits_kind: BoolArray

    @classmethod
    def gather(
        cls,
        candidates: Candidates,
        vector: FloatArray,
        kind: Kind,
        own_language: BoolArray,
        own_script: BoolArray,
        similarities: Similarities | None = None,
    ) -> "Evidence":
        """The evidence for a question with this unit vector, shape (dimension,), that asks for this
        kind of answer; `own_language` and `own_script` have the shape (paragraphs,).
        """
        fits_kind = (candidates.sentence_kinds & int(kind)) != 0
        by_kind = candidates.sentence_vectors @ vector + np.float32(KIND) * fits_kind
        return cls(
            candidates,
            own_language,
            own_script,
            candidates.vectors @ vector,
            by_kind.astype(np.float32),
            similarities,
            fits_kind,
        )

    def lexical(self) -> FloatArray:
        """The share of the question's terms in each paragraph, 0 to 1, shape (paragraphs,); across
        scripts, of its names.
        """
        lexical: FloatArray = np.where(
            self.own_script, self.candidates.terms, self.candidates.names
        )
        return lexical

    def same_sentence_coverage(self, kind: Kind) -> FloatArray:
        """The largest share of the question's terms that one sentence of each paragraph has, shape
        (paragraphs,), of those sentences that can hold the kind of answer asked for.
        """
        covered = self.candidates.coverage
        if kind is not Kind.ANY:
            covered = covered * self.fits_kind
        coverage: FloatArray = self.candidates.best_sentences(covered) * self.own_script
        return coverage

    def first_scores(self) -> FloatArray:
        """Scores without MaxSim, shape (paragraphs,), by which the pool is chosen."""
        best = self.candidates.best_sentences(self.sentence_cosines)
        scores: FloatArray = self._terms() + np.float32(0.5) * (self.paragraph_cosines + best)
        return scores

    def scores(self, coverage: FloatArray) -> FloatArray:
        """The scores that the module describes, shape (paragraphs,), with the passage in the
        question's language first among those that say the same; without tokens `first_scores`.
        `coverage`, shape (paragraphs,), is that of `same_sentence_coverage`.
        """
        if self.similarities is None:
            return self._own_language_first(self.first_scores())
        scores = self._terms() + np.float32(TOGETHER) * coverage
        scores += np.float32(PARAGRAPH) * self.paragraph_cosines
        best = self.candidates.best_sentences
        scores += np.float32(SENTENCE) * best(self.sentence_cosines)
        scores += np.float32(MAXSIM) * self.similarities.paragraphs
        scores += np.float32(SENTENCE_MAXSIM) * best(self.similarities.sentences)
        scores -= np.float32(REVERSE_MAXSIM) * self.similarities.reverse
        return self._own_language_first(scores)

    def _terms(self) -> FloatArray:
        weights: FloatArray = np.where(self.own_script, np.float32(LEXICAL), np.float32(NAMES))
        own_language = np.float32(OWN_LANGUAGE) * self.own_language.astype(np.float32)
        terms: FloatArray = weights * self.lexical() + own_language
        return terms

    def _own_language_first(self, scores: FloatArray) -> FloatArray:
        """Scores in which a passage in the question's language is ahead of what says the same in
        another.
        """
        own, other = np.flatnonzero(self.own_language), np.flatnonzero(~self.own_language)
        if not len(own) or not len(other):
            return scores
        vectors = self.candidates.vectors
        same = vectors[own] @ vectors[other].T >= SAYS_THE_SAME
        same &= scores[other] - scores[own][:, np.newaxis] <= NEAR_SCORE
        rivals = np.where(same, scores[other] + np.float32(_AHEAD), -np.inf).max(axis=1)
        first = scores.copy()
        first[own] = np.maximum(scores[own], rivals)
        return first

    def sentence_scores(self) -> list[FloatArray]:
        """How well each sentence answers by itself: for each paragraph an array of shape
        (sentences,).
        """
        candidates = self.candidates
        shared = np.repeat(self.own_script, np.diff(candidates.bounds))
        scores = self.sentence_cosines + np.float32(LEXICAL_OF_SENTENCE) * (
            candidates.coverage * shared
        )
        if self.similarities is not None:
            scores = scores + np.float32(MAXSIM_OF_SENTENCE) * self.similarities.sentences
        return candidates.by_paragraph(scores)


def complements(similarities: Similarities, of: int) -> FloatArray:
    """How much better each paragraph matches the question's tokens than the paragraph at place `of`
    does: the mean gain over all tokens, shape (paragraphs,).
    """
    gains = np.maximum(similarities.tokens - similarities.tokens[of], 0)
    complement: FloatArray = gains.mean(axis=1)
    return complement
