"""What a follow-up takes over from the question before it, and the completed question.

That is the question before, less what the follow-up substitutes, kind by kind: a year for a year,
a number for one with the same unit, and a name of documents (a word that these have in their
titles, and others nowhere) for the name of others. A follow-up that substitutes something asks the
same of another thing; one that does not asks another thing of the same.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from rag.answering.anaphora import asked_about
from rag.index.generation import Generation
from rag.index.lexical.terms import CJK, terms

#: A word of a title is a name when at least this share of the paragraphs that have it are below
#: such a title.
_NAMING = 0.9

_WORD = re.compile(rf"(?P<number>\d+(?:[.,]\d+)*)|(?P<cjk>[{CJK}]+)|(?:(?![{CJK}])[^\W\d_])+")
_YEAR = re.compile(r"(?:1[5-9]|2[01])\d\d")
#: What may follow a place's name and belongs to it: 市 in 盘锦市, but not in 盘锦市民.
_SUFFIX = re.compile(r"[省市区區县縣州旗](?!民)")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Completion:
    """A completed question: its text, the part of the question before it that is carried over, and
    whether anything in that part is substituted.
    """

    text: str
    carried: str
    substitutes: bool


class CarryOver:
    """Completes follow-ups to questions about one generation. May be used by several threads."""

    def __init__(self, generation: Generation) -> None:
        self._index = generation.candidates
        self._listing = generation.listing
        self._weights = generation.term_weights

    def complete(self, context: str, question: str) -> Completion:
        """The question, completed from the context, a question that stands alone."""
        numbers = list(_substituted_numbers(context, question))
        names = list(self._name_spans(context, self._substituted_names(context, question)))
        spans = sorted([*numbers, *names])
        carried = " ".join(_without(context, spans).split()) if spans else context
        text = _in_place(context, question, numbers, names) or f"{carried} {question}".strip()
        return Completion(text, carried, bool(spans))

    def known_terms(self, text: str) -> dict[str, float]:
        """The idf of the terms that the index has; romanized names count as their characters."""
        return self._weights.known(self.terms(text))

    def terms(self, text: str) -> list[str]:
        """The terms of a text, of romanized names those in Chinese characters."""
        return terms(self._index.restore_names(text))

    def _substituted_names(self, context: str, question: str) -> set[str]:
        """The names in the context of documents other than those that the question names best."""
        scores: dict[int, float] = {}
        for term in set(self.terms(question)):
            documents = self._names.get(term, frozenset())
            for document in documents:
                scores[document] = scores.get(document, 0.0) + 1 / len(documents)
        best = max(scores.values(), default=0.0)
        named = {document for document, score in scores.items() if score == best}
        if not named:
            return set()
        return {t for t in self.terms(context) if self._names.get(t, named).isdisjoint(named)}

    def _name_spans(self, context: str, names: set[str]) -> Iterator[Span]:
        """Where the names stand in the context."""
        for match in _WORD.finditer(context) if names else ():
            if match["cjk"]:
                for start, end in self._spans_in_run(match.group(), names):
                    yield match.start() + start, match.start() + end
            elif not match["number"] and names.intersection(self.terms(match.group())):
                yield match.span()

    def _spans_in_run(self, run: str, names: set[str]) -> Iterator[Span]:
        """Where names stand in a run of Chinese. Terms are character bigrams here, there are no
        words: a character goes with its bigram, unless it is also in one that the index has.
        """
        pairs = terms(run)[: len(run) - 1]
        if len(pairs) < len(run) - 1 or names.isdisjoint(pairs):
            return
        known = self.known_terms(run)

        def is_name(at: int) -> bool:
            around = pairs[max(at - 1, 0) : at + 1]
            held = any(pair in known and pair not in names for pair in around)
            return not held and any(pair in names for pair in around)

        marks = "".join("x" if is_name(at) else " " for at in range(len(run)))
        yield from (match.span() for match in re.finditer("x+", marks))

    @cached_property
    def _names(self) -> dict[str, frozenset[int]]:
        """The words that are names of documents, and the numbers of these."""
        titles: dict[str, set[int]] = {}
        sizes = []
        for number, document in enumerate(self._listing.all_documents()):
            sizes.append(document.paragraphs)
            for term in terms(document.title):
                titles.setdefault(term, set()).add(number)
        counts = zip(titles.items(), self._index.frequencies(list(titles)), strict=True)
        return {
            term: frozenset(documents)
            for (term, documents), count in counts
            if sum(sizes[number] for number in documents) >= _NAMING * count
        }


def _substituted_numbers(context: str, question: str) -> Iterator[Span]:
    """Where the context has numbers with the unit of one in the question."""
    units = {_unit(question, match) for match in _WORD.finditer(question)} - {None}
    for match in _WORD.finditer(context) if units else ():
        if match["number"] and _unit(context, match) in units:
            yield match.span()


def _unit(text: str, match: re.Match[str]) -> str | None:
    """What a number counts: the word, or wide character, after it. Years are one unit."""
    if not match["number"]:
        return None
    if _YEAR.fullmatch(match["number"]):
        return "year"
    after = _WORD.match(text, match.end() + text[match.end() :].startswith(" "))
    if after is None or after["number"]:
        return None
    return after.group()[0] if after["cjk"] else after.group().lower()


def _in_place(context: str, question: str, numbers: list[Span], names: list[Span]) -> str | None:
    """The context with what the question puts forward in place of what it substitutes: "How many
    in Linhe?" and "And in Panjin?" give "How many in Panjin?". None where that has no one place.
    """
    about = asked_about(question)
    if not about or bool(numbers) == bool(names):
        return None
    (start, end), *others = numbers or names
    if names:
        suffix = _SUFFIX.match(context, end)
        end = suffix.end() if suffix else end
    elif others:
        return None
    else:
        number = _WORD.match(about)
        rest = about[number.end() :] if number and number["number"] else None
        if rest is None or not context.startswith(rest, end):
            return None  # "12月初" for the "11" of "11月底"
        about = about[: len(about) - len(rest)]
    after = _without(context[end:], [(a - end, b - end) for a, b in others])
    return " ".join(f"{context[:start]}{about}{after}".split())


def _without(text: str, spans: list[Span]) -> str:
    """A text without some spans, which are in order."""
    bounds = [0, *(bound for span in spans for bound in span), len(text)]
    return "".join(text[start:end] for start, end in zip(bounds[::2], bounds[1::2], strict=True))
