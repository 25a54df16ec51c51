"""What is found, in which order, with which evidence: one pool of the best, whatever is shown."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag.arrays import FloatArray, IntArray
from rag.encoding.language_means import LanguageMeans, RoleMeans
from rag.encoding.types import EncodedQuestion
from rag.index import vectors
from rag.index.answer_kind import Kind, asked_kind, held_kinds
from rag.index.generation import Generation, open_generation
from rag.index.generations import Store
from rag.index.language_codes import NO_LANGUAGE
from rag.index.lexical.terms import terms
from rag.index.tokens.maxsim import Similarities
from rag.retrieval import retriever, scoring
from rag.retrieval.retriever import POOL, Hit, Query, Retriever
from tests.fakes import (
    DIMENSION,
    HashingEncoder,
    HashingModel,
    hashed,
    hashed_tokens,
    index,
    open_index,
)
from tests.rag.index.naive_candidates import SALT, NaiveCandidates, placed, sentences_of

TEXTS = {
    "news/jobs.md": "城镇新增就业3960人。农村劳动力转移就业62299人。",
    "roads.md": "修建农村公路12.5公里。危桥全部改造。",
    "ward.md": "The hospital opened a second ward in 2021. It has 40 beds.",
    "elders.md": "臨河區有養老服務中心8家。",
    "copy/jobs.md": "城镇新增就业3960人。农村劳动力转移就业62299人。",
}
QUESTIONS = [
    "新增就业多少人",
    "農村公路",
    "When did the second ward open?",
    "3960",
    "Сколько",
    "路 ward",
]
MANY = {f"{n:02}.md": f"第{n}个社区修建公路{n * 7}公里。居民很满意。" for n in range(60)}


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    return open_index(tmp_path_factory.mktemp("home"), TEXTS)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    return Retriever(open_index(tmp_path_factory.mktemp("many"), MANY))


def compared(generation: Generation, query: Query, row: int) -> Similarities:
    assert generation.tokens is not None
    assert generation.maxsim is not None
    passages = generation.tokens.passage_tokens(np.array([row]))
    return generation.maxsim.similarities(query.tokens, passages)


def covered(query: Query, sentence: str) -> float:
    return sum(weight for term, weight in query.weighed.items() if term in terms(sentence))


def by_hand(generation: Generation, query: Query, row: int) -> float:
    """The score of a paragraph, from its text: the formula of the module `scoring`."""
    stored = generation.corpus.paragraph(row)
    sentences, asked = sentences_of(stored), asked_kind(query.text)
    holds = [bool(held_kinds(sentence) & asked) for sentence in sentences]
    cosines = [
        float(query.vector @ hashed(sentence, SALT)) + scoring.KIND * held
        for sentence, held in zip(sentences, holds, strict=True)
    ]
    whole = float(query.vector @ hashed(placed(stored), SALT))
    same_script = query.script in (0, int(generation.scripts[row]))
    naive = NaiveCandidates(generation.corpus, len(generation.paragraphs))
    score = 0.0
    if same_script:
        score += scoring.LEXICAL * naive.share(query.weighed, row)
    if own_language(generation, query, row):
        score += scoring.OWN_LANGUAGE
    if generation.tokens is None:
        return score + (whole + max(cosines)) / 2
    if same_script:
        together = [
            covered(query, sentence) * (held or not asked)
            for sentence, held in zip(sentences, holds, strict=True)
        ]
        score += scoring.TOGETHER * max(together)
    similar = compared(generation, query, row)
    score += scoring.PARAGRAPH * whole + scoring.SENTENCE * max(cosines)
    score += scoring.MAXSIM * float(similar.paragraphs[0])
    score += scoring.SENTENCE_MAXSIM * float(similar.sentences.max())
    return score - scoring.REVERSE_MAXSIM * float(similar.reverse[0])


def own_language(generation: Generation, query: Query, row: int) -> bool:
    """Where the question's language is not sure, what shares its script counts as in it."""
    if query.language == NO_LANGUAGE:
        return query.script in (0, int(generation.scripts[row]))
    return query.language == int(generation.languages[row])


