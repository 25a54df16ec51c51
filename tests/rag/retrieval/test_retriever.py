"""What is found, in which order, with which score: the documented formula and nothing else."""

import math
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.arrays import FloatArray, IntArray
from rag.index import vectors
from rag.index.answer_kind import Kind, asked_kind, held_kinds
from rag.index.bm25 import terms
from rag.index.generation import Generation
from rag.index.maxsim import Similarities
from rag.retrieval import retriever, scoring
from rag.retrieval.retriever import Hit, Query, Retriever
from rag.retrieval.scoring import KIND, WORDS
from tests.fakes import hashed, hashed_tokens, index, open_index

TEXTS = {
    "jobs.md": "城镇新增就业3960人。农村劳动力转移就业62299人。",
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


def by_row(hit: Hit) -> int:
    return hit.row


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    return open_index(tmp_path_factory.mktemp("home"), TEXTS)


#: Weights of the second stage: as they are, of the first stage alone, and large ones.
WEIGHTS = [
    (scoring.LATE, scoring.LATE_ACROSS, scoring.MIRRORED, scoring.TOGETHER),
    (0.0, 0.0, 0.0, 0.0),
    (4.0, 7.0, 3.0, 2.0),
]


def weigh(monkeypatch: pytest.MonkeyPatch, weights: tuple[float, float, float, float]) -> None:
    names = ("LATE", "LATE_ACROSS", "MIRRORED", "TOGETHER")
    for name, weight in zip(names, weights, strict=True):
        monkeypatch.setattr(scoring, name, weight)


@pytest.fixture
def first_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the second stage change nothing."""
    weigh(monkeypatch, (0.0, 0.0, 0.0, 0.0))
    for name in ("PARAGRAPH", "PARAGRAPH_ACROSS", "SENTENCE", "SENTENCE_ACROSS"):
        monkeypatch.setattr(scoring, name, 0.5)


def late(generation: Generation, query: Query, row: int, *, same: bool) -> float:
    """What the whole paragraph has, and its best sentence, less what has the question."""
    assert generation.tokens is not None
    found = generation.tokens.similarities(query.tokens, np.array([row]))
    both = mixed(float(found.paragraphs[0]), float(found.sentences.max()))
    weight = scoring.LATE if same else scoring.LATE_ACROSS
    return weight * both - scoring.MIRRORED * float(found.mirrored[0])


def mixed(whole: float, sentence: float) -> float:
    share = scoring.LATE_IN_SENTENCE
    return (1 - share) * whole + share * sentence


def meant(whole: float, sentence: float, *, same: bool) -> float:
    """What the vectors of a paragraph and of its best sentence are worth."""
    if same:
        return scoring.PARAGRAPH * whole + scoring.SENTENCE * sentence
    return scoring.PARAGRAPH_ACROSS * whole + scoring.SENTENCE_ACROSS * sentence


def brute_force(generation: Generation, question: str) -> list[tuple[float, int]]:
    """Score and row of every paragraph, from the texts, best first."""
    salt = "hashing-1"
    query = Retriever(generation).query(question)
    q, kind = hashed(question, salt), asked_kind(question)
    words = generation.lexical.scores(generation.lexical.weigh(terms(question)))
    latin = any("a" <= character.lower() <= "z" for character in question)
    chinese = any("一" <= character <= "鿿" for character in question) and not latin
    number = question.isdigit()
    found = []
    for row, _ in enumerate(TEXTS):
        stored = generation.corpus.paragraph(row)
        text, start = stored.text, stored.paragraph.start
        sentences = [text[s.start - start : s.end - start] for s in stored.paragraph.sentences]
        best = max(
            float(q @ hashed(sentence, salt)) + KIND * bool(held_kinds(sentence) & kind)
            for sentence in sentences
        )
        whole = float(q @ hashed(f"{stored.document.title}\n{text}", salt))
        same = (chinese and "一" <= text[0] <= "鿿") or (latin and text[0] == "T") or number
        score = WORDS * float(words[row]) if same else 0.0
        if generation.tokens is None:
            score += (whole + best) / 2
        else:
            score += meant(whole, best, same=same) + late(generation, query, row, same=same)
        if same:
            score += scoring.TOGETHER * max(covered(query, sentence) for sentence in sentences)
        found.append((score, row))
    return sorted(found, key=lambda pair: (-pair[0], pair[1]))


def covered(query: Query, sentence: str) -> float:
    return sum(weight for term, weight in query.weighed.items() if term in terms(sentence))


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("question", QUESTIONS[:5])
def test_scores_and_order_are_those_of_the_formula(
    generation: Generation,
    question: str,
    weights: tuple[float, float, float, float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weigh(monkeypatch, weights)
    found = Retriever(generation)
    hits = found.search(found.query(question), 5)
    expected = brute_force(generation, question)
    np.testing.assert_allclose([h.score for h in hits], [s for s, _ in expected], atol=1e-5)
    for hit, (score, _) in zip(hits, expected, strict=True):
        same = {row for s, row in expected if abs(s - score) < 1e-4}
        assert hit.row in same


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_parts_of_a_hit_are_what_they_are_called(generation: Generation, question: str) -> None:
    assert generation.tokens is not None
    found = Retriever(generation)
    query = found.query(question)
    for hit in found.search(query, 5):
        stored = generation.corpus.paragraph(hit.row)
        text, start = stored.text, stored.paragraph.start
        sentences = [text[s.start - start : s.end - start] for s in stored.paragraph.sentences]
        cosines = [float(query.plain @ hashed(sentence, "hashing-1")) for sentence in sentences]
        assert hit.sentence == pytest.approx(max(cosines), abs=1e-5)
        similar = generation.tokens.similarities(query.tokens, np.array([hit.row]))
        assert hit.late == pytest.approx(float(similar.paragraphs[0]), abs=1e-6)
        assert hit.late_sentence == pytest.approx(float(similar.sentences.max()), abs=1e-6)
        least = sorted(similar.tokens[0].tolist())[: math.ceil(similar.tokens.shape[1] / 4)]
        assert hit.weakest == pytest.approx(sum(least) / len(least), abs=1e-6)
        assert hit.weakest <= hit.late + 1e-6
        assert 0 <= hit.together <= 1.0001
        assert hit.same_script or hit.together == 0
        assert 0 <= hit.words <= 1


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


def test_script_decides_how_much_words_weigh(generation: Generation) -> None:
    found = Retriever(generation)
    same = {hit.row: hit.same_script for hit in found.search(found.query("農村公路修建"), 5)}
    assert same == {0: True, 1: True, 2: False, 3: True, 4: True}


@pytest.mark.parametrize("question", QUESTIONS)
def test_late_interaction_is_that_of_the_exact_tokens_but_for_rounding(
    generation: Generation, question: str
) -> None:
    found = Retriever(generation)
    asked = hashed_tokens(question, "hashing-1").states
    for hit in found.search(found.query(question), 5):
        stored = generation.corpus.paragraph(hit.row)
        start = stored.paragraph.start
        sentences = [
            stored.text[s.start - start : s.end - start] for s in stored.paragraph.sentences
        ]
        exact = [
            float(np.einsum("lid,ljd->lij", asked, passage.states).max(axis=2).mean())
            for passage in (
                hashed_tokens(text, "hashing-1")
                for text in (f"{stored.document.title}\n{stored.text}", *sentences)
            )
        ]
        assert hit.late == pytest.approx(mixed(exact[0], max(exact[1:])), abs=0.1)


def test_the_second_stage_can_turn_the_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {
        "a.md": "招聘会办了很多，招聘会办了很多，大家都去招聘会。",
        "b.md": "会上办了几场招待，聘书也发了。天气很好，人很多，路很远，大家都很满意。",
    }
    found = Retriever(open_index(tmp_path, texts))
    query = replace(found.query("招聘会办了几场"), weighed={})
    orders = []
    for weights in WEIGHTS[1:]:
        weigh(monkeypatch, weights)
        orders.append([hit.row for hit in found.search(query, 2)])
    assert orders == [[0, 1], [1, 0]]
    monkeypatch.setattr(retriever, "_RERANKED", 1)
    assert [hit.row for hit in found.search(query, 1)] == [0]  # the other was not ranked again


def test_words_together_count_only_where_the_answer_can_be(tmp_path: Path) -> None:
    texts = {
        "a.md": "就业人数稳步提升。招聘会590场。",
        "b.md": "城镇新增就业人数3960。招聘会很多。",
    }
    found = Retriever(open_index(tmp_path, texts))
    asked = found.query("就业人数是多少")
    together = {hit.row: hit.together for hit in found.search(asked, 2)}
    assert together[0] == 0 < together[1]
    anything = found.query("就业怎么样")
    assert all(hit.together > 0 for hit in found.search(anything, 2))


def test_words_that_stand_together_count_more_than_words_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {"a.md": "农村很大。修建公路。", "b.md": "农村修建公路。很大。"}
    found = Retriever(open_index(tmp_path, texts))
    weigh(monkeypatch, (0.0, 0.0, 0.0, 100.0))
    hits = found.search(found.query("农村，公路"), 2)
    assert [hit.row for hit in hits] == [1, 0]
    assert hits[0].together == pytest.approx(1)
    assert hits[1].together == pytest.approx(0.5)


def test_an_index_without_late_interaction_is_searched_without(tmp_path: Path) -> None:
    index(tmp_path, TEXTS, late_interaction=False)
    generation = open_index(tmp_path)
    assert generation.tokens is None
    found = Retriever(generation)
    for question in QUESTIONS[:5]:
        query = found.query(question)
        hits = found.search(query, 5)
        expected = [score for score, _ in brute_force(generation, question)]
        np.testing.assert_allclose([hit.score for hit in hits], expected, atol=1e-5)
        for hit in hits:
            assert (hit.late, hit.late_sentence, hit.weakest) == (0, 0, 0)
    (scores,) = found.sentence_scores(found.query("危桥全部改造。"), np.array([1]))
    assert scores[1] == pytest.approx(1 + scoring.WORDS_OF_SENTENCE, abs=1e-5)


def test_a_question_without_tokens_is_searched_without_late_interaction(
    generation: Generation,
) -> None:
    found = Retriever(generation)
    whole = found.query("修建农村公路")
    query = replace(whole, tokens=whole.tokens[:, :0])
    hits = found.search(query, 5)
    assert {hit.late for hit in hits} == {0}
    assert hits[0].row == 1
    (scores,) = found.sentence_scores(query, np.array([1]))
    assert np.isfinite(scores).all()


@pytest.mark.parametrize(("count", "expected"), [(1, 1), (3, 3), (5, 5), (6, 5), (1000, 5)])
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


@pytest.mark.usefixtures("first_stage")
def test_a_word_brings_a_paragraph_that_meaning_would_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retriever, "_DEPTH", 2)
    texts = {f"{n}.md": f"就业岗位{n}新增很多。" for n in range(30)}
    texts["odd.md"] = "另外的事情与此无关，" * 20 + "编号XK421。"
    found = Retriever(open_index(tmp_path, texts))
    hits = found.search(found.query("就业岗位新增 XK421"), 2)
    wide = found.search(found.query("就业岗位新增 XK421"), 31)
    assert 30 in {hit.row for hit in wide}
    narrow = {hit.row: hit for hit in hits}
    for hit in wide[:2]:
        assert narrow[hit.row] == hit


@pytest.mark.usefixtures("first_stage")
def test_a_sentence_brings_a_paragraph_that_its_whole_would_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {f"{n}.md": f"第{n}个社区养老服务中心有热饭{n}份。" for n in range(30)}
    texts["odd.md"] = "另外的事情与此无关，我们不再多说了。" * 9 + "社区养老服务中心有热饭。"
    found = Retriever(open_index(tmp_path, texts))
    query = replace(found.query("社区养老服务中心有热饭。"), weighed={})  # by meaning alone
    monkeypatch.setattr(retriever, "_DEPTH", 2)
    everything = found.search(query, 31)
    place = [hit.row for hit in everything].index(30)
    whole = found.generation.paragraphs.nearest(query.vector, 31).tolist()
    assert place < 29
    assert whole.index(30) > place
    assert found.search(query, place + 1)[place].row == 30


@pytest.mark.usefixtures("first_stage")
def test_beyond_the_depth_the_best_are_still_exact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {f"{n}.md": f"第{n}个社区修建公路{n * 7}公里。居民很满意。" for n in range(60)}
    found = Retriever(open_index(tmp_path, texts))
    query = found.query("第7个社区修建公路多少公里")
    exact = found.search(query, 60)
    monkeypatch.setattr(retriever, "_DEPTH", 10)
    assert exact[0].row == 7
    assert found.search(query, 1) == exact[:1]


def test_scores_of_sentences_come_in_their_order(generation: Generation) -> None:
    found = Retriever(generation)
    query = found.query("危桥全部改造。")
    (scores,) = found.sentence_scores(query, np.array([1]))
    assert scores.shape == (2,)
    assert generation.tokens is not None
    by_tokens = generation.tokens.similarities(query.tokens, np.array([1])).sentences
    # Every word, and the same meaning.
    first = 1 + scoring.WORDS_OF_SENTENCE
    assert scores[1] == pytest.approx(first + scoring.LATE * by_tokens[1], abs=1e-5)
    assert by_tokens[1] == pytest.approx(1, abs=0.1)
    assert scores[0] < scores[1] - 0.5


def test_the_kind_of_answer_asked_for_favours_the_sentence_that_holds_it(tmp_path: Path) -> None:
    text = "招聘会办了很多场次。招聘会办了590场次。"
    generation = open_index(tmp_path, {"a.md": text})
    found = Retriever(generation)
    query = replace(found.query("招聘会办了多少场次"), weighed={})
    plain = replace(query, kind=Kind.ANY)
    (with_kind,), (without,) = (
        found.sentence_scores(each, np.array([0])) for each in (query, plain)
    )
    gained = with_kind - without
    np.testing.assert_allclose(gained, [0, KIND], atol=1e-6)


def test_a_romanized_name_finds_the_characters_in_another_script(tmp_path: Path) -> None:
    texts = {"a.md": "盘锦修建公路。", "b.md": "聊城修建公路。", "c.md": "辽东湾修建公路。"}
    found = Retriever(open_index(tmp_path, texts))
    names = {
        question: [hit.words for hit in sorted(found.search(found.query(question), 3), key=by_row)]
        for question in ("roads of Panjin", "roads of panjin", "Roads", "roads of Liaodongwan")
    }
    assert names["roads of Panjin"] == [1, 0, 0]
    assert names["roads of panjin"] == [0, 0, 0]  # no name without its capital
    assert names["Roads"] == [0, 0, 0]
    assert names["roads of Liaodongwan"] == [0, 0, 1]


def test_a_question_with_a_romanized_name_has_the_tokens_of_both_ways_to_write_it(
    tmp_path: Path,
) -> None:
    found = Retriever(open_index(tmp_path, {"a.md": "盘锦修建公路。"}))
    query = found.query("roads of Panjin")
    expected = [
        hashed_tokens(text, "hashing-1").states for text in ("roads of Panjin", "roads of 盘锦")
    ]
    assert query.tokens.tolist() == np.concatenate(expected, axis=1).tolist()
    alone = found.query("roads of Nowhere")
    assert alone.tokens.shape == (2, 3, query.tokens.shape[2])


def test_a_word_that_divides_into_syllables_in_countless_ways_takes_no_time(
    tmp_path: Path,
) -> None:
    found = Retriever(open_index(tmp_path, {"a.md": "阿南安阿那安嗯。"}))
    words = (f"{'an' * at}na{'an' * (11 - at)}".capitalize() for at in range(12))
    query = found.query(" ".join(words))
    began = time.perf_counter()
    found.search(query, 1)
    assert time.perf_counter() - began < 0.5


def test_hits_are_values() -> None:
    one, other = (Hit(1, 0.5, 0.4, 0.3, True, np.zeros(each, dtype=np.float32)) for each in (2, 3))
    assert one == other


def test_more_are_compared_where_another_script_is_among_the_candidates(tmp_path: Path) -> None:
    texts = {f"{n:02}.md": f"城镇新增就业{n}人。" for n in range(30)}
    found = Retriever(open_index(tmp_path, texts))
    compared: list[int] = []
    tokens = found.generation.tokens
    assert tokens is not None
    similarities = tokens.similarities

    def counted(question: FloatArray, rows: IntArray) -> Similarities:
        compared.append(len(rows))
        return similarities(question, rows)

    tokens.similarities = counted  # type: ignore[method-assign]
    for question, count in (("新增就业多少人", 5), ("How many jobs?", 5), ("新增就业多少人", 12)):
        assert len(found.search(found.query(question), count)) == count
    assert compared == [8, 20, 12]


def test_passages_of_the_questions_script_do_not_crowd_out_others(tmp_path: Path) -> None:
    texts = {f"{n:02}.md": f"Well number {n} was dug in October." for n in range(12)}
    found = Retriever(open_index(tmp_path, texts | {"zh.md": "十月办了招聘会。"}))
    tokens = found.generation.tokens
    assert tokens is not None
    compared: list[int] = []
    similarities = tokens.similarities

    def noted(question: FloatArray, rows: IntArray) -> Similarities:
        compared.extend(rows.tolist())
        return similarities(question, rows)

    tokens.similarities = noted  # type: ignore[method-assign]
    found.search(found.query("What was dug in October?"), 5)
    assert set(compared) == set(range(13))


def test_a_graph_finds_what_comparing_with_all_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {f"{n:02}.md": f"第{n}个社区修建公路{n * 7}公里。居民很满意。" for n in range(60)}
    exact = Retriever(open_index(tmp_path / "exact", texts))
    monkeypatch.setattr(vectors, "GRAPH_FROM", 10)
    graph = Retriever(open_index(tmp_path / "graph", texts))
    assert graph.generation.sentences.has_graph
    assert not exact.generation.sentences.has_graph
    for question in ("第7个社区修建公路多少公里", "居民满意吗", "How many roads?"):
        found, expected = (each.search(each.query(question), 5) for each in (graph, exact))
        assert found == expected


@settings(max_examples=200, deadline=None)
@given(
    shares=st.lists(st.integers(0, 6).map(lambda n: n / 4), min_size=1, max_size=300),
    count=st.integers(1, 40),
)
def test_the_largest_shares_are_found_whatever_their_number(
    shares: list[float], count: int
) -> None:
    values = np.array(shares, dtype=np.float32)
    found = retriever._largest(values, count)  # noqa: SLF001
    assert len(set(found.tolist())) == len(found)
    expected = [share for share in sorted(shares, reverse=True)[:count] if share]
    assert sorted(values[found].tolist(), reverse=True) == expected
