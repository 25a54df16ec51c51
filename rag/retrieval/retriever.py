"""Finds the passages that answer a question, with an absolute score."""

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from rag.arrays import BoolArray, FloatArray, IntArray
from rag.documents import detect_script
from rag.index.answer_kind import Kind, asked_kind
from rag.index.bm25 import terms
from rag.index.generation import NO_SCRIPT, Generation, script_code
from rag.processors import usable_processors
from rag.retrieval.scoring import NAMES, WORDS, Compared, Late, Meaning, Sentences

_DEPTH = 100
#: As many of the best go on to the second stage, or as many as are asked for; more where another
#: script is among the candidates, since vectors tell less across languages.
_RERANKED, _RERANKED_ACROSS = 8, 20


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the index sees it.

    `plain` is its unit vector; `vector`, for ranking, lies midway to that of the question with
    its romanized names in Chinese characters, and is the same where there are none. `tokens` are
    the states of its tokens, shape (layers, tokens, dimension), of both where there are two.
    """

    text: str
    vector: FloatArray
    plain: FloatArray
    tokens: FloatArray
    weighed: dict[str, float]
    kind: Kind
    script: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A paragraph found: its row, its score, and what the score is made of.

    `sentence` is the cosine of its best sentence to the question as it was asked. `words` is the
    share of its words, or across scripts of its names, `together` the share that one sentence has.
    `late` is late interaction, `late_sentence` that of the best sentence, `weakest` that of the
    quarter of the question's tokens that find least. `adds` is how much better it matches parts of
    the question than the best hit does. `sentences` is how well each of its sentences answers by
    itself, in order.
    """

    row: int
    score: float
    sentence: float
    words: float
    same_script: bool
    sentences: FloatArray = field(repr=False, compare=False)
    late: float = 0.0
    late_sentence: float = 0.0
    weakest: float = 0.0
    together: float = 0.0
    adds: float = 0.0


