"""When a passage or a quote is right."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence

from rag.answering.answer import Citation
from rag.evaluation.question_sets import Expected, Question
from rag.index.corpus import StoredParagraph

Judge = Callable[[Question, StoredParagraph], bool]


def by_context(document_numbers: dict[str, int]) -> Judge:
    """Right is a paragraph of a gold context, by the document made of it."""

    def judge(question: Question, stored: StoredParagraph) -> bool:
        return document_numbers[stored.document.id] in question.contexts

    return judge


def by_facts(question: Question, stored: StoredParagraph) -> bool:
    """Right is a paragraph of a named document that holds every fact."""
    if question.answers:
        return any(
            _names(answer.document, stored.document.path) and _all(answer, stored.text)
            for answer in question.answers
        )
    return _names(question.document, stored.document.path) and holds(question, stored.text)


def shows(question: Question, citations: Sequence[Citation]) -> bool:
    """Whether the quotes together have the facts; where several documents answer, of each."""
    if question.answers:
        return all(
            _all(answer, _quotes(c for c in citations if _names(answer.document, c.path)))
            for answer in question.answers
        )
    return holds(question, _quotes(citations))


def holds(question: Question, quote: str) -> bool:
    """Whether a quote has the question's facts; width and white space do not count."""
    found = _found(question.must, quote)
    return bool(found) and (any(found) if question.any_of else all(found))


def _all(answer: Expected, quote: str) -> bool:
    found = _found(answer.must, quote)
    return bool(found) and all(found)


def _found(facts: Sequence[str], quote: str) -> list[bool]:
    plain = _plain(quote)
    return [_plain(fact) in plain for fact in facts]


def _names(document: str | None, path: str) -> bool:
    return document is None or f"/{path}".endswith(f"/{document}")


def _quotes(citations: Iterable[Citation]) -> str:
    return " ".join(citation.quote for citation in citations)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())
