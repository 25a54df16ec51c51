"""Which words point back, what is put in place of something, and what asks at all."""

import pytest

from rag.pointing import asked_about, asks, names_something, points_back


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("那北京呢？", "北京"),
        ("這2022年呢", "2022年"),
        ("普惠率呢?", "普惠率"),
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
def test_what_is_asked_about_is_told_from_the_form(question: str, about: str | None) -> None:
    assert asked_about(question) == about


@pytest.mark.parametrize("question", ["他是哪里人", "该项目花了多少", "Where is it?", "And why?"])
def test_pronouns_and_a_leading_and_point_back(question: str) -> None:
    assert points_back(question)


@pytest.mark.parametrize("question", ["谢谢", "盘锦有多少人？", "Item by item", "hello"])
def test_other_words_do_not(question: str) -> None:
    assert not points_back(question)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("hello", False), ("谢谢", False), ("How many", True), ("有几家", True), ("为何", True)],
)
def test_a_greeting_asks_nothing(text: str, expected: bool) -> None:
    assert asks(text) is expected


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
    assert names_something(question) is expected
