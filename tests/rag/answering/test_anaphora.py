"""Which words are anaphors, what a question substitutes, and what asks at all."""

import pytest

from rag.answering.anaphora import (
    asked_about,
    capitalized_words,
    has_anaphor,
    is_interrogative,
    opens_with_anaphor,
)


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("那北京呢？", "北京"),
        ("這2022年呢", "2022年"),
        ("普惠率呢?", "普惠率"),
        ("盘锦的呢？", "盘锦"),
        ("那它呢？", ""),
        ("And in Panjin?", "Panjin"),
        ("what about field visits", "field visits"),
        ("And there?", ""),
        ("And how many beds?", None),
        ("有多少人？", None),
        ("他是谁，哪里人呢？", None),
        ("Anders gefragt?", None),
        ("", None),
    ],
)
def test_what_is_asked_about_is_seen_by_its_form(question: str, about: str | None) -> None:
    assert asked_about(question) == about


@pytest.mark.parametrize("question", ["他是哪里人", "该项目花了多少", "Where is it?", "And why?"])
def test_pronouns_and_a_leading_and_are_anaphors(question: str) -> None:
    assert has_anaphor(question)


@pytest.mark.parametrize("question", ["谢谢", "盘锦有多少人？", "Item by item", "hello"])
def test_other_words_are_none(question: str) -> None:
    assert not has_anaphor(question)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("hello", False), ("谢谢", False), ("How many", True), ("有几家", True), ("为何", True)],
)
def test_a_greeting_asks_nothing(text: str, expected: bool) -> None:
    assert is_interrogative(text) is expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who painted the Mona Lisa?", True),
        ("Wie kocht man Spätzle?", True),
        ("Кто живёт в Москве?", True),
        ("How many beds are new?", False),
        ("那盘锦呢？", False),
        ("Beds?", False),
    ],
)
def test_a_capital_inside_a_question_names_something(question: str, expected: bool) -> None:
    assert bool(capitalized_words(question)) is expected


@pytest.mark.parametrize(
    "sentence",
    [
        "他说，",
        "該項目投資3亿元。",
        "其中公办园30所。",
        "“这是第一次。”",
        "对此，",
        "It has 40 beds.",
        "前者为",
    ],
)
def test_a_sentence_may_open_with_an_anaphor(sentence: str) -> None:
    assert opens_with_anaphor(sentence)


@pytest.mark.parametrize(
    "sentence", ["此外，还有", "其他项目", "其实", "这里有", "Italy is", "Thus", "3亿元", ""]
)
def test_other_sentences_stand_by_themselves(sentence: str) -> None:
    assert not opens_with_anaphor(sentence)
