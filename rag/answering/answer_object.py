"""Makes the answer object from the passages found and their quotations."""

from collections.abc import Sequence
from typing import TypedDict

from rag.answering.citation import Citation, Passage
from rag.answering.found import FoundPassage
from rag.answering.quoting.quotation import Quote, best_spans
from rag.index.corpus import StoredParagraph

_SUGGESTIONS = 3


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


def citation_of(number: int, quote: Quote, path: str) -> Citation:
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


def passage_of(rank: int, found: FoundPassage, quotes: Sequence[Quote], path: str) -> Passage:
    """A passage with its quotations highlighted, or those that it would have."""
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


def topics_of(found: Sequence[FoundPassage]) -> tuple[str, ...]:
    """Sections, or titles where there is none, of the nearest passages; each once."""
    names = (each.stored.paragraph.section or each.stored.document.title for each in found)
    return tuple(dict.fromkeys(name for name in names if name))[:_SUGGESTIONS]
