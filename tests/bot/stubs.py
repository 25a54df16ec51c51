"""Answers and documents made by hand, and a service that gives them."""

from dataclasses import replace

from rag.answering.answer import Answer
from rag.answering.citation import Citation, Passage
from rag.documents import Document, Paragraph, Sentence, make_document

URL = "/documents/d1#p0"


def citation(number: int, quote: str, start: int = 0, **changes: object) -> Citation:
    facts: dict[str, object] = {
        "id": number,
        "document_id": "d1",
        "title": "A title",
        "path": "seeds/a.md",
        "date": "2021-04",
        "language": "en",
        "section": "A section",
        "paragraph": 0,
        "lines": (3, 5),
        "page": None,
        "quote": quote,
        "start": start,
        "end": start + len(quote),
        "url": URL,
    }
    return Citation(**{**facts, **changes})  # type: ignore[arg-type]


def passage(text: str, start: int = 0, **changes: object) -> Passage:
    facts: dict[str, object] = {
        "rank": 1,
        "score": 0.9,
        "document_id": "d1",
        "title": "A title",
        "path": "seeds/a.md",
        "date": "2021-04",
        "section": "A section",
        "paragraph": 0,
        "lines": (3, 5),
        "page": None,
        "text": text,
        "start": start,
        "end": start + len(text),
        "highlights": (),
        "url": URL,
    }
    return Passage(**{**facts, **changes})  # type: ignore[arg-type]


def answer(*citations: Citation, passages: tuple[Passage, ...] = (), **changes: object) -> Answer:
    facts: dict[str, object] = {
        "question": "Why?",
        "answered": bool(citations),
        "answer": " … ".join(each.quote for each in citations) or None,
        "citations": citations,
        "passages": passages,
        "suggestions": (),
        "confidence": 0.9,
        "generation": "g",
        "took_ms": 1.0,
    }
    return Answer(**{**facts, **changes})  # type: ignore[arg-type]


def document(*texts: str) -> Document:
    """A document with these paragraphs."""
    text = "\n\n".join(texts)
    paragraphs = []
    for ordinal, each in enumerate(texts):
        start = text.index(each)
        end = start + len(each)
        line = 2 * ordinal + 1
        sentences = (Sentence(start, end),)
        paragraphs.append(Paragraph(ordinal, start, end, "", (line, line), None, sentences))
    return replace(make_document(text, path="a.md"), text=text, paragraphs=tuple(paragraphs))
