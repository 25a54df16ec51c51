"""The figures are what their names say, checked by hand."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import Answer, Citation
from rag.corpus import DocumentFacts, StoredParagraph
from rag.documents import Paragraph
from rag.evaluation import (
    Outcome,
    auroc,
    by_context,
    by_facts,
    evaluate,
    holds,
    summarize,
    unverified,
)
from rag.questions import Question
from rag.retriever import Hit
from rag.service import Service
from tests.fakes import CALIBRATION, open_index

KNOWN = Question("多少人?", ("3960人",), document="jobs.md")
UNKNOWN = Question("天气?")


def citation(quote: str = "x", start: int = 0, identity: str = "d") -> Citation:
    return Citation(
        *(1, identity, "t", "seeds/jobs.md", None, "zh", "", 0, (1, 1), None),
        *(quote, start, start + len(quote), "/documents/d#p0"),
    )


def outcome(
    question: Question,
    rank: int | None,
    *,
    right: bool = False,
    confidence: float = 0.5,
    ms: float = 1.0,
    citations: tuple[Citation, ...] = (),
) -> Outcome:
    answered = confidence >= 0.5
    answer = Answer(
        question.text, answered, "x" if answered else None, citations, (), (), confidence, "g", ms
    )
    return Outcome(question, answer, rank, right, Hit(0, 0, 0, 0, True), None, ms)


def stored(text: str, path: str = "资料/jobs.md", identity: str = "d") -> StoredParagraph:
    facts = DocumentFacts(identity, path, "t", None, None, "zh", "Hans", "0", 1)
    return StoredParagraph(0, facts, Paragraph(0, 0, len(text), "", (1, 1), None, ()), text)


def test_figures_of_a_small_case_by_hand() -> None:
    found = summarize(
        [
            outcome(KNOWN, 1, right=True, confidence=0.9, ms=1, citations=(citation(),) * 2),
            outcome(KNOWN, 2, confidence=0.3, ms=2),
            outcome(KNOWN, 6, confidence=0.6, ms=3, citations=(citation(),)),
            outcome(KNOWN, None, confidence=0.4, ms=4),
            outcome(UNKNOWN, None, confidence=0.1, ms=5),
            outcome(UNKNOWN, None, confidence=0.6, ms=96),
        ]
    )
    assert found["questions"] == 6
    assert (found["recall@1"], found["recall@5"], found["recall@10"]) == (0.25, 0.5, 0.75)
    assert found["mrr@10"] == round((1 + 1 / 2 + 1 / 6) / 4, 4)
    assert found["ndcg@10"] == round((1 + 1 / math.log2(3) + 1 / math.log2(7)) / 4, 4)
    assert found["answer_hit"] == 0.25
    assert (found["falsely_refused"], found["refused"]) == (0.5, 0.5)
    # 0.9: 2 of 2 below; 0.3: 1; 0.6: 1 and a tie; 0.4: 1.
    assert found["auroc"] == pytest.approx((2 + 1 + 1.5 + 1) / 8, abs=1e-4)
    assert found["citations"] == 3
    assert found["ms_median"] == 3.5
    assert found["ms_p95"] == pytest.approx(73.25)
    assert len(found["misses"]) == 4


def test_a_miss_says_what_was_expected_and_found() -> None:
    (miss,) = summarize([outcome(KNOWN, 3, confidence=0.2)])["misses"]
    assert (miss["question"], miss["expected"], miss["rank"]) == ("多少人?", ["3960人"], 3)
    assert (miss["document"], miss["answered"], miss["confidence"]) == ("jobs.md", False, 0.2)


@pytest.mark.parametrize("outcomes", [[], [outcome(UNKNOWN, None)], [outcome(KNOWN, 1)]])
def test_what_cannot_be_counted_is_none(outcomes: list[Outcome]) -> None:
    found = summarize(outcomes)
    known = any(o.question.answerable for o in outcomes)
    assert (found["recall@1"] is None) is not known
    assert found["auroc"] is None
    assert (found["ms_median"] is None) is (not outcomes)


def test_auroc_of_clear_cases() -> None:
    assert auroc([0.9, 0.8], [0.1]) == 1
    assert auroc([0.1], [0.9, 0.8]) == 0
    assert auroc([0.5, 0.5], [0.5]) == 0.5
    assert auroc([], [0.5]) is auroc([0.5], []) is None


_SCORES = st.lists(st.sampled_from([0.0, 0.1, 0.5, 0.50001, 1.0]), min_size=1, max_size=9)


@given(_SCORES, _SCORES)
def test_auroc_is_the_share_of_pairs_in_order_ties_half(
    positive: list[float], negative: list[float]
) -> None:
    pairs = [(p > n) + 0.5 * (p == n) for p in positive for n in negative]
    assert auroc(positive, negative) == pytest.approx(sum(pairs) / len(pairs), abs=1e-4)


@pytest.mark.parametrize(
    ("must", "any_of", "quote", "expected"),
    [
        (("3960人",), False, "就业3960人。", True),
        (("3960人",), False, "就业 ３９６０ 人。", True),
        (("GDP",), False, "gdp增长", True),
        (("3960人",), False, "就业396人。", False),
        (("3960人", "城镇"), False, "就业3960人。", False),
        (("3960人", "城镇"), True, "就业3960人。", True),
        (("3960人", "就业"), False, "就业3960人。", True),
        ((), False, "anything", False),
        ((), True, "anything", False),
    ],
)
def test_a_quote_holds_the_facts(
    must: tuple[str, ...], any_of: bool, quote: str, expected: bool
) -> None:
    assert holds(Question("?", must, any_of), quote) is expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("jobs.md", True),
        ("资料/jobs.md", True),
        (None, True),
        ("obs.md", False),
        ("roads.md", False),
        ("别的/jobs.md", False),
    ],
)
def test_by_facts_needs_the_named_document(document: str | None, expected: bool) -> None:
    question = Question("?", ("3960人",), document=document)
    assert by_facts(question, stored("就业3960人。")) is expected


def test_by_facts_needs_every_fact_in_the_paragraph() -> None:
    assert not by_facts(Question("?", ("3960人", "城镇")), stored("就业3960人。"))
    assert not by_facts(UNKNOWN, stored("就业3960人。"))


def test_by_context_needs_the_document_made_of_it() -> None:
    judge = by_context({"a": 0, "b": 1})
    assert judge(Question("?", ("x",), True, 1), stored("x", identity="b"))
    assert not judge(Question("?", ("x",), True, 1), stored("x", identity="a"))
    assert not judge(Question("?"), stored("x", identity="a"))


TEXTS = {
    "jobs.md": "城镇新增就业3960人。农村转移就业62299人。",
    "roads.md": "修建农村公路12.5公里。",
    "ward.md": "The hospital opened a second ward.",
}


def test_questions_are_asked_through_the_service(tmp_path: Path) -> None:
    service = Service(open_index(tmp_path, TEXTS), CALIBRATION)
    questions = [
        Question("城镇新增就业多少人", ("3960人",), document="jobs.md"),
        Question("修建农村公路多少公里", ("12.5公里",), document="jobs.md"),
        Question("Wie wird morgen das Wetter?"),
    ]
    seen: list[tuple[int, int]] = []
    first, second, third = evaluate(
        service, questions, by_facts, lambda _stage, done, total: seen.append((done, total))
    )
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert (first.rank, first.right_quote, first.best.row) == (1, True, 0)
    assert first.nearest is not None
    assert first.nearest.row in (1, 2)
    assert (second.rank, second.right_quote) == (None, True)
    assert (third.rank, third.answer.answered) == (None, False)
    assert third.nearest == third.best
    assert unverified(service, [first, second, third]) == []


def test_a_quote_that_is_no_slice_of_its_document_is_found(tmp_path: Path) -> None:
    service = Service(open_index(tmp_path, TEXTS), CALIBRATION)
    identity = service.generation.corpus.documents()[0].id
    made = [
        citation("城镇", 0, identity),
        citation("城镇", 1, identity),
        citation("编造", 0, identity),
        citation("城镇", 0, "nowhere"),
    ]
    outcomes = [outcome(KNOWN, 1, confidence=0.9, citations=tuple(made))]
    assert unverified(service, outcomes) == ["城镇", "编造", "城镇"]
