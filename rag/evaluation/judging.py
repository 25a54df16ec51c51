"""Decides whether a passage or a quote is right."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

from rag.answering.citation import Citation
from rag.evaluation.question_sets import Expected, Question
from rag.index.corpus import StoredParagraph


class Judge(Protocol):
    """Says which passages are right, and in which languages these are."""

    def is_right(self, question: Question, stored: StoredParagraph) -> bool:
        """Whether a paragraph answers a question."""

    def language(self, stored: StoredParagraph) -> str:
        """The ISO 639-1 code of a paragraph's language."""

    def languages(self, question: Question) -> frozenset[str]:
        """The languages of all passages that answer a question, so far as they are known."""


@dataclass(frozen=True, slots=True)
class ContextJudge:
    """Right is a paragraph of a gold context.

    `numbers` gives the context that a document, by its id, was made of; `context_languages` the
    language of each context.
    """

    numbers: Mapping[str, int]
    context_languages: Sequence[str]

    def is_right(self, question: Question, stored: StoredParagraph) -> bool:
        return self.numbers[stored.document.id] in question.contexts

    def language(self, stored: StoredParagraph) -> str:
        return self.context_languages[self.numbers[stored.document.id]]

    def languages(self, question: Question) -> frozenset[str]:
        return frozenset(self.context_languages[number] for number in question.contexts)


@dataclass(frozen=True, slots=True)
class FactJudge:
    """Right is a paragraph of a named document that holds every fact.

    `languages_of` gives the languages of the documents that a name, the end of a path, is of.
    """

    languages_of: Callable[[str], AbstractSet[str]]

    def is_right(self, question: Question, stored: StoredParagraph) -> bool:
        if question.answers:
            return any(
                _names(answer.document, stored.document.path) and _all(answer, stored.text)
                for answer in question.answers
            )
        return _names(question.document, stored.document.path) and holds(question, stored.text)

    def language(self, stored: StoredParagraph) -> str:
        return stored.document.language

    def languages(self, question: Question) -> frozenset[str]:
        named = [question.document, *(answer.document for answer in question.answers)]
        known = [name for name in named if name is not None]
        return frozenset().union(*map(self.languages_of, known))


def shows(question: Question, citations: Sequence[Citation]) -> bool:
    """Whether the quotes together hold the facts; of every document, where several answer."""
    if question.answers:
        return all(
            _all(answer, _quotes(c for c in citations if _names(answer.document, c.path)))
            for answer in question.answers
        )
    return holds(question, _quotes(citations))


def holds(question: Question, quote: str) -> bool:
    """Whether a quote holds the question's facts; width, case and white space do not count."""
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
