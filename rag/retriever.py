"""Finds the passages that answer a question, with an absolute score."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rag.documents import detect_script
from rag.generation import Generation, script_code
from rag.lexical import terms

#: The weight of exact words beside meaning, in one script and across scripts. A Latin word or a
#: number that a question in another language shares with a passage says little.
SAME_SCRIPT = 0.3
ACROSS_SCRIPTS = 0.1
_DEPTH = 100

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the index sees it."""

    text: str
    vector: FloatArray
    weighed: dict[str, float]
    script: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A paragraph found: its row, its score, and what the score is made of."""

    row: int
    score: float
    meaning: float
    words: float
    same_script: bool


class Retriever:
    """Ranks the paragraphs of one generation. May be used by several threads at once."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation

    def query(self, question: str) -> Query:
        """Raises QuestionError when the question does not fit the model."""
        return Query(
            text=question,
            vector=self.generation.encoder.encode(question),
            weighed=self.generation.lexical.weigh(terms(question)),
            script=detect_script(question),
        )

    def search(self, query: Query, count: int) -> list[Hit]:
        """The best paragraphs, best first.

        score(p) = (cos(q, p) + max_s cos(q, s)) / 2 + weight * lex(q, p), over the sentences s of
        p; exact for every paragraph among the best of any of its three parts.
        """
        words = self.generation.lexical.scores(query.weighed)
        rows = self._candidates(query, words, max(count, _DEPTH))
        meaning = self._meaning(query.vector, rows)
        same = self.generation.scripts[rows] == script_code(query.script)
        scores = meaning + np.where(same, SAME_SCRIPT, ACROSS_SCRIPTS) * words[rows]
        best = np.argsort(-scores, kind="stable")[:count]
        return [
            Hit(
                row=int(rows[at]),
                score=float(scores[at]),
                meaning=float(meaning[at]),
                words=float(words[rows[at]]),
                same_script=bool(same[at]),
            )
            for at in best
        ]

    def _candidates(self, query: Query, words: FloatArray, depth: int) -> IntArray:
        index = self.generation
        near = index.paragraphs.nearest(query.vector, depth)
        sentences = index.sentences.nearest(query.vector, 2 * depth)
        owners = np.searchsorted(index.sentence_bounds, sentences, side="right") - 1
        depth = min(depth, len(words))
        worded = np.argpartition(-words, depth - 1)[:depth]
        return np.unique(np.concatenate([near, owners, worded[words[worded] > 0]]))

    def _meaning(self, vector: FloatArray, rows: IntArray) -> FloatArray:
        """The mean of a paragraph's cosine and that of its best sentence."""
        index = self.generation
        first, last = index.sentence_bounds[rows], index.sentence_bounds[rows + 1]
        starts = np.concatenate([[0], np.cumsum(last - first)[:-1]])
        spread = np.repeat(first - starts, last - first) + np.arange(int((last - first).sum()))
        sentences = index.sentences.products(vector, spread)
        whole = index.paragraphs.products(vector, rows)
        best = np.maximum.reduceat(sentences, starts)
        meaning: FloatArray = (whole + best) / np.float32(2)
        return meaning

    def sentence_cosines(self, query: Query, row: int) -> FloatArray:
        """The cosine of each sentence of a paragraph, in order."""
        bounds = self.generation.sentence_bounds
        return self.generation.sentences.products(
            query.vector, np.arange(int(bounds[row]), int(bounds[row + 1]))
        )
