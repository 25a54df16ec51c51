"""Versions of one document: the newer answers before the older, unless the question names a year.

Two documents are versions of one when their titles or paths differ in numbers and dates alone, when
their dates differ, and when the passages found say nearly the same.
"""

import re
from collections.abc import Sequence

from rag.index.corpus import DocumentFacts, StoredParagraph
from rag.index.lexical.terms import terms

#: The share of their words, numbers left out, that passages of two versions have in common.
_ALIKE = 0.6
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d(?:[-._年]?(?:0[1-9]|1[0-2])(?:[-._月]?[0-3]\d)?)?(?!\d)")
_VERSION = re.compile(
    r"(?<![a-z])v(?:er(?:sion)?)?[ ._-]?(\d+(?:[._]\d+)*)|第(\d+)版", re.IGNORECASE
)
_NOT_NAME = re.compile(
    r"\d+|[\W_]+|年|月|日|第|版本?|\b(?:v|ver|version|old|new|final|draft)\b", re.IGNORECASE
)

#: When a document is of: a date's numbers, or a version's after no date.
Moment = tuple[tuple[int, ...], tuple[int, ...]]


def in_force(question: str, found: Sequence[StoredParagraph]) -> list[int]:
    """The numbers of the passages in the order in which they answer: of versions of the best one's
    document the newest comes first, the older ones follow. Where the question names a year or
    another number that tells versions apart, the others are left out.
    """
    order = list(range(len(found)))
    if not found:
        return order
    versions = [at for at in order if at == 0 or _are_versions(found[0], found[at])]
    versions = _first_of_documents(found, versions)
    if len(versions) == 1:
        return order
    versions.sort(key=lambda at: moment_of(found[at].document), reverse=True)
    rest = [at for at in order if at not in versions]
    return [*_chosen(question, found, versions), *rest]


def _chosen(question: str, found: Sequence[StoredParagraph], newest_first: list[int]) -> list[int]:
    """Of versions those that have most of the question's numbers, its year above all; else the
    last one before its year; all of them where it has neither.
    """
    asked = set(_NUMBER.findall(question))
    held = [len(asked & _numbers_of(found[at])) for at in newest_first]
    if len(set(held)) > 1:
        return [at for at, count in zip(newest_first, held, strict=True) if count == max(held)]
    years = _YEAR.findall(question)
    if years and not max(held):
        return [at for at in newest_first if 0 < _year(found[at]) <= int(years[0])][
            :1
        ] or newest_first
    return newest_first


def _numbers_of(stored: StoredParagraph) -> set[str]:
    """The numbers in a passage, in its document's title and path, and the year of its date."""
    document = stored.document
    year = (document.date or "")[:4]
    return set(_NUMBER.findall(f"{stored.text} {document.title} {document.path} {year}"))


def moment_of(document: DocumentFacts) -> Moment:
    """When a document is of: its date, or else one in its path or title; and its version."""
    named = f"{document.path.rpartition('.')[0]} {document.title}"
    dated = document.date or next(iter(_DATE.findall(named)), "")
    version = _VERSION.search(named)
    number = (version[1] or version[2]) if version else ""
    return _numbers(dated), _numbers(number)


def _numbers(text: str) -> tuple[int, ...]:
    if re.fullmatch(r"\d{6,8}", text):
        text = "-".join(filter(None, (text[:4], text[4:6], text[6:])))
    return tuple(map(int, re.findall(r"\d+", text)))


def _year(stored: StoredParagraph) -> int:
    dated, _version = moment_of(stored.document)
    return dated[0] if dated else 0


def _are_versions(one: StoredParagraph, other: StoredParagraph) -> bool:
    if one.document.id == other.document.id:
        return False
    if moment_of(one.document) == moment_of(other.document):
        return False
    names = {_name(one.document.title), _name(_stem(one.document))} - {""}
    if names.isdisjoint({_name(other.document.title), _name(_stem(other.document))}):
        return False
    return _likeness(one.text, other.text) >= _ALIKE


def _stem(document: DocumentFacts) -> str:
    return document.path.rpartition("/")[2].rpartition(".")[0]


def _name(text: str) -> str:
    """A title or file name without its numbers, dates and words for versions."""
    return _NOT_NAME.sub("", text).lower()


def _likeness(one: str, other: str) -> float:
    """Jaccard's index of two texts' terms without numbers."""
    first, second = (
        {term for term in terms(text) if not term[0].isdigit()} for text in (one, other)
    )
    return len(first & second) / max(len(first | second), 1)


def _first_of_documents(found: Sequence[StoredParagraph], places: Sequence[int]) -> list[int]:
    """The first place of each document."""
    firsts: dict[str, int] = {}
    for at in places:
        firsts.setdefault(found[at].document.id, at)
    return list(firsts.values())
