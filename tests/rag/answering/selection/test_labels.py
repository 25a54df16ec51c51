"""Parts that a question asks for by their number."""

import pytest

from rag.answering.selection.labels import begins_with, labels_in
from rag.documents import Paragraph
from rag.index.corpus import DocumentFacts, StoredParagraph


def stored(text: str, section: str = "") -> StoredParagraph:
    facts = DocumentFacts("id", "rules.md", "Rules", None, None, "en", "Latn", "digest", 1)
    return StoredParagraph(0, facts, Paragraph(0, 0, len(text), section, (1, 1), None, ()), text)


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("第三条规定了什么？", {"3条"}),
        ("第23條說什麼？", {"23条"}),
        ("第二十三章讲什么", {"23章"}),
        ("What does section 2.1 of the handbook say?", {"2.1"}),
        ("What comes after step 4?", {"4"}),
        ("Was steht in § 12?", {"12"}),
        ("О чём статья 7?", {"7"}),
        ("How many rooms are there in 2.1 houses?", set()),
        ("Which part of 30% is spent?", set()),
        ("三条路在哪里？", set()),
    ],
)
def test_labels_of_a_question(question: str, labels: set[str]) -> None:
    assert labels_in(question) == labels


@pytest.mark.parametrize(
    ("text", "section", "label"),
    [
        ("第一条 晚归要登记。\n第三条 不准用电炉。", "", "3条"),
        ("第3条 不准用电炉。", "", "3条"),
        ("2.1 The lathe is used by one person.", "", "2.1"),
        ("The lathe is used by one person.", "Workshop › 2.1 The lathe", "2.1"),
        ("## Step 4: rinse", "", "4"),
        ("4) Rinse the pan.", "", "4"),
    ],
)
def test_a_passage_has_the_part(text: str, section: str, label: str) -> None:
    assert begins_with(stored(text, section), frozenset({label}))


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("第一条 见第三条。", "3条"),
        ("2.10 The lathe.", "2.1"),
        ("4.5 litres are enough.", "4"),
        ("40 people came.", "4"),
        ("See section 2.1.", "2.1"),
    ],
)
def test_a_passage_that_only_mentions_the_number_has_not(text: str, label: str) -> None:
    assert not begins_with(stored(text), frozenset({label}))
