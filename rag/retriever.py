"""Finds the passages that answer a question, with an absolute score."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from rag.arrays import ranges
from rag.corpus import StoredParagraph
from rag.documents import detect_script
from rag.generation import NO_SCRIPT, Generation, script_code
from rag.lexical import terms
from rag.question_type import Kind, asked_kind
from rag.scoring import KIND, LATE, NAMES, TOGETHER, WORDS, Late, Meaning

#: The weight of exact words where one sentence is compared with the next.
WORDS_OF_SENTENCE = 0.2
_DEPTH = 100
#: As many of the best go on to the second stage, or as many as are asked for; more where another
#: script is among the candidates, since vectors tell less across languages.
_RERANKED, _RERANKED_ACROSS = 8, 20

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


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
    the question than the best hit does. `sentences` is the late interaction of each of its
    sentences, where there is any.
    """

    row: int
    score: float
    sentence: float
    words: float
    same_script: bool
    late: float = 0.0
    late_sentence: float = 0.0
    weakest: float = 0.0
    together: float = 0.0
    adds: float = 0.0
    sentences: FloatArray | None = field(default=None, repr=False, compare=False)


class Retriever:
    """Ranks the paragraphs of one generation. May be used by several threads at once."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation

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
        """The best paragraphs, best first.

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
        rows, meaning, shares, same = self._first_stage(query, count)
        late = Late.of(self.generation, query.tokens, rows)
        together = self._together(query, rows) * same
        scores = late.score(meaning, same) + _words(shares, same) + TOGETHER * together
        plain = meaning
        if query.plain is not query.vector:  # names already count by themselves
            plain = self._meaning(query, rows, query.plain)
        weakest = late.weakest()
        order = np.argsort(-scores, kind="stable")[:count].tolist()
        return [
            Hit(
                row=int(rows[at]),
                score=float(scores[at]),
                sentence=float(plain.sentences[at]),
                words=float(shares[at]),
                same_script=bool(same[at]),
                late=float(late.paragraphs[at]),
                late_sentence=float(late.sentences[at]),
                weakest=float(weakest[at]),
                together=float(together[at]),
                adds=late.adds(at, order[0]),
                sentences=late.by_sentence[at],
            )
            for at in order
        ]

    def _same_script(self, query: Query) -> BoolArray:
        """Which paragraphs share the question's script; digits alone are of none, and mean the
        same in all.
        """
        same: BoolArray = self.generation.scripts == query.script
        return same | (query.script == NO_SCRIPT)

    def _first_stage(
        self, query: Query, count: int
    ) -> tuple[IntArray, Meaning, FloatArray, BoolArray]:
        """The rows that go on, best first, with what they mean to the question, their shares of
        words, and whether they share the question's script.
        """
        index = self.generation
        same = self._same_script(query)
        shares = index.lexical.scores(query.weighed) * same
        if not same.all():
            shares += index.names.scores(query.text) * ~same
        rows = self._candidates(query, shares, max(count, _DEPTH))
        shares, same = shares[rows], same[rows]
        meaning = self._meaning(query, rows, query.vector)
        order = np.argsort(-(meaning.mean() + _words(shares, same)), kind="stable")
        depth = _RERANKED if same.all() else _RERANKED_ACROSS
        best = order[: max(count, depth)]
        return rows[best], meaning.of_rows(best), shares[best], same[best]

    def _together(self, query: Query, rows: IntArray) -> FloatArray:
        """The words that the best sentence of each paragraph has, as a share of the question's."""
        index = self.generation
        sentences, bounds = ranges(index.sentence_bounds[rows], index.sentence_bounds[rows + 1])
        covered = index.lexical.coverage(query.weighed, sentences)
        if query.kind is not Kind.ANY:
            covered *= self._fits(query, sentences)
        together: FloatArray = np.maximum.reduceat(covered, bounds[:-1])
        return together

    def sentence_scores(
        self, query: Query, stored: StoredParagraph, late: FloatArray | None = None
    ) -> FloatArray:
        """How well each sentence of a paragraph answers by itself, in order.

        `late` is their late interaction with this query, where it is known already.
        """
        index = self.generation
        rows = np.array([stored.row])
        sentences, _ = ranges(index.sentence_bounds[rows], index.sentence_bounds[rows + 1])
        scores = index.sentences.products(query.vector, sentences)
        scores += np.float32(KIND) * self._fits(query, sentences)
        if query.script in (NO_SCRIPT, index.scripts[stored.row]):
            scores += np.float32(WORDS_OF_SENTENCE) * index.lexical.coverage(
                query.weighed, sentences
            )
        if late is None and index.tokens is not None and query.tokens.size:
            late = index.tokens.similarities(query.tokens, rows).sentences
        return scores if late is None else scores + np.float32(LATE) * late

    def _candidates(self, query: Query, shares: FloatArray, depth: int) -> IntArray:
        index = self.generation
        near = index.paragraphs.nearest(query.vector, depth)
        sentences = index.sentences.nearest(query.vector, 2 * depth)
        owners = np.searchsorted(index.sentence_bounds, sentences, side="right") - 1
        depth = min(depth, len(shares))
        shared = np.argpartition(-shares, depth - 1)[:depth]
        return np.unique(np.concatenate([near, owners, shared[shares[shared] > 0]]))

    def _meaning(self, query: Query, rows: IntArray, vector: FloatArray) -> Meaning:
        index = self.generation
        sentences, _ = ranges(index.sentence_bounds[rows], index.sentence_bounds[rows + 1])
        return Meaning.of(index, vector, rows, self._fits(query, sentences))

    def _fits(self, query: Query, sentences: IntArray) -> BoolArray:
        """Which sentences can hold the kind of answer that is asked for; none where it is any."""
        fits: BoolArray = (self.generation.sentence_kinds[sentences] & query.kind) != 0
        return fits


def _words(shares: FloatArray, same: BoolArray) -> FloatArray:
    """What the words of the question that paragraphs have are worth, or its names."""
    words: FloatArray = np.where(same, np.float32(WORDS), np.float32(NAMES)) * shares
    return words
