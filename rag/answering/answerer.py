"""Turns the passages found for a question into an answer: what to quote, and when to abstain."""

import re
import time
from dataclasses import dataclass

from rag.answering.anaphora import opens_with_anaphor
from rag.answering.answer import Answer, Citation, Passage
from rag.answering.calibration import Calibration
from rag.index.bm25 import CJK
from rag.index.corpus import StoredParagraph
from rag.index.generation import Generation
from rag.retrieval.retriever import Hit

#: Another sentence is quoted when its score is this close to the best one's,
_MARGIN = 0.2
#: as long as a reader has at most two sentences of this size before them, or any of that one.
#: A size is the number of Chinese, Japanese and Korean characters, other words counting two.
_LONGEST_PAIR = 240
_LONGEST = 120
#: Another document answers as well when its best passage scores this close to the best one's.
_AS_GOOD = 0.05
_OTHERS = 2
#: What is answered depends on so many of the best passages, however many are shown.
_CONSIDERED = 5
#: A passage of the same document is quoted too when it adds so much to what the best one matches:
#: then the question asks for several things.
_ADDS = 0.022
_WIDE = re.compile(rf"[{CJK}]")
_WORD = re.compile(rf"[^\W{CJK}]+")
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

    def __init__(self, generation: Generation, calibration: Calibration) -> None:
        self._generation = generation
        self._calibration = calibration

    def answer(
        self, question: str, hits: list[Hit], passages: int = _CONSIDERED, *, began: float
    ) -> Answer:
        """The answer that the hits, best first, give, with up to so many passages.

        `began` is a time.perf_counter().
        """
        found = self._find(hits[: max(passages, _CONSIDERED)])
        confidence = self._calibration.confidence(hits[0]) if hits else 0.0
        answered = bool(hits) and confidence >= self._calibration.threshold
        citations = self._citations(found) if answered else ()
        return Answer(
            question=question,
            answered=answered,
            answer=_OMISSION.join(c.quote for c in citations) if answered else None,
            citations=citations,
            passages=tuple(
                _passage(rank, each, self._path(each))
                for rank, each in enumerate(found[: max(passages, 1)], start=1)
            ),
            suggestions=() if answered else _topics(found),
            confidence=round(confidence, 4),
            generation=self._generation.name,
            took_ms=round((time.perf_counter() - began) * 1000, 1),
        )

    def _path(self, found: _Found) -> str:
        return f"{self._generation.manifest.folder}/{found.stored.document.path}"

    def _find(self, hits: list[Hit]) -> list[_Found]:
        stored = self._generation.corpus.paragraphs([hit.row for hit in hits])
        found = zip(hits, stored, strict=True)
        return [_Found(hit, each, _spans(each, hit.sentences.tolist())) for hit, each in found]

    def _citations(self, found: list[_Found]) -> tuple[Citation, ...]:
        """What the best passage says, and those that answer the rest, or as well."""
        best = found[0]
        further = (self._further(found) or self._others(found))[:_OTHERS]
        quoted = [best, *(each for each in further if each.stored.text != best.stored.text)]
        spans = ((each, span) for each in quoted for span in each.spans)
        return tuple(
            _citation(number, each, span, self._path(each))
            for number, (each, span) in enumerate(spans, start=1)
        )

    def _further(self, found: list[_Found]) -> list[_Found]:
        """The passage of the same document that answers another part of the question best."""
        document = found[0].stored.document.id
        same = (each for each in found[1:_CONSIDERED] if each.stored.document.id == document)
        best = max(same, key=lambda each: each.hit.complement, default=None)
        return [best] if best is not None and best.hit.complement >= _ADDS else []

    def _others(self, found: list[_Found]) -> list[_Found]:
        """The best passage of every other document, where it is as good."""
        by_document = {each.stored.document.id: each for each in reversed(found)}
        least = found[0].hit.score - _AS_GOOD
        return [
            each
            for each in found[1:_CONSIDERED]
            if by_document[each.stored.document.id] is each
            and each.hit.score >= least
            and self._calibration.confidence(each.hit) >= self._calibration.threshold
        ]


def _spans(stored: StoredParagraph, scores: list[float]) -> tuple[tuple[int, int], ...]:
    """The sentences that answer best, one or a few; neighbours make one span.

    Where the best begins with "he" or "this project", the one before it comes first.
    """
    sentences, begin = stored.paragraph.sentences, stored.paragraph.start
    texts = [stored.text[each.start - begin : each.end - begin] for each in sentences]
    best, *others = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)
    chosen, size = [best], _size(texts[best])
    if best and opens_with_anaphor(texts[best]) and size + _size(texts[best - 1]) <= _LONGEST_PAIR:
        chosen.append(best - 1)
        size += _size(texts[best - 1])
    for at in (each for each in others if each not in chosen):
        if scores[at] < scores[best] - _MARGIN:
            break
        size += _size(texts[at])
        if size > (_LONGEST_PAIR if len(chosen) == 1 else _LONGEST):
            break
        chosen.append(at)
    spans = ((sentences[run[0]].start, sentences[run[-1]].end) for run in _runs(sorted(chosen)))
    # The best first, whatever stands before it in the text.
    start = sentences[best].start
    return tuple(sorted(spans, key=lambda span: not span[0] <= start < span[1]))


def _size(text: str) -> int:
    return len(_WIDE.findall(text)) + 2 * len(_WORD.findall(text))


def _runs(numbers: list[int]) -> list[list[int]]:
    """Numbers in order, parted where one is missing."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _citation(number: int, found: _Found, span: tuple[int, int], path: str) -> Citation:
    facts, paragraph = found.stored.document, found.stored.paragraph
    start, end = span
    return Citation(
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
        script=facts.script,
        kind=paragraph.kind,
    )


def _passage(rank: int, found: _Found, path: str) -> Passage:
    facts, paragraph = found.stored.document, found.stored.paragraph
    return Passage(
        rank=rank,
        score=round(found.hit.score, 4),
        document_id=facts.id,
        title=facts.title,
        path=path,
        date=facts.date,
        section=paragraph.section,
        paragraph=paragraph.ordinal,
        lines=paragraph.lines,
        page=paragraph.page,
        text=found.stored.text,
        start=paragraph.start,
        end=paragraph.end,
        highlights=tuple(
            sorted((a - paragraph.start, b - paragraph.start) for a, b in found.spans)
        ),
        url=_url(found.stored),
        language=facts.language,
        script=facts.script,
        kind=paragraph.kind,
    )


def _url(stored: StoredParagraph) -> str:
    return f"/documents/{stored.document.id}#p{stored.paragraph.ordinal}"


def _topics(found: list[_Found]) -> tuple[str, ...]:
    """Sections, or titles where there is none, of the nearest passages; each once."""
    names = (each.stored.paragraph.section or each.stored.document.title for each in found)
    return tuple(dict.fromkeys(name for name in names if name))[:_SUGGESTIONS]
