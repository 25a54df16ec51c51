"""A passage with another code than the question's does not answer."""

from itertools import accumulate

import pytest

from rag.answering.selection.codes import has_other_code, sentences_of_other_codes
from rag.documents.document import Paragraph, Sentence
from rag.index.corpus import DocumentFacts, StoredParagraph


def stored(*sentences: str, title: str = "Stock", section: str = "") -> StoredParagraph:
    facts = DocumentFacts("id", "stock.csv", title, None, None, "en", "Latn", "digest", 1)
    text = "\n".join(sentences)
    ends = accumulate(len(each) + 1 for each in sentences)
    spans = tuple(
        Sentence(end - 1 - len(each), end - 1) for end, each in zip(ends, sentences, strict=True)
    )
    paragraph = Paragraph(0, 0, len(text), section, (1, 1), None, spans)
    return StoredParagraph(0, facts, paragraph, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Which shelf has HK-204-B?", "part: HK-207-B | shelf: 4"),
        ("Where is room C12?", "Room C14 is beside the stairs."),
        ("Wer gewann den 10km-Lauf?", "Den 5km-Lauf gewann Jana."),
        ("零件 QW-88 在哪个架子上？", "零件 QW-89 在四号架上。"),
        ("What began in the 1990s?", "The fair began in the 1980s."),
        ("白鹭三号的油箱多大？", "白鹭一号的油箱有四十升，白鹭二号有六十升。"),
        ("西區2號樓誰在管？", "西區三號樓由老周管。"),
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
        ("白鹭二号的油箱多大？", "白鹭一号的油箱有四十升，白鹭2号有六十升。"),
        ("白鹭三号的油箱多大？", "油箱有四十升。"),
        ("十二月三号开会吗？", "十二月五号以后都开会。"),
        ("Is there a lift?", "Room C14 is beside the lift."),
    ],
)
def test_a_passage_has_the_code_or_none_like_it(question: str, text: str) -> None:
    assert not has_other_code(question, stored(text))


def test_a_title_names_the_code_for_its_document() -> None:
    passage = stored("The pump runs on B13 cells.", title="Manual of the K12")
    assert not has_other_code("Which cells does the K12 need?", passage)


def test_the_section_says_which_of_a_number_a_passage_is_about() -> None:
    passage = stored("与白鹭一号不同，油箱有六十升。", section="白鹭二号")
    assert has_other_code("白鹭一号的油箱多大？", passage)
    assert not has_other_code("白鹭二号的油箱多大？", passage)


def test_of_sentences_those_with_other_codes_only_are_told() -> None:
    passage = stored("E-31 | worn belt", "E-32 | no water", "Call us then.")
    assert sentences_of_other_codes("What is E-32?", passage) == [True, False, False]
    assert sentences_of_other_codes("what does e32 mean", passage) == [False] * 3
    assert sentences_of_other_codes("What is E-39?", passage) == [False] * 3
    assert sentences_of_other_codes("Whom do I call?", passage) == [False] * 3
