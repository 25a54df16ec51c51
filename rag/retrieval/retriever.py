"""Finds the passages that answer a question, with an absolute score."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from rag.arrays import BoolArray, FloatArray, IntArray
from rag.documents import detect_script, sure_language
from rag.encoding.types import EncodedQuestion
from rag.index.answer_kind import Kind, asked_kind
from rag.index.candidates import Candidates, Probe
from rag.index.generation import Generation
from rag.index.language_codes import NO_LANGUAGE, NO_SCRIPT, language_code, script_code
from rag.index.lexical.terms import terms
from rag.index.tokens.maxsim import Similarities
from rag.retrieval.scoring import Evidence, complements

#: How many paragraphs are ranked: the best of the candidates. A ranking does not depend on how many
#: passages are shown.
POOL = 20
#: How many candidates each kind of evidence brings at least.
_CANDIDATES = 100


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the index sees it.

    `plain` is its unit vector; `vector`, for ranking, lies midway to that of the question with its
    romanized names in Chinese characters, and is the same where there are none. `tokens` are the
    states of its tokens, shape (layers, tokens, dimension), of both where there are two. `weighed`
    are its terms with their shares of the question, `names` those of its romanized names.
    `language` and `script` are numbers (`language_code`, `script_code`). `within` are the rows to
    search, in ascending order; None for all.
    """

    text: str
    vector: FloatArray
    plain: FloatArray
    tokens: FloatArray
    weighed: Mapping[str, float]
    names: Mapping[str, float]
    kind: Kind
    language: int
    script: int
    within: IntArray | None = None

    @property
    def probe(self) -> Probe:
        return Probe(self.vector, self.weighed, self.names, self.within)


@dataclass(frozen=True, slots=True)
class Hit:
    """A paragraph found: its row, its score, and the evidence for it.

    `paragraph` is its cosine to the question, `sentence` that of its best sentence to the question
    as it was asked. `lexical` is the share of the question's terms that it has, across scripts of
    its names; `coverage` the share that one sentence has. `maxsim` is the MaxSim of the paragraph,
    `complement` how much better it matches parts of the question than the best hit does.
    `sentences` is how well each of its sentences answers by itself, in order.

    `answers` is the logit of a reader, above 0 where the passage answers, and 0 where it was not
    read; `words` are the characters of the words that answer, offsets into the paragraph's text,
    and `sure` is their probability among all its words.
    """

    row: int
    score: float
    paragraph: float
    sentence: float
    lexical: float
    own_language: bool
    sentences: FloatArray = field(repr=False, compare=False)
    maxsim: float = 0.0
    coverage: float = 0.0
    complement: float = 0.0
    answers: float = 0.0
    words: tuple[int, int] | None = None
    sure: float = 0.0

    @property
    def cosine(self) -> float:
        """The larger of the cosines of the paragraph, with its headings, and of its best sentence:
        an answer below a heading need not repeat its words.
        """
        return max(self.paragraph, self.sentence)


