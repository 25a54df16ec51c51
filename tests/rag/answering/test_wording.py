"""The shell speaks as it is spoken to."""

import dataclasses

import pytest

from rag.answering.wording import ENGLISH, SIMPLIFIED, TRADITIONAL, Wording, wording_for


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("今年新增就业多少人？", SIMPLIFIED),
        ("今年新增就業多少人？", TRADITIONAL),
        ("How many jobs?", ENGLISH),
        ("Combien d'emplois ?", ENGLISH),
        ("Сколько?", ENGLISH),
        ("いくつありますか", ENGLISH),
        ("12?", ENGLISH),
    ],
)
def test_the_words_are_those_of_the_question(question: str, words: Wording) -> None:
    assert wording_for(question) is words


@pytest.mark.parametrize(
    ("words", "line", "lines", "page"),
    [
        (ENGLISH, "line 3", "lines 3–5", "page 2"),
        (SIMPLIFIED, "第3行", "第3–5行", "第2页"),
        (TRADITIONAL, "第3行", "第3–5行", "第2頁"),
    ],
)
def test_a_place_is_a_page_or_the_lines(words: Wording, line: str, lines: str, page: str) -> None:
    assert words.place((3, 3), None) == line
    assert words.place((3, 5), None) == lines
    assert words.place((3, 5), 2) == page


def test_every_language_has_every_word() -> None:
    for words in (ENGLISH, SIMPLIFIED, TRADITIONAL):
        assert all(dataclasses.astuple(words))
    assert not set(dataclasses.astuple(ENGLISH)) & set(dataclasses.astuple(SIMPLIFIED))
