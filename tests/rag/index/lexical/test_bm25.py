"""Exact words: which terms a text has, and the share of a question that a paragraph holds."""

import math
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.arrays import FloatArray
from rag.encoding.word_frequencies import WordFrequencies
from rag.index.lexical import bm25
from rag.index.lexical.bm25 import K1, B, LexicalIndex
from rag.index.lexical.bm25_writer import LexicalWriter
from rag.index.lexical.term_weights import TermWeights
from rag.index.lexical.terms import terms
from tests.fakes import all_new


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("   \n\t", []),
        ("，。！？——“”", []),
        ("😀🎉👩‍👩‍👧", []),
        ("民", ["民"]),
        ("民生", ["民生"]),
        ("人民生活", ["人民", "民生", "生活"]),
        ("人民，生活", ["人民", "生活"]),
        ("臨河區養老", ["临河", "河区", "区养", "养老"]),
        ("ＧＤＰ１２", ["gdp", "12"]),
        ("Straße ÉCOLE", ["strasse", "ecole"]),
        ("E\N{COMBINING ACUTE ACCENT}cole", ["ecole"]),
        ("增长2.5%，共1,387家", ["增长", "2.5", "共", "1,387", "家"]),
        ("3.", ["3"]),
        ("使用5G网络和AI技术", ["使用", "5", "g", "网络", "络和", "ai", "技术"]),
        ("covid19", ["covid", "19"]),
        ("snake_case", ["snake", "case"]),
        ("としょかん", ["とし", "しょ", "ょか", "かん"]),
        ("도서관", ["도서", "서관"]),
        ("школа и Дом", ["школа", "и", "дом"]),
        ("𠮷野家", ["𠮷野", "野家"]),
        ("㎏", ["kg"]),
    ],
)
def test_terms_of_a_text(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_traditional_and_simplified_have_the_same_terms() -> None:
    assert terms("臨河區有幾家養老服務中心") == terms("临河区有几家养老服务中心")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_has_terms_without_white_space(text: str) -> None:
    for term in terms(text):
        assert term
        assert not any(character.isspace() for character in term)


def weigh(index: LexicalIndex, found: list[str]) -> dict[str, float]:
    return TermWeights(index, WordFrequencies(None)).weigh(found)


def written(folder: Path, paragraphs: list[str]) -> LexicalIndex:
    writer = LexicalWriter(folder)
    for paragraph in paragraphs:
        writer.add_paragraph(paragraph, [paragraph])
    writer.write_postings(all_new(len(paragraphs)))
    return LexicalIndex(folder, len(paragraphs))


def naive(question: str, paragraphs: list[str]) -> list[float]:
    """The formula of the module, read off its docstring."""
    bags = [Counter(terms(p)) for p in paragraphs]
    average = max(sum(bag.total() for bag in bags) / len(bags), 1)
    asked = set(terms(question))
    idf = {}
    for term in asked:
        n = sum(term in bag for bag in bags)
        idf[term] = math.log(1 + (len(bags) - n + 0.5) / (n + 0.5))
    whole = sum(idf.values()) or 1
    return [
        sum(
            idf[t] * bag[t] / (bag[t] + K1 * (1 - B + B * bag.total() / average))
            for t in asked
            if t in bag
        )
        / whole
        for bag in bags
    ]


_PHRASES = st.lists(
    st.sampled_from(["民生", "就业", "人", "road ", "Roads ", "3.5 ", "，", "😀", "養老", "x"]),
    max_size=8,
).map("".join)


@settings(deadline=None, max_examples=60)
@given(st.lists(_PHRASES, min_size=1, max_size=6), _PHRASES)
def test_shares_are_the_documented_formula(paragraphs: list[str], question: str) -> None:
    with TemporaryDirectory() as folder:
        index = written(Path(folder), paragraphs)
        shares = shares_of_all(index, question)
    np.testing.assert_allclose(shares, naive(question, paragraphs), atol=1e-5)
    assert shares.shape == (len(paragraphs),)
    assert shares.dtype == np.float32
    assert float(shares.min()) >= 0
    assert float(shares.max()) < 1


def shares_of_all(index: LexicalIndex, question: str) -> FloatArray:
    return index.shares(
        weigh(index, terms(question)),
        np.arange(index.paragraphs),
    )


@settings(deadline=None, max_examples=60)
@given(st.lists(_PHRASES, min_size=1, max_size=6), _PHRASES, st.data())
def test_shares_come_in_the_order_of_any_rows(
    paragraphs: list[str], question: str, data: st.DataObject
) -> None:
    rows = data.draw(st.lists(st.integers(0, len(paragraphs) - 1), max_size=8))
    with TemporaryDirectory() as folder:
        index = written(Path(folder), paragraphs)
        shares = index.shares(
            weigh(index, terms(question)),
            np.array(rows, dtype=np.int64),
        )
    expected = naive(question, paragraphs)
    np.testing.assert_allclose(shares, [expected[row] for row in rows], atol=1e-5)


#: So many postings at once: all, or so few that only the rarest terms count.
@pytest.mark.parametrize("most", [1 << 20, 3, 1])
@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    paragraphs=st.lists(_PHRASES, min_size=1, max_size=12),
    question=_PHRASES,
    count=st.integers(1, 13),
)
def test_the_best_rows_are_those_of_the_largest_shares(
    monkeypatch: pytest.MonkeyPatch, most: int, paragraphs: list[str], question: str, count: int
) -> None:
    monkeypatch.setattr(bm25, "_MOST_POSTINGS", most)
    with TemporaryDirectory() as folder:
        index = written(Path(folder), paragraphs)
        weighed = weigh(index, terms(question))
        found = index.best_rows(weighed, count).tolist()
        read = postings_read(index, weighed, most)
    shares = naive(question, paragraphs)
    holding = [row for row, text in enumerate(paragraphs) if read & set(terms(text))]
    assert len(found) == len(set(found)) == min(count, len(holding))
    best = sorted((shares[row] for row in holding), reverse=True)[:count]
    assert sorted((shares[row] for row in found), reverse=True) == pytest.approx(best, abs=1e-5)