@pytest.fixture
def by_formula_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moves no passage of the question's language ahead of others."""
    monkeypatch.setattr(scoring, "SAYS_THE_SAME", 2.0)


@pytest.mark.usefixtures("by_formula_alone")
@pytest.mark.parametrize("question", QUESTIONS)
def test_scores_and_order_are_those_of_the_formula(generation: Generation, question: str) -> None:
    found = Retriever(generation)
    query = found.query(question)
    hits = found.search(query, 5)
    scores = {row: by_hand(generation, query, row) for row in range(len(TEXTS))}
    assert {hit.row for hit in hits} == set(scores)
    for hit in hits:
        assert hit.score == pytest.approx(scores[hit.row], abs=1e-5)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_parts_of_a_hit_are_what_they_are_called(generation: Generation, question: str) -> None:
    found = Retriever(generation)
    query = found.query(question)
    naive = NaiveCandidates(generation.corpus, len(TEXTS))
    hits = found.search(query, 5)
    best = compared(generation, query, hits[0].row).tokens[0]
    for hit in hits:
        stored = generation.corpus.paragraph(hit.row)
        sentences = sentences_of(stored)
        cosines = [float(query.plain @ hashed(sentence, SALT)) for sentence in sentences]
        assert hit.sentence == pytest.approx(max(cosines), abs=1e-5)
        whole = float(query.vector @ hashed(placed(stored), SALT))
        assert hit.paragraph == pytest.approx(whole, abs=1e-5)
        similar = compared(generation, query, hit.row)
        assert hit.maxsim == pytest.approx(float(similar.paragraphs[0]), abs=1e-6)
        assert hit.cosine == max(hit.paragraph, hit.sentence)
        gained = float(np.maximum(similar.tokens[0] - best, 0).mean())
        assert hit.complement == pytest.approx(gained, abs=1e-5)
        same_script = query.script in (0, int(generation.scripts[hit.row]))
        share = naive.share(query.weighed, hit.row) if same_script else 0.0
        assert hit.lexical == pytest.approx(share, abs=1e-5)
        assert 0 <= hit.coverage <= 1.0001
        assert same_script or hit.coverage == 0
        assert hit.own_language == own_language(generation, query, hit.row)
        assert len(hit.sentences) == len(sentences)


def test_the_paragraph_that_says_it_comes_first(generation: Generation) -> None:
    found = Retriever(generation)
    rows = [
        found.search(found.query(question), 1)[0].row
        for question in ("农村公路修建多少公里", "hospital ward", "臨河區養老服務中心有幾家")
    ]
    assert rows == [1, 2, 3]


def test_equal_paragraphs_come_in_the_order_of_the_documents(generation: Generation) -> None:
    found = Retriever(generation)
    hits = found.search(found.query("新增就业多少人"), 2)
    assert [hit.row for hit in hits] == [0, 4]
    assert hits[0].score == hits[1].score


def test_traditional_and_simplified_chinese_are_one_language(generation: Generation) -> None:
    found = Retriever(generation)
    own = {hit.row: hit.own_language for hit in found.search(found.query("農村公路修建"), 5)}
    assert own == {0: True, 1: True, 2: False, 3: True, 4: True}


def test_a_question_without_letters_is_in_every_language(generation: Generation) -> None:
    found = Retriever(generation)
    query = found.query("3960?")
    assert query.language == NO_LANGUAGE
    hits = found.search(query, 5)
    assert all(hit.own_language for hit in hits)
    assert {hits[0].row, hits[1].row} == {0, 4}


@pytest.mark.parametrize("question", QUESTIONS)
def test_maxsim_is_that_of_the_exact_tokens_but_for_rounding(
    generation: Generation, question: str
) -> None:
    found = Retriever(generation)
    asked = hashed_tokens(question, SALT).states
    for hit in found.search(found.query(question), 5):
        stored = generation.corpus.paragraph(hit.row)
        passage = hashed_tokens(placed(stored), SALT).states
        exact = float(np.einsum("lid,ljd->lij", asked, passage).max(axis=2).mean())
        assert hit.maxsim == pytest.approx(exact, abs=0.1)


