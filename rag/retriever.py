"""Finds the passages that answer a question, with an absolute score."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rag.corpus import StoredParagraph
from rag.documents import detect_script
from rag.generation import NO_SCRIPT, Generation, script_code
from rag.lexical import coverage, terms
from rag.question_type import Kind, asked_kind

#: The weight of exact words where question and passage share a script; a Latin word or a number
#: in a Chinese text says little of an English question, so across scripts only names count.
WORDS = 0.3
NAMES = 0.03
#: What a sentence gains that can hold the kind of answer that is asked for.
KIND = 0.04
_DEPTH = 100

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the index sees it.

    `plain` is its unit vector; `vector`, for ranking, lies midway to that of the question with
    its romanized names in Chinese characters, and is the same where there are none.
    """

    text: str
    vector: FloatArray
    plain: FloatArray
    weighed: dict[str, float]
    kind: Kind
    script: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A paragraph found: its row, its score, and what the score is made of.

    `meaning` is that of the question as it was asked. `words` is the share of its words, or across
    scripts of its names. `background` is the question's cosine to the mean of all paragraphs:
    what it would have in common with any.
    """

    row: int
    score: float
    meaning: float
    words: float
    same_script: bool
    background: float = 0.0


class Retriever:
    """Ranks the paragraphs of one generation. May be used by several threads at once."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation

    def query(self, question: str) -> Query:
        """Raises QuestionError when the question does not fit the model."""
        plain = self.generation.encoder.encode(question)
        return Query(
            text=question,
            vector=self._with_names(question, plain),
            plain=plain,
            weighed=self.generation.lexical.weigh(terms(question)),
            kind=asked_kind(question),
            script=script_code(detect_script(question)),
        )

    def _with_names(self, question: str, plain: FloatArray) -> FloatArray:
        restored = self.generation.names.restore(question)
        if restored == question:
            return plain
        midway = plain + self.generation.encoder.encode(restored)
        unit: FloatArray = midway / np.linalg.norm(midway)
        return unit

    def search(self, query: Query, count: int) -> list[Hit]:
        """The best paragraphs, best first.

            score(p) = (cos(q, p) + max_s (cos(q, s) + KIND [s holds the kind asked for])) / 2
                     + WORDS lex(q, p) where q and p share a script, else + NAMES names(q, p)

        over the sentences s of p; exact for every paragraph among the best of any part.
        """
        index = self.generation
        # Digits alone are of no script, and mean the same in all.
        same = (index.scripts == query.script) | (query.script == NO_SCRIPT)
        shares = index.lexical.scores(query.weighed) * same
        if not same.all():
            shares += index.names.scores(query.text) * ~same
        rows = self._candidates(query, shares, max(count, _DEPTH))
        meaning = self._meaning(query, rows, query.vector)
        scores = meaning + np.where(same[rows], WORDS, NAMES) * shares[rows]
        best = np.argsort(-scores, kind="stable")[:count]
        if query.vector is not query.plain:  # names already count by themselves
            meaning[best] = self._meaning(query, rows[best], query.plain)
        background = float(query.plain @ index.paragraph_mean)
        return [
            Hit(
                row=int(rows[at]),
                score=float(scores[at]),
                meaning=float(meaning[at]),
                words=float(shares[rows[at]]),
                same_script=bool(same[rows[at]]),
                background=background,
            )
            for at in best
        ]

    def sentence_scores(self, query: Query, stored: StoredParagraph) -> FloatArray:
        """How well each sentence of a paragraph answers by itself, in order."""
        bounds = self.generation.sentence_bounds
        rows = np.arange(int(bounds[stored.row]), int(bounds[stored.row + 1]))
        scores = self._sentence_meaning(query, rows, query.vector)
        if query.script in (NO_SCRIPT, self.generation.scripts[stored.row]):
            offset = stored.paragraph.start
            texts = (
                stored.text[s.start - offset : s.end - offset] for s in stored.paragraph.sentences
            )
            words = [coverage(query.weighed, text) for text in texts]
            scores = scores + np.float32(WORDS) * np.array(words, dtype=np.float32)
        return scores

    def _candidates(self, query: Query, shares: FloatArray, depth: int) -> IntArray:
        index = self.generation
        near = index.paragraphs.nearest(query.vector, depth)
        sentences = index.sentences.nearest(query.vector, 2 * depth)
        owners = np.searchsorted(index.sentence_bounds, sentences, side="right") - 1
        depth = min(depth, len(shares))
        shared = np.argpartition(-shares, depth - 1)[:depth]
        return np.unique(np.concatenate([near, owners, shared[shares[shared] > 0]]))

    def _meaning(self, query: Query, rows: IntArray, vector: FloatArray) -> FloatArray:
        """The mean of a paragraph's cosine and that of its best sentence."""
        index = self.generation
        first, last = index.sentence_bounds[rows], index.sentence_bounds[rows + 1]
        starts = np.concatenate([[0], np.cumsum(last - first)[:-1]])
        spread = np.repeat(first - starts, last - first) + np.arange(int((last - first).sum()))
        best = np.maximum.reduceat(self._sentence_meaning(query, spread, vector), starts)
        whole = index.paragraphs.products(vector, rows)
        meaning: FloatArray = (whole + best) / np.float32(2)
        return meaning

    def _sentence_meaning(self, query: Query, rows: IntArray, vector: FloatArray) -> FloatArray:
        index = self.generation
        fits = (index.sentence_kinds[rows] & query.kind) != 0
        cosines = index.sentences.products(vector, rows)
        meaning: FloatArray = cosines + np.float32(KIND) * fits
        return meaning
