"""Every language says everything, and people are spoken to in theirs."""

import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import get_args

import pytest

from bot.intake.addressing import ADMIN_COMMANDS, COMMANDS
from rag.documents.cleaning.piece import KEPT, Role
from rag.documents.document import UNREAD_PAGES
from rag.documents.formats.pdf.omissions import UNRECOGNIZED
from rag.errors import QuestionCode, QuestionError, UploadCode, UploadError
from rag.serving.uploads.outcomes import State
from words import (
    ENGLISH,
    LANGUAGES,
    SIMPLIFIED,
    TRADITIONAL,
    words_for_question,
    words_for_reader,
    words_in,
)


@pytest.mark.parametrize(
    ("question", "language"),
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
def test_the_words_are_those_of_the_question(question: str, language: str) -> None:
    assert words_for_question(question) is words_in(language)


def test_languages_are_chosen_by_code_and_by_wish() -> None:
    codes = {
        SIMPLIFIED: ("zh", "zh-hans", "zh-CN", "ZH_cn", "zh-sg"),
        TRADITIONAL: ("zh-hant", "zh-TW", "zh_HK", "zh-MO", "yue", "zh-Hant-TW"),
        ENGLISH: ("en", "en-GB", "de", "", None, "zhx"),
    }
    for language, tags in codes.items():
        for tag in tags:
            assert words_for_reader(tag).language == language, tag
    assert words_for_reader("zh", "en").language == ENGLISH
    assert words_for_reader("zh", "xx").language == SIMPLIFIED


@pytest.mark.parametrize(
    ("language", "line", "lines", "page"),
    [
        (ENGLISH, "line 3", "lines 3–5", "page 2"),
        (SIMPLIFIED, "第3行", "第3–5行", "第2页"),
        (TRADITIONAL, "第3行", "第3–5行", "第2頁"),
    ],
)
def test_a_place_is_a_page_or_the_lines(language: str, line: str, lines: str, page: str) -> None:
    words = words_in(language).answers
    assert words.place((3, 3), None) == line
    assert words.place((3, 5), None) == lines
    assert words.place((3, 5), 2) == page
    assert words.place((3, 5), 2, 0.9) == f"{page} · {words.recognized}"


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != ENGLISH])
def test_every_language_has_every_word_with_the_same_blanks(language: str) -> None:
    english, other = (dict(_texts(asdict(words_in(each)))) for each in (ENGLISH, language))
    assert set(english) == set(other)
    for name in set(english) - {("language",)}:
        assert other[name].strip(), name
        assert other[name] != english[name], name
        assert _blanks(other[name]) == _blanks(english[name]), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_and_every_command_has_words(language: str) -> None:
    words = words_in(language)
    assert set(words.answers.refusals) == set(QuestionCode)
    assert set(words.bot.commands) == set(COMMANDS[1:])
    assert set(words.bot.admin_commands) == set(ADMIN_COMMANDS)
    error = QuestionError(QuestionCode.TOO_LONG, "Too long.", length=1200, most=1000)
    assert re.findall(r"\d+", words.answers.refusal(error)) == ["1200", "1000"]
    refusals = {words.answers.refusal(QuestionError(code, "")) for code in QuestionCode}
    assert len(refusals) == len(QuestionCode)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refused_document_and_every_state_has_words(language: str) -> None:
    words = words_in(language).uploads
    assert set(words.refusals) == set(UploadCode)
    assert set(words.states) == set(get_args(State))
    assert words.refusal(UploadError(UploadCode.DISK_FULL, "")) == words.refusals["disk_full"]
    assert "bad zip" in words.outcome("skipped", "bad zip")
    assert "bad zip" in words.outcome("indexed", "bad zip") != words.outcome("indexed", None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_readers_leave_out_has_words(language: str) -> None:
    known = words_in(language).page.omissions
    written = {
        name
        for path in Path("rag/documents").rglob("*.py")
        for name in re.findall(r'Dropped\([^"]*"", "([^"]+)"', path.read_text(encoding="utf-8"))
    }
    assert written >= {"picture", "hidden sheet", "hidden slide"}
    kept_out = {str(role) for role in Role if role not in KEPT}
    assert written | kept_out | UNREAD_PAGES | {UNRECOGNIZED, "part"} <= set(known)


@pytest.mark.parametrize(
    ("seconds", "age"), [(-5, "0 minutes ago"), (7199, "119 minutes ago"), (7200, "2 hours ago")]
)
def test_an_age_is_said_in_its_largest_unit(seconds: float, age: str) -> None:
    assert words_in(ENGLISH).bot.age(seconds) == age
    assert words_in(ENGLISH).bot.age(3 * 86_400) == "3 days ago"


def _texts(section: dict[str, object], *path: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """All texts, each with the names that lead to it."""
    for name, value in section.items():
        if isinstance(value, dict):
            yield from _texts(value, *path, name)
        else:
            yield (*path, name), str(value)


def _blanks(text: str) -> list[str]:
    return sorted(re.findall(r"\{\w*\}", text))
