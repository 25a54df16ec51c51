"""On a terminal the quoted sentence stands out."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from rag.answering.answer import Answer, Part, ShortAnswer
from rag.answering.service import Service
from tests.fakes import CALIBRATION, open_index
from wenda.commands.ask_output import print_answer

QUOTED = "\x1b[1;32m城镇新增就业3960人。\x1b[0m"


TEXTS = {"a.md": "居民很满意并且公路也已经通车。城镇新增就业3960人。"}


@pytest.fixture
def answer(tmp_path: Path) -> Answer:
    service = Service(open_index(tmp_path, TEXTS), CALIBRATION.with_threshold(0))
    return service.ask_question("城镇新增就业多少人？")


def on_terminal(answer: Answer, *, passages: bool) -> str:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, color_system="standard", soft_wrap=True)
    print_answer(console, answer, passages=passages)
    return screen.getvalue()


@pytest.fixture
def printed(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.delenv("NO_COLOR", raising=False)
    return on_terminal(answer, passages=True)


def test_the_quote_stands_out_as_the_answer_and_in_its_passage(printed: str) -> None:
    answer, passages = printed.split("相关段落")
    assert answer.startswith(QUOTED)
    assert QUOTED in passages
    assert "居民" not in answer
    assert "\x1b[2m    居民很满意并且公路也已经通车。\x1b[0m" in passages


def test_the_words_that_answer_stand_out_in_place_of_their_sentence(answer: Answer) -> None:
    start = answer.citations[0].start + answer.citations[0].quote.index("3960人")
    short = ShortAnswer("3960人", 1, start, start + 5)
    printed = on_terminal(
        replace(answer, short_answer=short, short_answers=(short,)), passages=False
    )
    assert printed.startswith("城镇新增就业\x1b[1;32m3960人\x1b[0m。")


def test_an_overview_says_what_it_is_above_its_sentences(answer: Answer) -> None:
    given = replace(answer, kind="overview", reply="大意：")
    printed = on_terminal(given, passages=False)
    assert printed.startswith(f"大意：\n\n{QUOTED}")


def test_parts_are_printed_below_what_they_are_about(answer: Answer) -> None:
    parts = (Part("就业", "就业？", True, (1,), 0.9), Part("养老", "养老？", False, (), 0.0))
    printed = on_terminal(replace(answer, parts=parts), passages=False)
    assert printed.startswith("\x1b[1m就业\x1b[0m\n" + QUOTED)
    assert "\x1b[1m养老\x1b[0m\n\x1b[33m文档中没有" in printed


@pytest.mark.parametrize(
    ("question", "line"),
    [("那公路呢？", "理解为：公路多少？"), ("And roads?", "Understood as: 公路多少？")],
)
def test_a_completed_question_is_shown_as_it_was_understood(
    answer: Answer, question: str, line: str
) -> None:
    completed = replace(answer, question=question, understood_as="公路多少？")
    first, rest = on_terminal(completed, passages=False).split("\n", 1)
    assert line in first
    assert "3960" in rest
    assert line[:3] not in on_terminal(answer, passages=False)


def test_what_is_left_out_of_a_list_is_counted(answer: Answer) -> None:
    cut = replace(answer, citations=(replace(answer.citations[0], omitted=7),))
    assert "另有 7 项" in on_terminal(cut, passages=False)
    assert "另有" not in on_terminal(answer, passages=False)
