"""Badly typed questions of tests/data/typing, over seeds/ and over the folder of parts."""

import json
from pathlib import Path
from typing import Any

import pytest

import rag
from rag import Service
from rag.evaluation.evaluate import evaluate
from rag.evaluation.judging import FactJudge
from rag.evaluation.question_sets import load_questions
from rag.progress import silent

pytestmark = pytest.mark.model

DATA = Path("tests/data")
FOLDERS = {"seeds": Path("seeds"), "folder": DATA / "parts" / "folder"}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Service]:
    services = dict[str, Service]()
    for name, folder in FOLDERS.items():
        home = tmp_path_factory.mktemp(name)
        rag.build_index(folder, home)
        services[name] = rag.open_index(home)
    return services


def test_badly_typed_questions_are_answered(opened: dict[str, Service]) -> None:
    right, wrong, asked = 0, 0, 0
    for name, service in opened.items():
        judge = FactJudge(service.generation.listing.languages_of)
        questions = load_questions(DATA / "typing" / f"{name}.jsonl").questions
        outcomes = evaluate(service, questions, judge, silent)
        asked += len(outcomes)
        right += sum(each.right_quote for each in outcomes)
        wrong += sum(each.answer.answered and not each.right_quote for each in outcomes)
    assert asked == 100
    assert right >= 92
    assert wrong <= 4


def test_nothing_is_suggested_to_questions_that_are_typed_well(opened: dict[str, Service]) -> None:
    lines = (DATA / "unanswerable.jsonl").read_text(encoding="utf-8").splitlines()
    questions: list[dict[str, Any]] = [json.loads(line) for line in lines]
    for each in questions:
        answer = opened["seeds"].ask_question(each["question"])
        assert answer.did_you_mean is None
        assert answer.understood_as is None
