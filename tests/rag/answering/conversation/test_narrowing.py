"""Filters are taken out of a question where they stand, and nothing else is."""

import pytest

from rag.answering.conversation.narrowing import as_date, combined, separate_filters
from rag.index.corpus import DocumentFilter


@pytest.mark.parametrize(
    ("question", "text", "fields"),
    [
        ("folder:2024 how many jobs?", "how many jobs?", {"folder": "2024"}),
        ("how many jobs? type:PDF", "how many jobs?", {"type": "PDF"}),
        (
            "after:2023 before:2024/5/1 jobs",
            "jobs",
            {"after": "2023", "before": "2024-05-01"},
        ),
        ('document:"annual report" jobs', "jobs", {"document": "annual report"}),
        ("文件夹：报告 新增就业多少人？", "新增就业多少人？", {"folder": "报告"}),
        ("資料夾:甲 之后:2024-03 多少", "多少", {"folder": "甲", "after": "2024-03"}),
        ("folder:a folder:b jobs", "jobs", {"folder": "b"}),
        ("Folder:A", "", {"folder": "A"}),
    ],
)
def test_filters_are_taken_out(question: str, text: str, fields: dict[str, str]) -> None:
    assert separate_filters(question) == (text, DocumentFilter(**fields))


@pytest.mark.parametrize(
    "question",
    [
        "What is the type: bus or tram?",
        "after:dinner or before:noon?",
        "Was steht in folder: drei",
        "https://example.org/document:5",
        "subfolder:x",
        "报告的类型是什么？",
        "  two   spaces",
    ],
)
def test_what_only_looks_like_a_filter_stays(question: str) -> None:
    assert separate_filters(question) == (question, DocumentFilter())


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2024", "2024"),
        ("2024-5", "2024-05"),
        ("2024.05.3", "2024-05-03"),
        ("24", None),
        ("2024-05-03-1", None),
        ("", None),
        ("tomorrow", None),
    ],
)
def test_dates_and_their_beginnings_are_read(text: str, date: str | None) -> None:
    assert as_date(text) == date


def test_what_is_typed_takes_the_place_of_what_was_given() -> None:
    given = DocumentFilter(folder="a", after="2020")
    assert combined(given, DocumentFilter(folder="b")) == DocumentFilter(folder="b", after="2020")
    assert combined(given, DocumentFilter()) == given