def test_terms_in_one_sentence_count_only_where_the_answer_can_be(tmp_path: Path) -> None:
    texts = {
        "a.md": "就业人数稳步提升。招聘会590场。",
        "b.md": "城镇新增就业人数3960。招聘会很多。",
    }
    found = Retriever(open_index(tmp_path, texts))
    covered = {hit.row: hit.coverage for hit in found.search(found.query("就业人数是多少"), 2)}
    assert covered[0] == 0 < covered[1]
    anything = found.query("就业怎么样")
    assert all(hit.coverage > 0 for hit in found.search(anything, 2))


def test_terms_of_one_sentence_count_more_than_terms_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {"a.md": "农村很大。修建公路。", "b.md": "农村修建公路。很大。"}
    found = Retriever(open_index(tmp_path, texts))
    monkeypatch.setattr(scoring, "TOGETHER", 100.0)
    hits = found.search(found.query("农村，公路"), 2)
    assert [hit.row for hit in hits] == [1, 0]
    assert hits[0].coverage == pytest.approx(1)
    assert hits[1].coverage == pytest.approx(0.5)


@pytest.mark.usefixtures("by_formula_alone")
def test_an_index_without_late_interaction_is_searched_without(tmp_path: Path) -> None:
    index(tmp_path, TEXTS, late_interaction=False)
    generation = open_index(tmp_path)
    assert generation.tokens is None
    found = Retriever(generation)
    for question in QUESTIONS:
        query = found.query(question)
        hits = found.search(query, 5)
        expected = [by_hand(generation, query, hit.row) for hit in hits]
        np.testing.assert_allclose([hit.score for hit in hits], expected, atol=1e-5)
        for hit in hits:
            nothing = (hit.maxsim, hit.complement)
            assert nothing == (0, 0)
    (scores,) = found.sentence_scores(found.query("危桥全部改造。"), np.array([1]))
    assert scores[1] == pytest.approx(1 + scoring.LEXICAL_OF_SENTENCE, abs=1e-5)


def test_a_question_without_tokens_is_searched_without_late_interaction(
    generation: Generation,
) -> None:
    found = Retriever(generation)
    whole = found.query("修建农村公路")
    query = replace(whole, tokens=whole.tokens[:, :0])
    hits = found.search(query, 5)
    assert {hit.maxsim for hit in hits} == {0}
    assert hits[0].row == 1
    (scores,) = found.sentence_scores(query, np.array([1]))
    assert np.isfinite(scores).all()


@pytest.mark.parametrize(("count", "expected"), [(1, 1), (3, 3), (5, 5), (6, 5), (POOL, 5)])
def test_as_many_are_found_as_asked_or_as_there_are(
    generation: Generation, count: int, expected: int
) -> None:
    found = Retriever(generation)
    hits = found.search(found.query("就业"), count)
    assert len(hits) == expected
    assert len({hit.row for hit in hits}) == expected
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)


@pytest.mark.parametrize("text", ["一。", "😀", "word", "。"])
def test_an_index_of_one_paragraph_finds_it(tmp_path: Path, text: str) -> None:
    found = Retriever(open_index(tmp_path, {"a.md": text}))
    for question in ("一", "word", "nothing like it"):
        assert [hit.row for hit in found.search(found.query(question), 5)] == [0]


def sameness(hits: Sequence[Hit]) -> list[tuple[Hit, list[float]]]:
    """Hits with all that they are, sentences included."""
    return [(hit, hit.sentences.tolist()) for hit in hits]


@pytest.mark.parametrize("question", ["第7个社区修建公路多少公里", "居民满意吗", "How many roads?"])
def test_fewer_hits_are_the_head_of_more(many: Retriever, question: str) -> None:
    query = many.query(question)
    whole = sameness(many.search(query))
    assert len(whole) == POOL
    for count in (1, 5, POOL - 1):
        assert sameness(many.search(query, count)) == whole[:count]


