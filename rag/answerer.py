"""Turns the passages found for a question into an answer: what to quote, and when to abstain."""

import time
from dataclasses import dataclass

import numpy as np

from rag.answer import Answer, Citation, Passage
from rag.confidence import Calibration
from rag.corpus import StoredParagraph
from rag.retriever import Hit, Query, Retriever

#: A second sentence is quoted when its score is this close to the best one's.
_MARGIN = 0.08
#: A quote of two sentences stays below this length, in characters.
_LONGEST_PAIR = 160
_SUGGESTIONS = 3
_OMISSION = " … "


@dataclass(frozen=True, slots=True)
class _Found:
    """A hit with its paragraph and the spans to highlight, as offsets into `document.text`."""

    hit: Hit
    stored: StoredParagraph
    spans: tuple[tuple[int, int], ...]


class Answerer:
    """Answers from one generation. May be used by several threads at once."""

    def __init__(self, retriever: Retriever, calibration: Calibration) -> None:
        self._retriever = retriever
        self._calibration = calibration

    def answer(self, query: Query, hits: list[Hit], *, began: float) -> Answer:
        """The answer that the hits, best first, give; `began` is a time.perf_counter()."""
        found = [self._find(query, hit) for hit in hits]
        confidence = self._calibration.confidence(hits[0]) if hits else 0.0
        answered = bool(hits) and confidence >= self._calibration.threshold
        citations = _citations(found[0], self._path(found[0])) if answered else ()
        return Answer(
            question=query.text,
            answered=answered,
            answer=_OMISSION.join(c.quote for c in citations) if answered else None,
            citations=citations,
            passages=tuple(
                _passage(rank, each, self._path(each)) for rank, each in enumerate(found, start=1)
            ),
            suggestions=() if answered else _topics(found),
            confidence=round(confidence, 4),
            generation=self._retriever.generation.name,
            took_ms=round((time.perf_counter() - began) * 1000, 1),
        )

    def _path(self, found: _Found) -> str:
        return f"{self._retriever.generation.manifest.folder}/{found.stored.document.path}"

    def _find(self, query: Query, hit: Hit) -> _Found:
        stored = self._retriever.generation.corpus.paragraph(hit.row)
        return _Found(hit, stored, self._spans(query, stored))

    def _spans(self, query: Query, stored: StoredParagraph) -> tuple[tuple[int, int], ...]:
        """The one or two sentences that answer best, in their order in the text."""
        sentences = stored.paragraph.sentences
        scores = self._retriever.sentence_scores(query, stored)
        order = np.argsort(-scores, kind="stable").tolist()
        chosen = order[:1]
        if len(order) > 1 and scores[order[1]] >= scores[order[0]] - _MARGIN:
            first, second = sentences[order[0]], sentences[order[1]]
            if first.end - first.start + second.end - second.start <= _LONGEST_PAIR:
                chosen = sorted(order[:2])
        if len(chosen) == 2 and chosen[1] == chosen[0] + 1:
            return ((sentences[chosen[0]].start, sentences[chosen[1]].end),)
        return tuple((sentences[at].start, sentences[at].end) for at in chosen)


def _citations(found: _Found, path: str) -> tuple[Citation, ...]:
    facts, paragraph = found.stored.document, found.stored.paragraph
    return tuple(
        Citation(
            id=number,
            document_id=facts.id,
            title=facts.title,
            path=path,
            date=facts.date,
            language=facts.language,
            section=paragraph.section,
            paragraph=paragraph.ordinal,
            lines=paragraph.lines,
            page=paragraph.page,
            quote=found.stored.text[start - paragraph.start : end - paragraph.start],
            start=start,
            end=end,
            url=_url(found.stored),
        )
        for number, (start, end) in enumerate(found.spans, start=1)
    )


def _passage(rank: int, found: _Found, path: str) -> Passage:
    facts, paragraph = found.stored.document, found.stored.paragraph
    return Passage(
        rank=rank,
        score=round(found.hit.score, 4),
        document_id=facts.id,
        title=facts.title,
        path=path,
        section=paragraph.section,
        paragraph=paragraph.ordinal,
        lines=paragraph.lines,
        page=paragraph.page,
        text=found.stored.text,
        start=paragraph.start,
        end=paragraph.end,
        highlights=tuple((a - paragraph.start, b - paragraph.start) for a, b in found.spans),
        url=_url(found.stored),
    )


def _url(stored: StoredParagraph) -> str:
    return f"/documents/{stored.document.id}#p{stored.paragraph.ordinal}"


def _topics(found: list[_Found]) -> tuple[str, ...]:
    """Sections, or titles where there is none, of the nearest passages; each once."""
    names = (each.stored.paragraph.section or each.stored.document.title for each in found)
    return tuple(dict.fromkeys(names))[:_SUGGESTIONS]