class Retriever:
    """Ranks the paragraphs of one generation. May be used by several threads at once."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self._beside = ThreadPoolExecutor(usable_processors(), thread_name_prefix="near")

    def query(self, question: str) -> Query:
        """Raises QuestionError when the question does not fit the model."""
        plain = self.generation.encoder.encode(question)
        vector, tokens = plain.vector, plain.tokens
        restored = self.generation.names.restore(question)
        if restored != question:
            named = self.generation.encoder.encode(restored)
            midway = plain.vector + named.vector
            vector = midway / np.linalg.norm(midway)
            tokens = np.concatenate([tokens, named.tokens], axis=1)
        return Query(
            text=question,
            vector=vector,
            plain=plain.vector,
            tokens=tokens,
            weighed=self.generation.lexical.weigh(terms(question)),
            kind=asked_kind(question),
            script=script_code(detect_script(question)),
        )

    def search(self, query: Query, count: int) -> list[Hit]:
        """The best paragraphs, best first; `count` is 1 or more.

            first(p) = (cos(q, p) + max_s (cos(q, s) + KIND [s holds the kind])) / 2 + words(q, p)

        over the sentences s of p, KIND where one holds the kind of answer that is asked for, and
        with WORDS lex(q, p) for words where q and p share a script, else NAMES names(q, p); exact
        for every paragraph among the best of any part. The best of these are ranked again, by

            score(p) = PARAGRAPH cos(q, p) + SENTENCE max_s (cos(q, s) + KIND [...]) + words(q, p)
                     + LATE ((1 - LATE_IN_SENTENCE) late(q, p) + LATE_IN_SENTENCE max_s late(q, s))
                     - MIRRORED mirror(q, p) + TOGETHER max_s cover(q, s)

        with the weights for two scripts where they differ; without tokens by first and the last
        term. cover is the share of the question's words that a sentence has, 0 across scripts and
        in one that cannot hold the kind asked for.
        """
        rows, shares, same = self._first_stage(query, count)
        compared = self._compared(query, rows, _words(shares, same), same)
        together = compared.together(of_a_kind=query.kind is not Kind.ANY)
        scores = compared.scores(together)
        order = np.argsort(-scores, kind="stable")[:count].tolist()
        cosines = self._best_sentences(query, compared.sentences)
        late, by_sentence = compared.late, compared.sentence_scores()
        weakest, adds = late.weakest(), late.adds(order[0])
        return [
            Hit(
                row=int(rows[at]),
                score=float(scores[at]),
                sentence=float(cosines[at]),
                words=float(shares[at]),
                same_script=bool(same[at]),
                late=float(late.paragraphs[at]),
                late_sentence=float(late.best[at]),
                weakest=float(weakest[at]),
                together=float(together[at]),
                adds=float(adds[at]),
                sentences=by_sentence[at],
            )
            for at in order
        ]

    def sentence_scores(self, query: Query, rows: IntArray) -> list[FloatArray]:
        """How well each sentence of some paragraphs answers by itself, in order."""
        same = self._same_script(query)[rows]
        nothing = np.zeros(len(rows), dtype=np.float32)
        return self._compared(query, rows, nothing, same).sentence_scores()

    def _compared(
        self, query: Query, rows: IntArray, words: FloatArray, same: BoolArray
    ) -> Compared:
        index = self.generation
        sentences = Sentences.of(index, rows, query.kind)
        return Compared(
            sentences=sentences,
            words=words,
            same=same,
            meaning=Meaning.of(index, query.vector, rows, sentences),
            late=Late.of(index, query.tokens, rows, sentences),
            covered=index.lexical.coverage(query.weighed, sentences.rows),
        )

    def _best_sentences(self, query: Query, sentences: Sentences) -> FloatArray:
        """The cosine of the best sentence of each paragraph to the question as it was asked."""
        return sentences.best(self.generation.sentences.products(query.plain, sentences.rows))

    def _same_script(self, query: Query) -> BoolArray:
        """Which paragraphs share the question's script; digits alone are of none, and mean the
        same in all.
        """
        scripts = self.generation.scripts
        same: BoolArray = scripts == query.script
        return np.ones_like(same) if query.script == NO_SCRIPT else same

    def _first_stage(self, query: Query, count: int) -> tuple[IntArray, FloatArray, BoolArray]:
        """The rows that go on, best first, with their shares of words, and whether they share the
        question's script.
        """
        index = self.generation
        depth = max(count, _DEPTH)
        near: Callable[[], IntArray] = partial(self._near, query.vector, depth)
        if index.sentences.has_graph:  # takes milliseconds, in which words are looked up
            near = self._beside.submit(near).result
        same = self._same_script(query)
        shares = index.lexical.scores(query.weighed)
        if not same.all():
            shares = np.where(same, shares, index.names.scores(query.text))
        rows = np.union1d(near(), _largest(shares, depth))
        shares, same = shares[rows], same[rows]
        sentences = Sentences.of(index, rows, query.kind)
        meaning = Meaning.of(index, query.vector, rows, sentences)
        order = np.argsort(-(meaning.mean() + _words(shares, same)), kind="stable")
        depth = _RERANKED if same.all() else _RERANKED_ACROSS
        best = order[: max(count, depth)]
        return rows[best], shares[best], same[best]

    def _near(self, vector: FloatArray, depth: int) -> IntArray:
        """The paragraphs that mean something near a question, or have a sentence that does."""
        index = self.generation
        sentences = index.sentences.nearest(vector, 2 * depth)
        owners = np.searchsorted(index.sentence_bounds, sentences, side="right") - 1
        return np.concatenate([index.paragraphs.nearest(vector, depth), owners])


def _words(shares: FloatArray, same: BoolArray) -> FloatArray:
    """What the words of the question that paragraphs have are worth, or its names."""
    words: FloatArray = np.where(same, np.float32(WORDS), np.float32(NAMES)) * shares
    return words


def _largest(shares: FloatArray, count: int) -> IntArray:
    """Where the largest are, at most so many, and none that is 0.

    Of many shares each stands in a column; only the columns with the largest can hold any.
    """
    depth = max(1, math.isqrt(len(shares) // count))
    width = len(shares) // depth
    columns = _last(shares[: depth * width].reshape(depth, width).max(axis=0), count)
    rows = (columns + np.arange(depth)[:, np.newaxis] * width).ravel()
    rows = np.concatenate([rows, np.arange(depth * width, len(shares))])
    largest: IntArray = rows[_last(shares[rows], count)]
    return largest[shares[largest] > 0]


def _last(values: FloatArray, count: int) -> IntArray:
    """Where the largest are, at most so many."""
    first = max(len(values) - count, 0)
    last: IntArray = np.argpartition(values, first)[first:]
    return last
