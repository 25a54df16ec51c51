"""Of versions of a document the newest answers first; a year in the question chooses."""

import pytest

from rag.answering.selection.versions import in_force, moment_of
from rag.documents import Paragraph, Sentence
from rag.index.corpus import DocumentFacts, StoredParagraph


def stored(
    path: str, text: str, *, title: str = "Ferry rules", date: str | None = None
) -> StoredParagraph:
    facts = DocumentFacts(path, path, title, date, None, "en", "Latn", "", 1)
    paragraph = Paragraph(0, 0, len(text), "", (1, 1), None, (Sentence(0, len(text)),))
    return StoredParagraph(0, facts, paragraph, text)


OLD = stored("ferry-2019.md", "A dog on the ferry costs 3 crowns a day.", date="2019-05-01")
NEW = stored("ferry-2022.md", "A dog on the ferry costs 5 crowns a day.", date="2022-05-01")
OTHER = stored("bus.md", "A dog on the bus is free.", title="Bus rules", date="2023-01-01")


def paths(question: str, *found: StoredParagraph) -> list[str]:
    return [found[at].document.path for at in in_force(question, found)]


def test_the_newest_comes_first_and_the_older_after_it() -> None:
    found = OLD, OTHER, NEW
    assert paths("What does a dog cost on the ferry?", *found) == [
        "ferry-2022.md",
        "ferry-2019.md",
        "bus.md",
    ]


@pytest.mark.parametrize(
    ("year", "chosen"),
    [(2019, "ferry-2019.md"), (2022, "ferry-2022.md"), (2020, "ferry-2019.md")],
)
def test_a_year_chooses_the_version_that_held_in_it(year: int, chosen: str) -> None:
    question = f"What did a dog cost on the ferry in {year}?"
    assert paths(question, NEW, OLD, OTHER) == [chosen, "bus.md"]


def test_a_year_before_all_versions_leaves_all() -> None:
    assert paths("What did a dog cost in 1990?", OLD, NEW) == ["ferry-2022.md", "ferry-2019.md"]


def test_a_number_in_the_text_chooses_too() -> None:
    july = stored("july.md", "By the end of month 7 there were 40 boats.", date="2022-07-31")
    august = stored("august.md", "By the end of month 8 there were 60 boats.", date="2022-08-31")
    question = "How many boats were there by the end of month 7?"
    assert paths(question, july, august) == ["july.md"]


def test_documents_without_another_date_or_name_are_no_versions() -> None:
    copy = stored("copy/ferry-2019.md", OLD.text, date="2019-05-01")
    assert paths("dog", OLD, copy) == ["ferry-2019.md", "copy/ferry-2019.md"]
    bus = stored(
        "bus-2022.md", "A dog on the ferry costs 5 crowns.", title="Bus", date="2022-01-01"
    )
    assert paths("dog", OLD, bus) == ["ferry-2019.md", "bus-2022.md"]


def test_versions_that_say_other_things_keep_their_order() -> None:
    cats = stored("ferry-2023.md", "Cats travel in the cabin of the captain.", date="2023-05-01")
    assert paths("dog", OLD, cats) == ["ferry-2019.md", "ferry-2023.md"]


def test_versions_are_known_by_their_names_where_they_have_no_dates() -> None:
    first = stored("policy v1.9.md", OLD.text, title="Policy v1.9")
    second = stored("policy v1.10.md", NEW.text, title="Policy v1.10")
    assert paths("dog", first, second) == ["policy v1.10.md", "policy v1.9.md"]


@pytest.mark.parametrize(
    ("path", "date", "moment"),
    [
        ("a.md", "2021-03-04", ((2021, 3, 4), ())),
        ("minutes-20210304.md", None, ((2021, 3, 4), ())),
        ("2021-03/minutes.md", None, ((2021, 3), ())),
        ("minutes.md", None, ((), ())),
        ("rules-v2.md", None, ((), (2,))),
    ],
)
def test_the_moment_of_a_document(path: str, date: str | None, moment: object) -> None:
    assert moment_of(stored(path, "x", title="", date=date).document) == moment


def test_nothing_found_is_in_no_order() -> None:
    assert in_force("dog", []) == []
