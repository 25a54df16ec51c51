"""What ranking may expect of any index, whatever finds the candidates there."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace

import numpy as np
import pytest

from rag.arrays import IntArray
from rag.encoding.word_frequencies import WordFrequencies
from rag.index.candidates import CandidateIndex, Candidates, Probe
from rag.index.generation import Generation
from rag.index.language_codes import language_code, script_code
from rag.index.lexical.term_weights import TermWeights
from rag.index.lexical.terms import terms
from tests.fakes import hashed, index, open_index
from tests.rag.index.naive_candidates import SALT, NaiveCandidates, placed, sentences_of

TEXTS = {
    **{f"{n:02}.md": f"第{n}个社区修建公路{n * 7}公里。居民很满意。" for n in range(12)},
    "name.md": "盘锦的另一件事情与此无关。我们不再说了。",
    "code.md": "The number is XK421. It hangs on the door.",
    "deep.md": "别的内容很长很长，与此无关。" * 4 + "一直如此。社区养老服务中心有热饭。",
    "blank.md": "😀",
    "ward.md": "The hospital opened a second ward in 2021. It has 40 beds. Nobody knew why.",
}
ROWS = {path: row for row, path in enumerate(TEXTS)}
COUNT = 2

Open = Callable[[Generation], CandidateIndex]


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    return open_index(tmp_path_factory.mktemp("home"), TEXTS)


def local(generation: Generation) -> CandidateIndex:
    return generation.candidates


def naive(generation: Generation) -> CandidateIndex:
    return NaiveCandidates(generation.corpus, len(generation.paragraphs))


#: An index of another kind is held to the same once it stands here.
@pytest.fixture(params=[local, naive])
def candidates(request: pytest.FixtureRequest, generation: Generation) -> CandidateIndex:
    opened: Open = request.param
    return opened(generation)


def probe(
    generation: Generation, near: str, question: str = "", names: Mapping[str, float] | None = None
) -> Probe:
    """Looks near one text for the terms of another."""
    weighed = TermWeights(generation.candidates, WordFrequencies(None)).weigh(terms(question))
    return Probe(hashed(near, SALT), weighed, names or {})


def texts_of(generation: Generation, rows: IntArray) -> list[list[str]]:
    return [sentences_of(generation.corpus.paragraph(row)) for row in rows.tolist()]


def test_each_kind_of_evidence_brings_its_best(
    candidates: CandidateIndex, generation: Generation
) -> None:
    ward = placed(generation.corpus.paragraph(ROWS["ward.md"]))
    alone = {
        "ward.md": probe(generation, ward),
        "deep.md": probe(generation, "社区养老服务中心有热饭。"),
        "code.md": probe(generation, ward, "居民 XK421"),
        "name.md": probe(generation, ward, names={"盘锦": 1.0}),
    }
    for path, each in alone.items():
        assert ROWS[path] in candidates.find_rows(each, COUNT), path


def test_no_kind_of_evidence_takes_the_places_of_another(
    candidates: CandidateIndex, generation: Generation
) -> None:
    whole = probe(generation, "社区养老服务中心有热饭。", "XK421 number", {"盘锦": 1.0})
    found = candidates.find_rows(whole, COUNT).tolist()
    assert {ROWS[path] for path in ("deep.md", "code.md", "name.md")} <= set(found)
    assert found == sorted(set(found))


@pytest.mark.parametrize("count", [1, 2, 5])
def test_what_is_better_by_any_evidence_than_the_last_is_found(
    candidates: CandidateIndex, generation: Generation, count: int
) -> None:
    reference = naive(generation)
    for near in TEXTS.values():
        asked = probe(generation, near, near, {"盘锦": 0.5, "社区": 0.5})
        found = set(candidates.find_rows(asked, count).tolist())
        whole = reference.fetch_candidates(np.arange(len(TEXTS)), asked)
        cosines = whole.vectors @ asked.vector
        sentences = whole.best_sentences(whole.sentence_vectors @ asked.vector)
        for values in (cosines, sentences, whole.terms, whole.names):
            last = np.sort(values)[-count]
            assert set(np.flatnonzero(values > last + 1e-5).tolist()) <= found


@pytest.mark.parametrize("count", [len(TEXTS), 100, 1000])
def test_of_few_paragraphs_all_are_found(
    candidates: CandidateIndex, generation: Generation, count: int
) -> None:
    for question in ("公路", "", "nowhere"):
        found = candidates.find_rows(probe(generation, "公路", question), count)
        assert found.tolist() == list(range(len(TEXTS)))
        assert found.dtype == np.int64


def test_unknown_terms_find_and_weigh_nothing(candidates: CandidateIndex) -> None:
    unknown = Probe(hashed("公路", SALT), {"gdansk": 0.5, "哪里": 0.5}, {"没有": 1.0})
    without = Probe(unknown.vector, {}, {})
    assert (
        candidates.find_rows(unknown, COUNT).tolist()
        == candidates.find_rows(without, COUNT).tolist()
    )
    for each in (unknown, without):
        found = candidates.fetch_candidates(np.arange(len(TEXTS)), each)
        assert not found.terms.any()
        assert not found.names.any()
        assert not found.coverage.any()
    assert candidates.frequencies(["gdansk", "公路", "hospital", "居民"]) == [0, 12, 1, 12]
    assert candidates.frequencies([]) == []


def test_what_answering_asks_of_all_paragraphs(candidates: CandidateIndex) -> None:
    assert candidates.paragraphs == len(TEXTS)
    # A paragraph of a sign alone has no script, which has a number as well.
    expected = {script_code(script) for script in ("Latn", "Hans", "Zyyy")}
    assert candidates.scripts == expected


def test_which_paragraphs_have_a_term(candidates: CandidateIndex) -> None:
    rows = np.array([ROWS["ward.md"], ROWS["deep.md"], 3, ROWS["ward.md"]])
    assert candidates.rows_have(rows, "hospital").tolist() == [True, False, False, True]
    assert candidates.rows_have(rows, "公路").tolist() == [False, False, True, False]
    assert not candidates.rows_have(rows, "gdansk").any()


@pytest.mark.parametrize(
    ("text", "restored"),
    [
        ("What happened in Panjin?", "What happened in 盘锦?"),
        ("Pánjǐn, Timbuktu", "盘锦, Timbuktu"),
        ("What did panjin say in Paris?", "What did panjin say in Paris?"),
        ("盘锦", "盘锦"),
    ],
)
def test_romanized_names_are_restored(candidates: CandidateIndex, text: str, restored: str) -> None:
    assert candidates.restore_names(text) == restored


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("ju min hen man yi", "居民很满意"),
        ("jumin hen manyi", "居民很满意"),
        ("The ward has a bed", None),
        ("居民很满意", None),
    ],
)
def test_pinyin_is_spelled_in_characters(
    candidates: CandidateIndex, typed: str, read: str | None
) -> None:
    assert candidates.spell_pinyin(typed) == read


@pytest.mark.parametrize(
    ("typed", "meant"), [("居民很满一", "居民很满意"), ("居民很满意", None), ("ward", None)]
)
def test_a_character_of_the_same_sound_is_corrected(
    candidates: CandidateIndex, typed: str, meant: str | None
) -> None:
    assert candidates.correct_homophones(typed) == meant


def test_what_is_fetched_comes_in_the_order_of_the_rows(
    candidates: CandidateIndex, generation: Generation
) -> None:
    asked = probe(generation, "公路", "社区公路 XK421", {"盘锦": 1.0})
    rows = np.array([ROWS[path] for path in ("ward.md", "03.md", "name.md", "code.md", "03.md")])
    found = candidates.fetch_candidates(rows, asked)
    assert len(found) == 5
    assert found.rows.tolist() == rows.tolist()
    stored = [generation.corpus.paragraph(row) for row in rows.tolist()]
    expected = np.stack([hashed(placed(each), SALT) for each in stored])
    np.testing.assert_allclose(found.vectors, expected, atol=1e-6)
    languages = [language_code(each.paragraph.language) for each in stored]
    assert found.languages.tolist() == languages
    latin, chinese = script_code("Latn"), script_code("Hans")
    assert found.scripts.tolist() == [latin, chinese, chinese, latin, chinese]
    assert found.vectors.dtype == found.terms.dtype == found.coverage.dtype == np.float32


def test_sentences_stand_between_the_bounds_of_their_paragraph(
    candidates: CandidateIndex, generation: Generation
) -> None:
    asked = probe(generation, "公路", "公路 beds")
    rows = np.array([ROWS["ward.md"], ROWS["blank.md"], 2])
    found, texts = candidates.fetch_candidates(rows, asked), texts_of(generation, rows)
    assert found.bounds.tolist() == [0, 3, 4, 6]
    flat = [sentence for each in texts for sentence in each]
    expected = np.stack([hashed(sentence, SALT) for sentence in flat])
    np.testing.assert_allclose(found.sentence_vectors, expected, atol=1e-6)
    assert found.sentence_kinds.shape == found.coverage.shape == (6,)
    covered = [sum(w for t, w in asked.terms.items() if t in terms(s)) for s in flat]
    np.testing.assert_allclose(found.coverage, covered, atol=1e-6)
    assert [len(each) for each in found.by_paragraph(found.coverage)] == [3, 1, 2]
    np.testing.assert_allclose(
        found.best_sentences(found.coverage), [max(covered[:3]), 0, max(covered[4:])], atol=1e-6
    )


def test_shares_are_those_of_the_documented_formula(
    candidates: CandidateIndex, generation: Generation
) -> None:
    reference = NaiveCandidates(generation.corpus, len(TEXTS))
    rows = np.arange(len(TEXTS))
    for question in ("第3个社区修建公路多少公里", "Where is XK421?", "居民 hospital 没有"):
        asked = probe(generation, "x", question, {"盘锦": 0.7, "的另": 0.3})
        found = candidates.fetch_candidates(rows, asked)
        for shares, weighed in ((found.terms, asked.terms), (found.names, asked.names)):
            expected = [reference.share(weighed, row) for row in rows.tolist()]
            np.testing.assert_allclose(shares, expected, atol=1e-5)
            assert 0 < float(shares.max()) < 1


def test_a_score_does_not_depend_on_what_else_is_fetched(
    candidates: CandidateIndex, generation: Generation
) -> None:
    asked = probe(generation, "公路", "社区公路多少公里", {"盘锦": 1.0})
    whole = candidates.fetch_candidates(np.arange(len(TEXTS)), asked)
    for row in range(len(TEXTS)):
        assert_same(
            candidates.fetch_candidates(np.array([row]), asked), whole.at_places(np.array([row]))
        )


def test_a_part_is_what_is_fetched_of_its_rows(
    candidates: CandidateIndex, generation: Generation
) -> None:
    asked = probe(generation, "公路", "社区公路 beds", {"盘锦": 1.0})
    whole = candidates.fetch_candidates(np.array([16, 3, 12, 15, 0]), asked)
    assert_same(
        whole.at_places(np.array([3, 0, 1])),
        candidates.fetch_candidates(np.array([15, 16, 3]), asked),
    )
    assert len(whole.at_places(np.array([], dtype=np.int64))) == 0


def assert_same(one: Candidates, other: Candidates) -> None:
    for each in fields(Candidates):
        ours, theirs = getattr(one, each.name), getattr(other, each.name)
        np.testing.assert_allclose(ours, theirs, atol=1e-6, err_msg=each.name)


def test_tokens_are_those_of_each_paragraph_and_its_sentences(
    candidates: CandidateIndex, generation: Generation
) -> None:
    rows = np.array([ROWS["ward.md"], 1, ROWS["blank.md"], 1])
    tokens, expected = candidates.fetch_tokens(rows), naive(generation).fetch_tokens(rows)
    assert tokens is not None
    assert expected is not None
    assert len(tokens.codes) == len(tokens.sentence_starts) == 4
    for ours, theirs in zip(tokens.codes, expected.codes, strict=True):
        assert ours.tolist() == theirs.tolist()
    starts = [each.tolist() for each in tokens.sentence_starts]
    assert starts == [each.tolist() for each in expected.sentence_starts]
    assert list(map(len, starts)) == [3, 2, 1, 2]


def test_an_index_without_tokens_gives_none(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("plain")
    index(home, {"a.md": "公路。"}, late_interaction=False)
    assert open_index(home).candidates.fetch_tokens(np.array([0])) is None


def test_values_of_sentences_are_told_apart_by_paragraph() -> None:
    numbers, nothing = np.zeros(2, dtype=np.int64), np.zeros(2, dtype=np.float32)
    found = Candidates(
        rows=numbers,
        vectors=np.zeros((2, 1), dtype=np.float32),
        languages=numbers,
        scripts=numbers,
        terms=nothing,
        names=nothing,
        bounds=np.array([0, 2, 3]),
        sentence_vectors=np.zeros((3, 1), dtype=np.float32),
        sentence_kinds=np.zeros(3, dtype=np.int64),
        coverage=np.zeros(3, dtype=np.float32),
    )
    values = np.array([0.1, 0.7, -0.5], dtype=np.float32)
    np.testing.assert_allclose(found.best_sentences(values), [0.7, -0.5])
    assert [each.tolist() for each in found.by_paragraph(values)] == [
        pytest.approx([0.1, 0.7]),
        pytest.approx([-0.5]),
    ]


@pytest.mark.parametrize("count", [1, 2, 100])
def test_nothing_outside_of_what_is_asked_is_found(
    candidates: CandidateIndex, generation: Generation, count: int
) -> None:
    within = np.array([1, 4, 5, 9], dtype=np.int64)
    reference = naive(generation)
    for near in TEXTS.values():
        everywhere = probe(generation, near, near, {"盘锦": 1.0})
        asked = replace(everywhere, within=within)
        found = set(candidates.find_rows(asked, count).tolist())
        assert found <= set(within.tolist())
        whole = reference.fetch_candidates(within, asked)
        for values in (whole.vectors @ asked.vector, whole.terms, whole.names):
            best = within[values > max(float(np.sort(values)[-min(count, 4)]), 0) + 1e-5]
            assert set(best.tolist()) <= found
    nothing = replace(everywhere, within=np.array([], dtype=np.int64))
    assert candidates.find_rows(nothing, count).tolist() == []
