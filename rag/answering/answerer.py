"""Turns the passages found for a question into an answer: what to quote, and when to abstain."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from rag.answering.answer import Answer, Citation, Passage
from rag.answering.calibration import Calibration
from rag.answering.codes import has_other_code
from rag.answering.headings import named_first
from rag.answering.labels import begins_with, labels_in
from rag.answering.naming import Naming
from rag.answering.quoting.asking import asks_for_difference
from rag.answering.quoting.quotation import Quote, Quoter, best_spans
from rag.answering.quoting.short_answer import short_answers
from rag.answering.versions import in_force
from rag.index.corpus import StoredParagraph
from rag.index.generation import Generation
from rag.index.lexical.terms import terms
from rag.retrieval.retriever import Hit

#: Another document answers as well when its best passage scores this close to the best one's, and
#: has nearly as large a share of the question's terms.
_AS_GOOD = 0.15
_SHARES = 0.1
_OTHERS = 2
#: The answer is made from this many of the best passages, whatever number is shown.
_CONSIDERED = 5
#: A passage of the same document is quoted too when it adds so much to what the best one matches,
#: and scores this close to it: then the question asks for several things.
_ADDS = 0.025
_NEAR = 0.4
#: A row of a table adds at least this share of the question's terms.
_ADDED_TERMS = 0.15
#: Other passages are quoted as long as all quotes together have at most this many characters.
_LONGEST = 1500
_SUGGESTIONS = 3
#: The least that a reader says of a passage that is quoted beside another.
_SECOND = -0.5
#: The log-odds that a part gains which the question asks for by its number: "What does section 2.1
#: say?" has hardly a word of it.
_LABELLED = 1.5
_OMISSION = " … "


@dataclass(frozen=True, slots=True)
class _Found:
    """A hit with its paragraph, and whether the question asks for that part by its number."""

    hit: Hit
    stored: StoredParagraph
    labelled: bool


class Answerer:
    """Answers from one generation. May be used by several threads at once."""

    def __init__(self, generation: Generation, calibration: Calibration) -> None:
        self._generation = generation
        self._calibration = calibration
        self._quoter = Quoter(generation.corpus)
        self._naming = Naming(generation)

    def answer(
        self,
        question: str,
        hits: list[Hit],
        passages: int = _CONSIDERED,
        *,
        began: float,
        understood_as: str | None = None,
    ) -> Answer:
        """The answer from the hits, best first, with at most `passages` passages.

        `began` is a time.perf_counter(); `understood_as` the completed question, if it is one.
        """
        asked = understood_as or question
        stored = self._generation.corpus.paragraphs([hit.row for hit in hits])
        labels = labels_in(asked)
        found = [
            _Found(hit, each, begins_with(each, labels))
            for hit, each in zip(hits, stored, strict=True)
        ]
        ranked = self._ranked(asked, found)
        confidence = self._confidence(ranked[0]) if ranked else 0.0
        answered = bool(ranked) and confidence >= self._calibration.threshold
        quotes = self._quotes(asked, ranked) if answered else []
        read = ((each.hit, each.stored) for each in ranked[:_CONSIDERED])
        short = short_answers(asked, read, quotes, self._generation.encoder.token_starts)
        return Answer(
            question=question,
            answered=answered,
            answer=_OMISSION.join(quote.text for quote in quotes) if answered else None,
            citations=tuple(
                _citation(number, quote, self._path(quote.first))
                for number, quote in enumerate(quotes, start=1)
            ),
            passages=tuple(
                _passage(rank, each, quotes, self._path(each.stored))
                for rank, each in enumerate(found[: max(passages, 1)], start=1)
            ),
            suggestions=() if answered else _topics(found[:_CONSIDERED]),
            confidence=round(confidence, 4),
            generation=self._generation.name,
            took_ms=round((time.perf_counter() - began) * 1000, 1),
            understood_as=understood_as,
            short_answer=next(iter(short), None),
            short_answers=tuple(short),
        )

    def _confidence(self, found: _Found) -> float:
        """The passage's confidence; what was recognized in a picture is no surer than that was."""
        surely = found.stored.paragraph.recognized
        confidence = self._calibration.confidence(found.hit, _LABELLED * found.labelled)
        return min(confidence, 1.0 if surely is None else surely)

    def _path(self, stored: StoredParagraph) -> str:
        return f"{self._generation.manifest.folder}/{stored.document.path}"

    def _ranked(self, question: str, found: list[_Found]) -> list[_Found]:
        """The passages that may answer: those about what the question names, or all where none is;
        the one first whose heading names what is asked for; and of versions of a document those
        that the question means. None of another code than the question's; before all the part that
        it asks for by number.
        """
        found = [each for each in found if not has_other_code(question, each.stored)]
        about = self._naming.about(question, [each.stored for each in found])
        named = [each for each, is_about in zip(found, about, strict=True) if is_about] or found
        weighed = self._generation.term_weights.weigh(terms(question))
        first = named_first(
            question, weighed, [each.hit for each in named], [each.stored for each in named]
        )
        named = [named[at] for at in first]
        named = [named[at] for at in in_force(question, [each.stored for each in named])]
        return sorted(named, key=lambda each: not each.labelled)

    def _quotes(self, question: str, ranked: list[_Found]) -> list[Quote]:
        """What the best passage says, and those that answer the rest, or as well."""
        best = ranked[0]
        quotes = self._quoter.quotes(question, best.stored, best.hit.sentences.tolist())
        further = self._further(question, ranked) or self._others(ranked)
        for each in further[:_OTHERS]:
            if each.stored.text != best.stored.text:
                more = self._quoter.quotes(question, each.stored, each.hit.sentences.tolist())
                fresh = [quote for quote in more if not _is_quoted(quote, quotes)]
                if _length(quotes) + _length(fresh) <= _LONGEST:
                    quotes += fresh
        return quotes

    def _further(self, question: str, ranked: list[_Found]) -> list[_Found]:
        """The passage of the same document that answers another part of the question best."""
        least = ranked[0].hit.score - _NEAR
        first = ranked[0].stored
        same = (
            each
            for each in ranked[1:_CONSIDERED]
            if each.stored.document.id == first.document.id
            and each.stored.paragraph.language == first.paragraph.language
            and each.hit.score >= least
            and self._adds_terms(question, each.stored, first)
            and _may_answer(each.hit)
        )
        if asks_for_difference(question):
            return self._other_side(question, ranked[0], list(same))
        best = max(same, key=lambda each: each.hit.complement, default=None)
        return [best] if best is not None and best.hit.complement >= _ADDS else []

    def _other_side(self, question: str, best: _Found, found: list[_Found]) -> list[_Found]:
        """The passage about what the best one is not about, of two things that are told apart: its
        heading or text has most of the question's terms that the best one's have not.
        """
        weighed = self._generation.term_weights.weigh(terms(question))
        known = {*terms(best.stored.text), *terms(best.stored.paragraph.section)}
        asked = {term: weight for term, weight in weighed.items() if term not in known}

        def added(each: _Found) -> float:
            texts = each.stored.paragraph.section, each.stored.text
            return sum(asked.get(term, 0.0) for text in texts for term in {*terms(text)})

        other = max(found, key=added, default=None)
        return [other] if other is not None and added(other) > 0 else []

    def _adds_terms(self, question: str, stored: StoredParagraph, best: StoredParagraph) -> bool:
        """Whether a row of a table has enough of the question that the best one lacks; rows are
        alike in all but a word. What is no row may add in other words.
        """
        if stored.paragraph.kind != "table":
            return True
        weighed = self._generation.term_weights.weigh(terms(question))
        added = set(terms(stored.text)).difference(terms(best.text))
        return sum(weight for term, weight in weighed.items() if term in added) >= _ADDED_TERMS

    def _others(self, ranked: list[_Found]) -> list[_Found]:
        """The best passage of every other document, where it is as good; in the question's language
        where the best one is.
        """
        by_document = {each.stored.document.id: each for each in reversed(ranked)}
        best = ranked[0].hit
        return [
            each
            for each in ranked[1:_CONSIDERED]
            if by_document[each.stored.document.id] is each
            and (each.hit.own_language or not best.own_language)
            and each.hit.score >= best.score - _AS_GOOD
            and each.hit.lexical >= best.lexical - _SHARES
            and _may_answer(each.hit)
            and self._confidence(each) >= self._calibration.threshold
        ]