class Retriever:
    """Ranks the paragraphs of one generation. May be used by several threads at once."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self._index = generation.candidates
        self._weights = generation.term_weights

    def query(self, question: str, within: IntArray | None = None) -> Query:
        """The question as an index sees it. `within`, shape (rows,), are the rows to search,
        ascending; None for all.

        Raises QuestionError if it does not fit the model.
        """
        language, script = sure_language(question), detect_script(question)
        plain = self._encoded(question, language)
        vector, tokens = plain.vector, plain.tokens
        names: Mapping[str, float] = {}
        restored = self._index.restore_names(question)
        if restored != question:
            named = self._encoded(restored, language)
            midway: FloatArray = plain.vector + named.vector
            vector = midway / np.float32(np.linalg.norm(midway))
            tokens = np.concatenate([tokens, named.tokens], axis=1)
            own = set(terms(question))
            names = self._weights.weigh(term for term in terms(restored) if term not in own)
        return Query(
            text=question,
            vector=vector,
            plain=plain.vector,
            tokens=tokens,
            weighed=self._weights.weigh(terms(question)),
            names=names,
            kind=asked_kind(question),
            language=language_code(language),
            script=script_code(script),
            within=within,
        )

    def _encoded(self, text: str, language: str) -> EncodedQuestion:
        encoded = self.generation.encoder.encode(text)
        return self.generation.language_means.centered_question(encoded, text, language)

    def search(self, query: Query, count: int = POOL) -> list[Hit]:
        """The best paragraphs, best first, at most `count` (1 to POOL).

        Candidates are ranked by `Evidence.first_scores`, the best POOL of them once more by
        `Evidence.scores`.
        """
        rows = self._index.find_rows(query.probe, _CANDIDATES)
        if not len(rows):
            return []  # no row to search
        candidates = self._index.fetch_candidates(rows, query.probe)
        first = self._evidence(query, candidates).first_scores()
        pool = candidates.at_places(np.argsort(-first, kind="stable")[:POOL])
        evidence = self._evidence(query, pool, self._similarities(query, pool.rows))
        coverage = evidence.same_sentence_coverage(query.kind)
        scores = evidence.scores(coverage)
        order = np.argsort(-scores, kind="stable")[:count].tolist()
        return _hits(query, evidence, scores, coverage, order)

    def sentence_scores(self, query: Query, rows: IntArray) -> list[FloatArray]:
        """How well each sentence answers by itself: for each paragraph of `rows`, of which there is
        at least one, an array of shape (sentences,), in order.
        """
        candidates = self._index.fetch_candidates(rows, query.probe)
        similarities = self._similarities(query, rows)
        return self._evidence(query, candidates, similarities).sentence_scores()

    def _evidence(
        self, query: Query, candidates: Candidates, similarities: Similarities | None = None
    ) -> Evidence:
        own_script = _own_script(candidates.scripts, query.script)
        return Evidence.gather(
            candidates,
            query.vector,
            query.kind,
            _own_language(candidates.languages, query.language, own_script),
            own_script,
            similarities,
        )

    def _similarities(self, query: Query, rows: IntArray) -> Similarities | None:
        maxsim = self.generation.maxsim
        passages = self._index.fetch_tokens(rows)
        if maxsim is None or passages is None or not query.tokens.size:
            return None
        return maxsim.similarities(query.tokens, passages)


def _own_script(scripts: IntArray, asked: int) -> BoolArray:
    """Which paragraphs share the question's script, shape (rows,); no script counts as any."""
    same: BoolArray = (scripts == asked) | (scripts == NO_SCRIPT)
    return np.ones_like(same) if asked == NO_SCRIPT else same


def _own_language(languages: IntArray, asked: int, own_script: BoolArray) -> BoolArray:
    """Which paragraphs are in the question's language; where that of one is not sure, those that
    share its script.
    """
    if asked == NO_LANGUAGE:
        return own_script
    own: BoolArray = (languages == asked) | ((languages == NO_LANGUAGE) & own_script)
    return own


def _hits(
    query: Query,
    evidence: Evidence,
    scores: FloatArray,
    coverage: FloatArray,
    order: list[int],
) -> list[Hit]:
    """The hits at these places of the pool, best first."""
    pool, similarities = evidence.candidates, evidence.similarities
    sentences = pool.best_sentences(pool.sentence_vectors @ query.plain)
    lexical, by_sentence = evidence.lexical(), evidence.sentence_scores()
    nothing = np.zeros(len(pool), dtype=np.float32)
    maxsim = complement = nothing
    if similarities is not None:
        maxsim = similarities.paragraphs
        complement = complements(similarities, order[0])
    return [
        Hit(
            row=int(pool.rows[at]),
            score=float(scores[at]),
            paragraph=float(evidence.paragraph_cosines[at]),
            sentence=float(sentences[at]),
            lexical=float(lexical[at]),
            own_language=bool(evidence.own_language[at]),
            sentences=by_sentence[at],
            maxsim=float(maxsim[at]),
            coverage=float(coverage[at]),
            complement=float(complement[at]),
        )
        for at in order
    ]
