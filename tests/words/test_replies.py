"""What is replied to small talk, and how filters and lists are said."""

from dataclasses import replace

import pytest

from rag import Answer
from rag.answering.answer import Narrowing
from rag.answering.listing import CorpusListing, ListedDocument, ListedFolder
from rag.answering.small_talk.recognizer import KINDS
from words import LANGUAGES, listing_lines, narrowing_line, not_found_line, with_reply, words_in

NOTHING = Answer("hi", answered=False, answer=None, citations=(), passages=(), suggestions=(),
                 confidence=0.0, generation="g", took_ms=1.0)  # fmt: skip
ONE = ListedDocument("a", "Jobs", "seeds/x/a.md", "2024-01-01", "/documents/a")
LISTING = CorpusListing(
    30,
    "2020",
    "2024-01-01",
    (
        ListedFolder("seeds/x", 20, "2020", "2024-01-01"),
        ListedFolder("seeds/y", 10, None, None),
    ),
    (ONE,),
)
EN = words_in("en").answers


def test_a_question_gets_no_reply() -> None:
    assert with_reply(NOTHING) is NOTHING


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_reply_in_every_language(language: str, kind: str) -> None:
    said = replace(NOTHING, kind=kind, listing=LISTING)  # type: ignore[arg-type]
    reply = with_reply(said, words_in(language)).reply
    assert reply
    assert "{" not in reply


def test_the_reply_is_in_the_language_of_what_was_said() -> None:
    said = replace(NOTHING, kind="greeting")
    assert "Hello" in str(with_reply(said).reply)
    assert "你好" in str(with_reply(replace(said, question="你好")).reply)


def test_documents_are_listed_by_folder_with_the_newest_of_many() -> None:
    said = replace(NOTHING, kind="documents", listing=LISTING)
    assert with_reply(said).reply == "There are 30 documents, dated 2020 to 2024-01-01."
    assert listing_lines(said, EN) == [
        "seeds/x: 20",
        "seeds/y: 10",
        "The newest:",
        "Jobs · 2024-01-01",
    ]


def test_documents_without_dates_are_none_the_newest() -> None:
    listing = CorpusListing(3, None, None, (), ())
    said = replace(NOTHING, kind="news", listing=listing)
    assert "None of the 3 documents has a date" in str(with_reply(said).reply)
    assert listing_lines(said, EN) == []


def test_a_filter_is_said_with_the_number_of_documents_it_leaves() -> None:
    narrowed = Narrowing("reports", "", "pdf", "2024", "", 2)
    said = replace(NOTHING, narrowed=narrowed)
    line = "Only in: folder reports · type pdf · from 2024 (documents: 2)"
    assert narrowing_line(said, EN) == line
    assert not_found_line(said, EN) == EN.not_found
    nothing = replace(said, narrowed=replace(narrowed, documents=0))
    assert narrowing_line(nothing, EN) is None
    assert "No document matches folder reports" in not_found_line(nothing, EN)
