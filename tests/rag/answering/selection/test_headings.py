"""Of passages nearly as good, the one below the heading that names what is asked for answers."""

import numpy as np

from rag.answering.selection.headings import named_first
from rag.documents import Paragraph, Sentence
from rag.index.corpus import DocumentFacts, StoredParagraph
from rag.index.lexical.terms import terms
from rag.retrieval.retriever import Hit


def stored(section: str, text: str) -> StoredParagraph:
    facts = DocumentFacts("boats.md", "boats.md", "Boats", None, None, "en", "Latn", "", 3)
    paragraph = Paragraph(0, 0, len(text), section, (1, 1), None, (Sentence(0, len(text)),))
    return StoredParagraph(0, facts, paragraph, text)


def hit(score: float) -> Hit:
    return Hit(0, score, 0.5, 0.5, 0.5, own_language=True, sentences=np.ones(1, dtype=np.float32))


TALK = stored("Care › Counters and other parts of the engine", "Resetting the counters is allowed.")
CODE = stored("Care › Reset the counters", "counter --zero")
ELSE = stored("", "A counter shows the miles.")


def order(question: str, *scores: float) -> list[int]:
    weighed = {term: 1 / len(terms(question)) for term in terms(question)}
    return named_first(question, weighed, [hit(score) for score in scores], [TALK, CODE, ELSE])


def test_the_passage_below_the_heading_asked_for_comes_first() -> None:
    assert order("How do I reset the counters?", 1.2, 1.1, 1.0) == [1, 0, 2]


def test_a_much_better_passage_stays_first() -> None:
    assert order("How do I reset the counters?", 1.5, 1.1, 1.0) == [0, 1, 2]


def test_the_order_stays_where_a_fact_is_asked_for() -> None:
    assert order("Is it allowed to reset the counters?", 1.2, 1.1, 1.0) == [0, 1, 2]


def test_nothing_found_has_no_order() -> None:
    assert named_first("How do I reset it?", {}, [], []) == []
