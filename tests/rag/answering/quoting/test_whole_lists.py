"""Which questions ask for a whole list."""

import pytest

from rag.answering.quoting.asking import asks_for_all, asks_for_several
from rag.answering.quoting.introductions import introduces


@pytest.mark.parametrize(
    "question",
    [
        "列出所有码头",
        "有哪些规定？",
        "List the piers",
        "Which piers are open to all?",
        "Welche Häfen gibt es, alle bitte?",
    ],
)
def test_questions_for_all(question: str) -> None:
    assert asks_for_all(question)
    assert asks_for_several(question)


@pytest.mark.parametrize(
    "question",
    ["Which piers are there?", "Who are the keepers?", "What services does the port offer?"],
)
def test_questions_for_several(question: str) -> None:
    assert asks_for_several(question)


@pytest.mark.parametrize(
    "question",
    ["Which pier is the longest?", "码头有多长？", "Who is the keeper?", "What is a pier?"],
)
def test_questions_for_one(question: str) -> None:
    assert not asks_for_several(question)


@pytest.mark.parametrize(
    "sentence",
    [
        "Run this:",
        "步骤如下：",
        "材料如下。",
        "Please note the following.",
        "The rules are as follows",
    ],
)
def test_sentences_that_introduce(sentence: str) -> None:
    assert introduces(sentence)


@pytest.mark.parametrize(
    "sentence", ["The pier opens at 9:30.", "码头很长。", "He followed the river."]
)
def test_sentences_that_do_not(sentence: str) -> None:
    assert not introduces(sentence)