def test_the_pool_is_the_best_without_maxsim_and_no_more_is_compared(
    many: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[int]] = []
    compare = many._similarities  # noqa: SLF001

    def noted(query: Query, rows: IntArray) -> Similarities | None:
        asked.append(rows.tolist())
        return compare(query, rows)

    monkeypatch.setattr(many, "_similarities", noted)
    query = many.query("第7个社区修建公路多少公里")
    hits = many.search(query, 3)
    (pool,) = asked
    assert len(pool) == len(set(pool)) == POOL
    assert {hit.row for hit in hits} <= set(pool)
    everything = many.generation.candidates.fetch_candidates(np.arange(len(MANY)), query.probe)
    first = many._evidence(query, everything).first_scores()  # noqa: SLF001
    assert pool == np.argsort(-first, kind="stable")[:POOL].tolist()


def test_ranking_is_the_same_over_any_index(many: Retriever) -> None:
    naive = Retriever(many.generation)
    naive._index = NaiveCandidates(many.generation.corpus, len(MANY))  # noqa: SLF001
    for question in ("第7个社区修建公路多少公里", "居民满意吗", "How many roads?"):
        query = many.query(question)
        ours, theirs = many.search(query), naive.search(query)
        np.testing.assert_allclose([h.score for h in ours], [h.score for h in theirs], atol=1e-5)
        scores = {hit.row: hit.score for hit in theirs}
        for hit in ours:
            assert hit.score == pytest.approx(scores.get(hit.row, theirs[-1].score), abs=1e-4)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("另外的事情与此无关，" * 20 + "编号XK421。", "就业岗位新增 XK421"),
        ("另外的事情与此无关，我们不再多说了。" * 9 + "就业岗位新增很多。", "就业岗位新增很多。"),
    ],
    ids=["a term", "a sentence"],
)
def test_one_kind_of_evidence_is_enough_to_be_ranked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, question: str
) -> None:
    monkeypatch.setattr(retriever, "_CANDIDATES", 2)
    texts = {f"{n:02}.md": f"就业岗位{n}新增许多，岗位{n}。" for n in range(30)}
    found = Retriever(open_index(tmp_path, texts | {"odd.md": text}))
    query = found.query(question)
    nearest = found.generation.paragraphs.nearest(query.vector, 2).tolist()
    assert 30 not in nearest
    assert 30 in {hit.row for hit in found.search(query)}


