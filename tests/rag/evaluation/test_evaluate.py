"""The figures are what their names say, checked by hand."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag.answering.answer import Answer
from rag.answering.citation import Citation
from rag.answering.conversation import Turn
from rag.answering.document_answers import RankedAnswer
from rag.answering.service import Service
from rag.evaluation.evaluate import Outcome, RightPassage, evaluate, unverified
from rag.evaluation.judging import FactJudge
from rag.evaluation.question_sets import Question
from rag.progress import silent
from rag.retrieval.retriever import Hit, Query
from tests.fakes import CALIBRATION, open_index

FACTS = FactJudge(lambda _name: frozenset())
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
    languages: Sequence[str] = (),
    ranks: Sequence[tuple[int, str]] = (),
) -> Outcome:
    """`ranks` are those of all right passages with their languages, in place of `rank`."""
    found = ranks or ([(rank, "zh")] if rank is not None else [])
    answered = confidence >= 0.5
    answer = Answer(
        question.text, answered, "x" if answered else None, citations, (), (), confidence, "g", ms
    )
    return Outcome(
        question,
        answer,
        tuple(RightPassage(*each) for each in found),
        right,
        Hit(0, 0, 0, 0, 0, True, np.empty(0, dtype=np.float32)),
        None,
        ms,
        near,
        frozenset(languages),
    )


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
        service, questions, FACTS, lambda _stage, done, total: seen.append((done, total))
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
    identity = next(service.generation.listing.all_documents()).id
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
        self: Service, question: str, passages: int = 5, history: Sequence[Turn] = (), *rest: Any
    ) -> RankedAnswer:
        heard.append((question, list(history)))
        return ask(self, question, passages, history, *rest)

    monkeypatch.setattr(Service, "ask_with_ranking", remember)
    turns = Turn("修建农村公路多少公里", "12.5公里"), Turn("那城镇呢？", "无")
    question = Question("城镇新增就业呢", ("3960人",), history=turns)
    evaluate(service, [question], FACTS, silent)
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

    def counting(query: Query) -> list[Hit]:
        searches.append(query.text)
        return search(query)

    monkeypatch.setattr(service.retriever, "search", counting)
    question = Question("城镇新增就业多少人", ("3960人",))
    (found,) = evaluate(service, [question], FACTS, silent)
    assert searches == [question.text]
    assert found.answer.passages[0].score == round(found.best.score, 4)
