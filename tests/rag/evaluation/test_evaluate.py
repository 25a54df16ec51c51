"""The figures are what their names say, checked by hand."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag.answering.answer import Answer, Citation
from rag.answering.conversation import Turn
from rag.answering.service import RankedAnswer, Service
from rag.evaluation.evaluate import Outcome, evaluate, summarize, unverified
from rag.evaluation.judging import by_facts
from rag.evaluation.question_sets import Expected, Question
from rag.progress import silent
from rag.retrieval.retriever import Hit, Query
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
    near: float | None = None,
) -> Outcome:
    answered = confidence >= 0.5
    answer = Answer(
        question.text, answered, "x" if answered else None, citations, (), (), confidence, "g", ms
    )
    return Outcome(
        question,
        answer,
        rank,
        right,
        Hit(0, 0, 0, 0, True, np.empty(0, dtype=np.float32)),
        None,
        ms,
        near,
    )


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
    assert "all_shown" not in found
    assert "by_kind" not in found


def test_a_miss_says_what_was_expected_and_found() -> None:
    (miss,) = summarize([outcome(KNOWN, 3, confidence=0.2)])["misses"]
    assert (miss["question"], miss["expected"], miss["rank"]) == ("多少人?", ["3960人"], 3)
    assert (miss["document"], miss["answered"], miss["confidence"]) == ("jobs.md", False, 0.2)


def test_each_miss_says_what_went_wrong() -> None:
    outcomes = [
        outcome(KNOWN, 1, right=True, confidence=0.9),
        outcome(KNOWN, 1, right=True, confidence=0.1),
        outcome(KNOWN, 2, right=True, confidence=0.9),
        outcome(KNOWN, 1, confidence=0.9),
        outcome(UNKNOWN, None, confidence=0.1),
        outcome(UNKNOWN, None, confidence=0.9),
    ]
    found = ["refused", "passage", "quote", "answered"]
    assert [o.miss for o in outcomes] == [None, *found[:3], None, found[3]]
    assert [miss["miss"] for miss in summarize(outcomes)["misses"]] == found


def test_a_miss_tells_where_what_was_found_stands() -> None:
    places = [
        citation(),
        replace(citation(), page=3),
        replace(citation(), lines=(2, 4)),
        citation(),
    ]
    (miss,) = summarize([outcome(KNOWN, 1, confidence=0.9, citations=tuple(places))])["misses"]
    path = "seeds/jobs.md ¶0"
    assert miss["where"] == f"{path}, line 1; {path}, page 3; {path}, lines 2–4"


def test_confidence_is_compared_with_the_best_passage_being_right() -> None:
    found = summarize(
        [
            outcome(KNOWN, 1, confidence=0.95),
            outcome(KNOWN, 2, right=True, confidence=0.95),
            outcome(UNKNOWN, 1, confidence=0.65),
        ]
    )
    assert found["reliability"] == [
        {"low": 0.6, "high": 0.7, "count": 1, "confidence": 0.65, "right": 0.0},
        {"low": 0.9, "high": 1.0, "count": 2, "confidence": 0.95, "right": 0.5},
    ]
    assert found["ece"] == pytest.approx((0.65 + 2 * 0.45) / 3, abs=1e-4)


def test_near_misses_are_answerable_questions_without_their_passage() -> None:
    found = summarize(
        [
            outcome(KNOWN, 1, confidence=0.9, near=0.5),
            outcome(KNOWN, 1, confidence=0.8, near=0.85),
            outcome(UNKNOWN, None, confidence=0.1, near=0.99),
        ]
    )
    assert (found["auroc"], found["auroc_near"]) == (1.0, 0.75)
    assert found["refused_at_5"] == 1.0
    (cost,) = (cost for cost in found["thresholds"] if cost["threshold"] == 0.86)
    assert cost == {"threshold": 0.86, "answerable": 0.5, "unrelated": 1.0, "near": 1.0}


def test_all_shown_counts_only_questions_with_several_answers() -> None:
    several = Question("?", answers=(Expected("a.md", ("1",)), Expected("b.md", ("2",))))
    outcomes = [outcome(KNOWN, 1), outcome(several, 1), outcome(several, 1, right=True)]
    found = summarize(outcomes)
    assert found["all_shown"] == 0.5
    assert found["misses"][-1]["expected"] == ["1", "2"]
    assert found["misses"][-1]["document"] == "a.md, b.md"


def test_figures_by_kind() -> None:
    time, off = replace(KNOWN, kind="time"), replace(UNKNOWN, kind="off-topic")
    found = summarize(
        [
            outcome(time, 1, right=True, confidence=0.9),
            outcome(off, None, confidence=0.1),
            outcome(time, 2, confidence=0.9),
            outcome(KNOWN, None, confidence=0.9),
        ]
    )
    assert found["by_kind"] == {
        "time": {"count": 2, "recall@1": 0.5, "answer_hit": 0.5, "refused": None},
        "off-topic": {"count": 1, "recall@1": None, "answer_hit": None, "refused": 1.0},
    }


@pytest.mark.parametrize("outcomes", [[], [outcome(UNKNOWN, None)], [outcome(KNOWN, 1)]])
def test_what_cannot_be_counted_is_none(outcomes: list[Outcome]) -> None:
    found = summarize(outcomes)
    known = any(o.question.answerable for o in outcomes)
    assert (found["recall@1"] is None) is not known
    assert found["auroc"] is found["auroc_near"] is found["refused_at_5"] is None
    assert (found["ece"] is None) is (not outcomes)
    assert (found["ms_median"] is None) is (not outcomes)


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
    for each in (first, second, third):
        assert each.nearest is not None
        assert each.near == round(service.confidence(each.nearest), 4)
    assert third.near == third.answer.confidence
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


def test_a_follow_up_is_asked_as_a_front_end_asks_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Service(open_index(tmp_path, TEXTS), CALIBRATION)
    heard: list[tuple[str, list[Turn]]] = []
    ask = Service.ask_with_ranking

    def remember(
        self: Service, question: str, passages: int = 5, history: Sequence[Turn] = ()
    ) -> RankedAnswer:
        heard.append((question, list(history)))
        return ask(self, question, passages, history)

    monkeypatch.setattr(Service, "ask_with_ranking", remember)
    turns = Turn("修建农村公路多少公里", "12.5公里"), Turn("那城镇呢？", "无")
    question = Question("城镇新增就业呢", ("3960人",), history=turns)
    evaluate(service, [question], by_facts, silent)
    assert [asked for asked, _ in heard] == [turns[0].question, turns[1].question, question.text]
    understood = heard[-1][1][1].understood_as
    assert understood is not None
    assert heard[-1][1] == [turns[0], replace(turns[1], understood_as=understood)]


def test_the_ranking_is_the_one_that_was_answered_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Service(open_index(tmp_path, TEXTS), CALIBRATION)
    searches: list[str] = []
    search = service.retriever.search

    def counting(query: Query, count: int) -> list[Hit]:
        searches.append(query.text)
        return search(query, count)

    monkeypatch.setattr(service.retriever, "search", counting)
    question = Question("城镇新增就业多少人", ("3960人",))
    (found,) = evaluate(service, [question], by_facts, silent)
    assert searches == [question.text]
    assert found.answer.passages[0].score == round(found.best.score, 4)
