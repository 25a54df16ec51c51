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

#: The weight of exact words where question and passage share a script; a Latin word or a number
#: in a Chinese text says little of an English question, so across scripts only names count.
WORDS = 0.3
NAMES = 0.03
#: What a sentence gains that can hold the kind of answer that is asked for.
KIND = 0.04
#: The weights of the second stage: of late interaction, in one script and across two; what of it
#: the best sentence has by itself; and of the words that stand together in one sentence.
LATE = 0.5
LATE_ACROSS = 1.0
LATE_IN_SENTENCE = 0.25
TOGETHER = 0.1
#: The weight of exact words where one sentence is compared with the next.
WORDS_OF_SENTENCE = 0.2
_DEPTH = 100
#: As many of the best go on to the second stage.
_RERANKED = 20

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

    `meaning` is that of the question as it was asked. `words` is the share of its words, or across
    scripts of its names, `together` the share that one sentence has. `late` is late interaction.
    `background` is the question's cosine to the mean of all paragraphs: what it would have in
    common with any. `adds` is how much
    better it matches parts of the question than the best hit does. `sentences` is the late
    interaction of each of its sentences, where there is any.
    """

    row: int
    score: float
    meaning: float
    words: float
    same_script: bool
    background: float = 0.0
    late: float = 0.0
    together: float = 0.0
    adds: float = 0.0
    sentences: FloatArray | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class _SecondStage:
    """For each of the best paragraphs: its late interaction, and the words in one sentence.

    `tokens` is what each token of the question finds in it, `sentences` what each of its sentences
    has by itself.
    """

    late: FloatArray
    together: FloatArray
    tokens: FloatArray
    sentences: list[FloatArray] | None = None

    def adds(self, at: int, to: int) -> float:
        """How much better a paragraph matches the question's tokens than another, where it does."""
        return float(np.maximum(self.tokens[at] - self.tokens[to], 0).mean())


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

            score(p) = (cos(q, p) + max_s (cos(q, s) + KIND [s holds the kind asked for])) / 2
                     + WORDS lex(q, p) where q and p share a script, else + NAMES names(q, p)

        over the sentences s of p; exact for every paragraph among the best of any part. The best
        of these are ranked again, by

            score(p) + LATE ((1 - LATE_IN_SENTENCE) late(q, p) + LATE_IN_SENTENCE max_s late(q, s))
                     + TOGETHER max_s cover(q, s)

        with LATE_ACROSS for LATE where the scripts differ. cover is the share of the question's
        words that a sentence has, 0 across scripts and in one that cannot hold the kind asked for.
        """
        index = self.generation
        rows, scores, shares, same = self._first_stage(query, count)
        second = self._second_stage(query, rows, same)
        scores += np.where(same, LATE, LATE_ACROSS) * second.late + TOGETHER * second.together
        meaning = self._meaning(query, rows, query.plain)  # names already count by themselves
        background = float(query.plain @ index.paragraph_mean)
        order = np.argsort(-scores, kind="stable")[:count].tolist()
        return [
            Hit(
                row=int(rows[at]),
                score=float(scores[at]),
                meaning=float(meaning[at]),
                words=float(shares[at]),
                same_script=bool(same[at]),
                background=background,
                late=float(second.late[at]),
                together=float(second.together[at]),
                adds=second.adds(at, order[0]),
                sentences=second.sentences[at] if second.sentences else None,
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
    ) -> tuple[IntArray, FloatArray, FloatArray, BoolArray]:
        """The rows that go on, best first, with their scores, their shares of words, and whether
        they share the question's script.
        """
        index = self.generation
        same = self._same_script(query)
        shares = index.lexical.scores(query.weighed) * same
        if not same.all():
            shares += index.names.scores(query.text) * ~same
        rows = self._candidates(query, shares, max(count, _DEPTH))
        scores = self._meaning(query, rows, query.vector)
        scores += np.where(same[rows], WORDS, NAMES) * shares[rows]
        best = np.argsort(-scores, kind="stable")[: max(count, _RERANKED)]
        rows = rows[best]
        return rows, scores[best], shares[rows], same[rows]

    def _second_stage(self, query: Query, rows: IntArray, same: BoolArray) -> _SecondStage:
        """What late interaction gives each paragraph, and the words its best sentence has."""
        index = self.generation
        sentences, bounds = ranges(index.sentence_bounds[rows], index.sentence_bounds[rows + 1])
        covered = index.lexical.coverage(query.weighed, sentences)
        if query.kind is not Kind.ANY:
            covered *= self._fits(query, sentences)
        together = np.maximum.reduceat(covered, bounds[:-1]) * same
        if index.tokens is None or not query.tokens.size:
            nothing = np.zeros(len(rows), dtype=np.float32)
            return _SecondStage(nothing, together, nothing[:, np.newaxis])
        found = index.tokens.similarities(query.tokens, rows)
        best = np.maximum.reduceat(found.sentences, bounds[:-1])
        late = (1 - LATE_IN_SENTENCE) * found.paragraphs + LATE_IN_SENTENCE * best
        by_paragraph = np.split(found.sentences, bounds[1:-1])
        return _SecondStage(late.astype(np.float32), together, found.tokens, by_paragraph)

    def sentence_scores(
        self, query: Query, stored: StoredParagraph, late: FloatArray | None = None
    ) -> FloatArray:
        """How well each sentence of a paragraph answers by itself, in order.

        `late` is their late interaction with this query, where it is known already.
        """
        index = self.generation
        rows = np.array([stored.row])
        sentences, _ = ranges(index.sentence_bounds[rows], index.sentence_bounds[rows + 1])
        scores = self._sentence_meaning(query, sentences, query.vector)
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

    def _meaning(self, query: Query, rows: IntArray, vector: FloatArray) -> FloatArray:
        """The mean of a paragraph's cosine and that of its best sentence."""
        index = self.generation
        sentences, bounds = ranges(index.sentence_bounds[rows], index.sentence_bounds[rows + 1])
        by_sentence = self._sentence_meaning(query, sentences, vector)
        best = np.maximum.reduceat(by_sentence, bounds[:-1])
        whole = index.paragraphs.products(vector, rows)
        meaning: FloatArray = (whole + best) / np.float32(2)
        return meaning

    def _fits(self, query: Query, sentences: IntArray) -> BoolArray:
        """Which sentences can hold the kind of answer that is asked for; none where it is any."""
        fits: BoolArray = (self.generation.sentence_kinds[sentences] & query.kind) != 0
        return fits

    def _sentence_meaning(self, query: Query, rows: IntArray, vector: FloatArray) -> FloatArray:
        index = self.generation
        fits = self._fits(query, rows).astype(np.float32)
        cosines = index.sentences.products(vector, rows)
        meaning: FloatArray = cosines + np.float32(KIND) * fits
        return meaning
