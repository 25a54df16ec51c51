"""An answer as the bot stores it: its sources can be opened even after the index has changed."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import Any

from rag import Answer, Citation, ParagraphKind, Passage, Turn

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """A quote with its number in the answer; `omitted` items belong to it and are left out.

    `short` are the words that answer, as offsets into `text`.
    """

    number: int
    text: str
    document_id: str
    kind: ParagraphKind = "text"
    omitted: int = 0
    short: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownSource:
    """A paragraph as it was shown. `highlights` are offsets into `text`.

    `numbers` are the numbers of its quotes; a passage that is not quoted has none.
    """

    numbers: tuple[int, ...]
    document_id: str
    title: str
    section: str
    date: str | None
    lines: Span
    page: int | None
    start: int
    text: str
    highlights: tuple[Span, ...]
    url: str
    kind: ParagraphKind = "text"
    recognized: float | None = None
    #: The name and the title of its collection, where there are such.
    collection: str | None = None
    shelf: str | None = None


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer, or a list of suggested questions. Its buttons refer to it by `id`.

    `sources` begins with the quoted paragraphs; the other passages follow, best first.
    """

    id: str
    chat: int
    user: int
    question: str
    quotes: tuple[ShownQuote, ...] = ()
    sources: tuple[ShownSource, ...] = ()
    suggestions: tuple[str, ...] = ()
    generation: str = ""
    confidence: float = 0.0
    #: Whether the question is repeated above the answer, because it was asked with a button.
    echoed: bool = False
    #: The question as completed from earlier ones; None for one that needed no completion.
    understood_as: str | None = None
    #: What is said in place of an answer to small talk, and the lines of a list below it.
    reply: str | None = None
    lines: tuple[str, ...] = ()
    #: Whether the reply is about the documents, so that the list of them can be opened.
    lists_documents: bool = False
    #: The filter that was asked within, as it is said; what is said where there is no answer.
    narrowed: str | None = None
    not_found: str | None = None
    #: Which collections could not be looked through yet, as it is said.
    unsearched: str | None = None
    #: The parts of a question: what each is about, and the numbers of its quotes.
    parts: tuple[tuple[str, tuple[int, ...]], ...] = ()
    #: The name of the collection that the answer is from, where there are such.
    collection: str | None = None
    #: Whether the first suggestion is the question without a typing error.
    corrects: bool = False
    #: Whether whoever owns the documents named the quotes for such questions.
    curated: bool = False

    @property
    def answer(self) -> str | None:
        return " … ".join(quote.text for quote in self.quotes) or None

    @property
    def has_short_answer(self) -> bool:
        """Whether a few words of the quotes answer."""
        return any(quote.short for quote in self.quotes)

    @property
    def cited(self) -> tuple[ShownSource, ...]:
        return tuple(source for source in self.sources if source.numbers)

    @property
    def turn(self) -> Turn:
        """The turn of the conversation that a reply to this answer follows."""
        return Turn(self.question, self.answer or "", self.understood_as)

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, content: str) -> "ShownAnswer":
        facts: dict[str, Any] = json.loads(content)
        facts["quotes"] = tuple(map(_shown_quote, facts["quotes"]))
        facts["sources"] = tuple(map(_source, facts["sources"]))
        facts["suggestions"] = tuple(facts["suggestions"])
        facts["lines"] = tuple(facts.get("lines", ()))
        parts = facts.get("parts", ())
        facts["parts"] = tuple((label, tuple(numbers)) for label, numbers in parts)
        return cls(**facts)


def _shown_quote(facts: dict[str, Any]) -> ShownQuote:
    short = tuple((start, end) for start, end in facts.pop("short", ()))
    return ShownQuote(short=short, **facts)


def _source(facts: dict[str, Any]) -> ShownSource:
    numbers, lines = tuple(facts.pop("numbers")), tuple(facts.pop("lines"))
    highlights = tuple((start, end) for start, end in facts.pop("highlights"))
    return ShownSource(numbers=numbers, lines=lines, highlights=highlights, **facts)


def shown_answer(answer: Answer, base: ShownAnswer) -> ShownAnswer:
    """`base` with the quotes, sources and suggestions of an answer filled in."""
    cited = [_cited(tuple(same), answer.passages) for _, same in groupby(answer.citations, _place)]
    places = {(source.collection, source.document_id, source.start) for source in cited}
    others = (
        _passage(passage)
        for passage in answer.passages
        if (passage.collection, passage.document_id, passage.start) not in places
    )
    return replace(
        base,
        question=answer.question,
        quotes=tuple(_quote(each, answer) for each in answer.citations),
        sources=(*cited, *others),
        suggestions=(*filter(None, [answer.did_you_mean]), *answer.suggestions),
        corrects=answer.did_you_mean is not None,
        curated=answer.curated is not None,
        generation=answer.generation,
        confidence=answer.confidence,
        understood_as=answer.understood_as,
        reply=answer.reply,
        lists_documents=answer.listing is not None,
        parts=tuple((part.label, part.citations) for part in answer.parts),
        collection=answer.collection,
    )


def _quote(citation: Citation, answer: Answer) -> ShownQuote:
    return ShownQuote(
        citation.id,
        citation.quote,
        citation.document_id,
        citation.kind,
        citation.omitted,
        answer.short_in(citation),
    )


def _place(citation: Citation) -> tuple[str | None, str, int, Span]:
    return citation.collection, citation.document_id, citation.paragraph, citation.lines


def _cited(same: Sequence[Citation], passages: Sequence[Passage]) -> ShownSource:
    """The source of all citations from one paragraph; its text is that of the passage found."""
    first = same[0]
    found = next((each for each in passages if _holds(each, first)), None)
    start = first.start if found is None else found.start
    return ShownSource(
        numbers=tuple(each.id for each in same),
        document_id=first.document_id,
        title=first.title,
        section=first.section,
        date=first.date,
        lines=first.lines,
        page=first.page,
        start=start,
        text=first.quote if found is None else found.text,
        highlights=tuple(
            sorted((each.start - start, each.end - start) for each in same)
            if found is not None
            else [(0, len(first.quote))]
        ),
        url=first.url,
        kind=first.kind,
        recognized=first.recognized,
        collection=first.collection,
    )


def _holds(passage: Passage, citation: Citation) -> bool:
    same = (passage.collection, passage.document_id) == (citation.collection, citation.document_id)
    return same and passage.start <= citation.start < citation.end <= passage.end


def _passage(passage: Passage) -> ShownSource:
    return ShownSource(
        numbers=(),
        document_id=passage.document_id,
        title=passage.title,
        section=passage.section,
        date=passage.date,
        lines=passage.lines,
        page=passage.page,
        start=passage.start,
        text=passage.text,
        highlights=passage.highlights,
        url=passage.url,
        kind=passage.kind,
        recognized=passage.recognized,
        collection=passage.collection,
    )
