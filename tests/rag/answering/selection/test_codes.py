"""A passage with another code than the question's does not answer."""

import pytest

from rag.answering.selection.codes import has_other_code
from rag.documents import Paragraph
from rag.index.corpus import DocumentFacts, StoredParagraph


def stored(text: str, *, title: str = "Stock") -> StoredParagraph:
    facts = DocumentFacts("id", "stock.csv", title, None, None, "en", "Latn", "digest", 1)
    return StoredParagraph(0, facts, Paragraph(0, 0, len(text), "", (1, 1), None, ()), text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Which shelf has HK-204-B?", "part: HK-207-B | shelf: 4"),
        ("Where is room C12?", "Room C14 is beside the stairs."),
        ("Wer gewann den 10km-Lauf?", "Den 5km-Lauf gewann Jana."),
        ("零件 QW-88 在哪个架子上？", "零件 QW-89 在四号架上。"),
        ("What began in the 1990s?", "The fair began in the 1980s."),
    ],
)
def test_a_passage_has_another_code_of_the_same_build(question: str, text: str) -> None:
    assert has_other_code(question, stored(text))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Which shelf has HK-204-B?", "part: HK 204 B | shelf: 4, beside HK-207-B"),
        ("Which shelf has hk204b?", "part: HK-204-B | shelf: 4"),
        ("Where is room C12?", "It is beside the stairs."),
        ("Where is room C12?", "A part AB-12-F lies there."),
        ("Who won in 1998?", "In 2003 Ida won."),
        ("Is there a lift?", "Room C14 is beside the lift."),
    ],
)
def test_a_passage_has_the_code_or_none_like_it(question: str, text: str) -> None:
    assert not has_other_code(question, stored(text))


def test_a_title_names_the_code_for_its_document() -> None:
    passage = stored("The pump runs on B13 cells.", title="Manual of the K12")
    assert not has_other_code("Which cells does the K12 need?", passage)