def postings_read(index: LexicalIndex, weighed: dict[str, float], most: int) -> set[str]:
    """The terms by which rows are found: the rarest, as long as they have few postings, one at
    least.
    """
    found, postings = set[str](), 0
    by_length = sorted(
        (index.frequencies([term])[0], place, term) for place, term in enumerate(weighed)
    )
    for count, _, term in by_length:
        postings += count
        if count and (postings <= most or not found):
            found.add(term)
    return found


def test_among_many_postings_common_terms_count_for_what_has_a_rarer_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [*["road " * 3] * 20, "bridge and a long way to go", "road bridge", "road"]
    index = written(tmp_path, texts)
    weighed = weigh(index, terms("road bridge nowhere"))
    monkeypatch.setattr(bm25, "_MOST_POSTINGS", 5)
    assert index.best_rows(weighed, 1).tolist() == [21]
    assert sorted(index.best_rows(weighed, 10).tolist()) == [20, 21]
    # What no paragraph has is no rarer term.
    assert len(index.best_rows(weigh(index, terms("road nowhere")), 10)) == 10


def test_without_a_term_that_is_known_there_are_no_best_rows(tmp_path: Path) -> None:
    index = written(tmp_path, PARAGRAPHS)
    for weighed in ({}, {"nowhere": 1.0}):
        found = index.best_rows(weighed, 3)
        assert found.tolist() == []
        assert found.dtype == np.int64


PARAGRAPHS = ["城镇新增就业3960人", "修建农村公路", "hospital beds for the old"]


def test_terms_that_the_corpus_does_not_have_lower_the_score(tmp_path: Path) -> None:
    index = written(tmp_path, PARAGRAPHS)
    known = shares_of_all(index, "就业")
    diluted = shares_of_all(index, "就业 gdansk wroclaw")
    assert 0 < diluted[0] < known[0] / 2


def test_a_question_without_terms_scores_nothing(tmp_path: Path) -> None:
    index = written(tmp_path, PARAGRAPHS)
    assert index.shares({}, np.arange(3)).tolist() == [0, 0, 0]


def test_a_question_in_another_language_scores_nothing(tmp_path: Path) -> None:
    index = written(tmp_path, PARAGRAPHS)
    assert shares_of_all(index, "Сколько рабочих мест?").tolist() == [0, 0, 0]


def test_traditional_questions_find_simplified_paragraphs(tmp_path: Path) -> None:
    index = written(tmp_path, PARAGRAPHS)
    traditional = shares_of_all(index, "農村公路")
    assert traditional.tolist() == shares_of_all(index, "农村公路").tolist()
    assert int(traditional.argmax()) == 1


def test_a_corpus_without_any_term_can_be_asked(tmp_path: Path) -> None:
    index = written(tmp_path, ["😀", "🎉"])
    assert shares_of_all(index, "就业 jobs").tolist() == [0, 0]


def covering(folder: Path, paragraphs: list[list[str]]) -> LexicalIndex:
    """An index of paragraphs given as sentences, each with a context of its own."""
    writer = LexicalWriter(folder)
    for number, sentences in enumerate(paragraphs):
        writer.add_paragraph(f"第{number}页\n" + "".join(sentences), sentences)
    writer.write_postings(all_new(len(paragraphs)))
    return LexicalIndex(folder, len(paragraphs))


def test_coverage_is_the_weight_of_the_terms_present(tmp_path: Path) -> None:
    index = covering(tmp_path, [["", "ＧＤＰ"], ["就業，GDP", "就业。人。gdp"]])
    weighed = {"就业": 0.5, "人": 0.3, "gdp": 0.2}
    covered = index.coverage(weighed, np.arange(4))
    assert covered.dtype == np.float32
    np.testing.assert_allclose(covered, [0, 0.2, 0.7, 1], atol=1e-6)
    assert index.coverage({}, np.arange(4)).tolist() == [0, 0, 0, 0]
    assert index.coverage(weighed, np.arange(0)).shape == (0,)


def test_coverage_counts_a_repeated_term_once_and_no_context(tmp_path: Path) -> None:
    index = covering(tmp_path, [["人，人，人。人"], ["就业"]])
    assert index.coverage({"人": 0.4, "页": 0.6}, np.array([0, 1])).tolist() == [
        pytest.approx(0.4),
        0,
    ]


def test_a_corpus_without_any_term_covers_nothing(tmp_path: Path) -> None:
    index = covering(tmp_path, [["😀", "🎉"], ["！"]])
    assert index.coverage({"就业": 1.0}, np.arange(3)).tolist() == [0, 0, 0]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.lists(_PHRASES, min_size=1, max_size=4), min_size=1, max_size=4),
    _PHRASES,
    st.data(),
)
def test_coverage_is_that_of_the_terms_counted_one_by_one(
    paragraphs: list[list[str]], question: str, data: st.DataObject
) -> None:
    sentences = [sentence for paragraph in paragraphs for sentence in paragraph]
    rows = data.draw(st.lists(st.integers(0, len(sentences) - 1), max_size=8))
    with TemporaryDirectory() as folder:
        index = covering(Path(folder), paragraphs)
        weighed = weigh(index, terms(question))
        covered = index.coverage(weighed, np.array(rows, dtype=np.int64))
    expected = [
        sum(weight for term, weight in weighed.items() if term in terms(sentences[row]))
        for row in rows
    ]
    np.testing.assert_allclose(covered, expected, atol=1e-6)