def test_with_fewer_candidates_the_best_are_the_same(
    many: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = many.query("第7个社区修建公路多少公里")
    exact = many.search(query)
    monkeypatch.setattr(retriever, "_CANDIDATES", 10)
    assert exact[0].row == 7
    assert many.search(query, 1) == exact[:1]


def test_scores_of_sentences_come_in_their_order(generation: Generation) -> None:
    found = Retriever(generation)
    query = found.query("危桥全部改造。")
    (scores,) = found.sentence_scores(query, np.array([1]))
    assert scores.shape == (2,)
    by_tokens = compared(generation, query, 1).sentences
    # Every term, and the same meaning.
    first = 1 + scoring.LEXICAL_OF_SENTENCE
    maxsim = scoring.MAXSIM_OF_SENTENCE * by_tokens[1]
    assert scores[1] == pytest.approx(first + maxsim, abs=1e-5)
    assert by_tokens[1] == pytest.approx(1, abs=0.1)
    assert scores[0] < scores[1] - 0.5


def test_a_hit_has_the_scores_of_its_sentences(generation: Generation) -> None:
    found = Retriever(generation)
    query = found.query("农村公路修建多少公里")
    hits = found.search(query, 5)
    scores = found.sentence_scores(query, np.array([hit.row for hit in hits]))
    for hit, expected in zip(hits, scores, strict=True):
        np.testing.assert_allclose(hit.sentences, expected, atol=1e-6)


def test_the_kind_of_answer_asked_for_favours_the_sentence_that_holds_it(tmp_path: Path) -> None:
    text = "招聘会办了很多场次。招聘会办了590场次。"
    found = Retriever(open_index(tmp_path, {"a.md": text}))
    query = replace(found.query("招聘会办了多少场次"), weighed={})
    plain = replace(query, kind=Kind.ANY)
    (with_kind,), (without,) = (
        found.sentence_scores(each, np.array([0])) for each in (query, plain)
    )
    np.testing.assert_allclose(with_kind - without, [0, scoring.KIND], atol=1e-6)


def test_a_romanized_name_finds_the_characters_in_another_script(tmp_path: Path) -> None:
    texts = {"a.md": "盘锦修建公路。", "b.md": "聊城修建公路。", "c.md": "辽东湾修建公路。"}
    found = Retriever(open_index(tmp_path, texts))

    def named(question: str) -> list[bool]:
        hits = sorted(found.search(found.query(question), 3), key=lambda hit: hit.row)
        return [hit.lexical > 0 for hit in hits]

    assert named("roads of Panjin") == [True, False, False]
    assert named("roads of panjin") == [False, False, False]  # no name without its capital
    assert named("Roads") == [False, False, False]
    assert named("roads of Liaodongwan") == [False, False, True]


def test_names_are_the_terms_that_only_the_characters_have(tmp_path: Path) -> None:
    texts = {"a.md": "盘锦修建公路。", "c.md": "辽东湾修建公路。"}
    found = Retriever(open_index(tmp_path, texts))
    query = found.query("roads of Panjin or Liaodongwan, 公路")
    assert set(query.names) == {"盘锦", "辽东", "东湾"}
    assert sum(query.names.values()) == pytest.approx(1)
    assert not set(query.names) & set(query.weighed)
    assert query.probe.names == query.names
    assert found.query("roads").names == {}
    assert found.query("盘锦公路").names == {}


def test_a_question_with_a_romanized_name_lies_midway_and_has_the_tokens_of_both(
    tmp_path: Path,
) -> None:
    found = Retriever(open_index(tmp_path, {"a.md": "盘锦修建公路。"}))
    query = found.query("roads of Panjin")
    both = "roads of Panjin", "roads of 盘锦"
    expected = [hashed_tokens(text, SALT).states for text in both]
    assert query.tokens.tolist() == np.concatenate(expected, axis=1).tolist()
    one, other = (hashed(text, SALT) for text in both)
    assert query.plain.tolist() == one.tolist()
    assert float(query.vector @ one) == pytest.approx(float(query.vector @ other), abs=1e-5)
    assert float(np.linalg.norm(query.vector)) == pytest.approx(1, abs=1e-5)
    assert query.vector.dtype == np.float32
    alone = found.query("roads of Nowhere")
    assert alone.tokens.shape == (2, 3, query.tokens.shape[2])
    assert alone.vector.tolist() == alone.plain.tolist()


def test_a_word_that_divides_into_syllables_in_countless_ways_takes_no_time(
    tmp_path: Path,
) -> None:
    found = Retriever(open_index(tmp_path, {"a.md": "阿南安阿那安嗯。"}))
    words = (f"{'an' * at}na{'an' * (11 - at)}".capitalize() for at in range(12))
    question = " ".join(words)
    began = time.process_time()  # whatever else the machine does
    found.search(found.query(question), 1)
    assert time.process_time() - began < 5


def test_hits_are_values() -> None:
    one, other = (
        Hit(1, 0.5, 0.4, 0.3, 0.2, True, np.zeros(each, dtype=np.float32)) for each in (2, 3)
    )
    assert one == other


def test_a_graph_finds_what_comparing_with_all_does(
    many: Retriever, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "GRAPH_FROM", 10)
    graph = Retriever(open_index(tmp_path, MANY))
    assert graph.generation.sentences.has_graph
    assert not many.generation.sentences.has_graph
    for question in ("第7个社区修建公路多少公里", "居民满意吗", "How many roads?"):
        found, expected = (each.search(each.query(question), 5) for each in (graph, many))
        assert found == expected


#: What the bilingual model adds to every vector of a language.
BIAS = {"zh": 0, "en": 1}


class BilingualModel(HashingModel):
    """Gives texts that say the same the same vector but for the bias of their language, which is
    large. `MEANINGS` says what says the same.
    """

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        return np.stack([biased(text) for text in texts])


class BilingualEncoder(HashingEncoder):
    """Gives the same for questions."""

    def __init__(self, _folder: Path) -> None:
        super().__init__()

    def encode(self, question: str) -> EncodedQuestion:
        return replace(super().encode(question), vector=biased(question))


MEANINGS = {
    "图书馆早上开门。": "library opens",
    "The library opens in the morning.": "library opens",
    "大桥去年修好了。": "bridge mended",
    "图书馆什么时候开门？": "library opens",
    "When does the library open?": "library opens",
    "When was the bridge mended?": "bridge mended",
    "Nobody works on public holidays here.": "holidays",
}


def biased(text: str) -> FloatArray:
    said = text.rsplit("\n", maxsplit=1)[-1]
    bias = np.zeros(DIMENSION, dtype=np.float32)
    bias[BIAS["zh" if ord(said[0]) > 255 else "en"]] = 2.0
    vector: FloatArray = hashed(MEANINGS[said], SALT) + bias
    return vector / np.float32(np.linalg.norm(vector))


def mean_of(language: str) -> FloatArray:
    """What the vectors of a language have in common, over texts of three meanings."""
    texts = [text for text in MEANINGS if (ord(text[0]) > 255) == (language == "zh")]
    by_meaning = {MEANINGS[text]: biased(text) for text in texts}
    mean: FloatArray = np.mean(list(by_meaning.values()), axis=0)
    shift = np.zeros(DIMENSION, dtype=np.float32)
    shift[BIAS[language]] = mean[BIAS[language]]
    return shift


def bilingual_means() -> LanguageMeans:
    bias = RoleMeans(
        np.stack([mean_of("zh"), mean_of("en")]), np.zeros((2, 2, DIMENSION), dtype=np.float32)
    )
    return LanguageMeans.of_samples({"zh": ["图书馆开门"], "en": ["library"]}, bias, bias)


PASSAGES = {
    "zh.md": "图书馆早上开门。",
    "en.md": "The library opens in the morning.",
    "bridge.md": "大桥去年修好了。",
    "holidays.md": "Nobody works on public holidays here.",
}


@pytest.fixture(params=[True, False], ids=["centered", "biased"])
def bilingual(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Retriever, bool]:
    """An index in two languages without tokens, and whether the bias of each is taken off."""
    means = bilingual_means() if request.param else LanguageMeans.none()
    model = BilingualModel(language_means=means)
    index(tmp_path, PASSAGES, model, late_interaction=False)
    return Retriever(open_generation(Store(tmp_path), BilingualEncoder)), request.param


def paths(found: Retriever, question: str) -> list[str]:
    hits = found.search(found.query(question))
    return [found.generation.corpus.paragraph(hit.row).document.path for hit in hits]


def test_of_passages_that_say_the_same_that_in_the_own_language_comes_first(
    bilingual: tuple[Retriever, bool],
) -> None:
    found, centered = bilingual
    chinese, english = "图书馆什么时候开门？", "When does the library open?"
    assert paths(found, chinese)[0] == "zh.md"
    assert paths(found, english)[0] == "en.md"
    if centered:
        assert paths(found, chinese)[1] == "en.md"
        assert paths(found, english)[1] == "zh.md"


def test_another_language_is_found_where_it_alone_answers(
    bilingual: tuple[Retriever, bool],
) -> None:
    found, centered = bilingual
    first = paths(found, "When was the bridge mended?")[0]
    assert (first == "bridge.md") == centered  # with the bias, anything English comes before


def test_index_and_questions_are_without_the_bias_of_their_language(
    bilingual: tuple[Retriever, bool],
) -> None:
    found, centered = bilingual
    query = found.query("When does the library open?")
    same = found.generation.paragraphs.products(query.vector, np.array([0, 1]))
    assert (float(same[0]) > 0.95) == centered
    assert float(same[1]) > 0.95