def _may_answer(hit: Hit) -> bool:
    """Whether a passage can be quoted beside another: what was read and does not answer cannot."""
    return hit.words is None or hit.answers >= _SECOND


def _length(quotes: Sequence[Quote]) -> int:
    return sum(quote.end - quote.start for quote in quotes)


def _is_quoted(quote: Quote, quotes: Sequence[Quote]) -> bool:
    return any(each.overlaps(quote.first.document.id, quote.start, quote.end) for each in quotes)


class _Place(TypedDict):
    """Where a paragraph stands, as citations and passages say it."""

    document_id: str
    title: str
    path: str
    date: str | None
    language: str
    script: str
    section: str
    paragraph: int
    page: int | None
    url: str
    recognized: float | None


def _place(stored: StoredParagraph, path: str) -> _Place:
    facts, paragraph = stored.document, stored.paragraph
    return _Place(
        document_id=facts.id,
        title=facts.title,
        path=path,
        date=facts.date,
        language=facts.language,
        script=facts.script,
        section=paragraph.section,
        paragraph=paragraph.ordinal,
        page=paragraph.page,
        url=f"/documents/{facts.id}#p{paragraph.ordinal}",
        recognized=paragraph.recognized,
    )


def _citation(number: int, quote: Quote, path: str) -> Citation:
    return Citation(
        **_place(quote.first, path),
        id=number,
        lines=quote.lines,
        quote=quote.text,
        start=quote.start,
        end=quote.end,
        kind=quote.kind,
        omitted=quote.omitted,
    )


def _passage(rank: int, found: _Found, quotes: Sequence[Quote], path: str) -> Passage:
    """A passage with what is quoted of it highlighted, or else what would be."""
    paragraph = found.stored.paragraph
    quoted = [
        (max(each.start, paragraph.start), min(each.end, paragraph.end))
        for each in quotes
        if each.overlaps(found.stored.document.id, paragraph.start, paragraph.end)
    ]
    spans = quoted or best_spans(found.stored, found.hit.sentences.tolist())
    return Passage(
        **_place(found.stored, path),
        rank=rank,
        score=round(found.hit.score, 4),
        lines=paragraph.lines,
        text=found.stored.text,
        start=paragraph.start,
        end=paragraph.end,
        highlights=tuple(sorted((a - paragraph.start, b - paragraph.start) for a, b in spans)),
        kind=paragraph.kind,
    )


def _topics(found: list[_Found]) -> tuple[str, ...]:
    """Sections, or titles where there is none, of the nearest passages; each once."""
    names = (each.stored.paragraph.section or each.stored.document.title for each in found)
    return tuple(dict.fromkeys(name for name in names if name))[:_SUGGESTIONS]
