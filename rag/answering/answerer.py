"""Turns the passages found for a question into an answer: what to quote, and when to abstain."""

import time
from collections.abc import Sequence

from rag.answering.answer import OMISSION, Answer
from rag.answering.answer_object import citation_of, passage_of, topics_of
from rag.answering.calibration import Calibration
from rag.answering.citation import Passage
from rag.answering.found import FoundPassage
from rag.answering.quoting.quotation import Quote
from rag.answering.quoting.several_passages import PassagesQuoter
from rag.answering.quoting.short_answer import short_answers
from rag.answering.selection.labels import begins_with, labels_in
from rag.answering.selection.selector import PassageSelector
from rag.index.corpus import StoredParagraph
from rag.index.generation import Generation
from rag.retrieval.retriever import Hit

#: The answer is made from this many of the best passages, whatever number is shown.
_CONSIDERED = 5
#: The log-odds added for a part that the question asks for by its number: "What does section 2.1
#: say?" has hardly a word of it.
_LABELLED = 1.5


class Answerer:
    """Answers from one generation. May be used by several threads at once."""

    def __init__(self, generation: Generation, calibration: Calibration) -> None:
        self._generation = generation
        self._calibration = calibration
        self._selector = PassageSelector(generation)
        self._quoter = PassagesQuoter(generation, self._is_sure)

    def answer(
        self,
        question: str,
        hits: Sequence[Hit],
        passages: int = _CONSIDERED,
        *,
        began: float,
        understood_as: str | None = None,
        curated: Quote | None = None,
    ) -> Answer:
        """The answer from the hits, best first, with at most `passages` passages.

        `began` is a time.perf_counter(); `understood_as` the completed question, if it is one. A
        `curated` quote is the answer, whatever was found.
        """
        asked = understood_as or question
        found = self._found(asked, hits)
        ranked = self._selector.that_may_answer(asked, found)
        considered = ranked[:_CONSIDERED]
        if curated is not None:
            answered, quotes, considered = True, [curated], []
        else:
            answered = bool(ranked) and self._is_sure(ranked[0])
            quotes = self._quoter.quotes_of(asked, considered) if answered else []
        read = ((each.hit, each.stored) for each in considered)
        short = short_answers(asked, read, quotes)
        return Answer(
            question=question,
            answered=answered,
            answer=OMISSION.join(quote.text for quote in quotes) if answered else None,
            citations=tuple(
                citation_of(number, quote, self._path(quote.first))
                for number, quote in enumerate(quotes, start=1)
            ),
            passages=self._passages(found[: max(passages, 1)], quotes),
            suggestions=() if answered else topics_of(found[:_CONSIDERED]),
            confidence=round(self._confidence(ranked[0]), 4) if ranked else 0.0,
            generation=self._generation.name,
            took_ms=round((time.perf_counter() - began) * 1000, 1),
            understood_as=understood_as,
            short_answer=next(iter(short), None),
            short_answers=tuple(short),
        )

    def _found(self, question: str, hits: Sequence[Hit]) -> list[FoundPassage]:
        stored = self._generation.corpus.paragraphs([hit.row for hit in hits])
        labels = labels_in(question)
        return [
            FoundPassage(hit, each, begins_with(each, labels))
            for hit, each in zip(hits, stored, strict=True)
        ]

    def _passages(
        self, found: Sequence[FoundPassage], quotes: Sequence[Quote]
    ) -> tuple[Passage, ...]:
        return tuple(
            passage_of(rank, each, quotes, self._path(each.stored))
            for rank, each in enumerate(found, start=1)
        )

    def _is_sure(self, found: FoundPassage) -> bool:
        return self._confidence(found) >= self._calibration.threshold

    def _confidence(self, found: FoundPassage) -> float:
        """The confidence of a passage, at most that with which its text was recognized."""
        surely = found.stored.paragraph.recognized
        confidence = self._calibration.confidence(found.hit, _LABELLED * found.labelled)
        return min(confidence, 1.0 if surely is None else surely)

    def _path(self, stored: StoredParagraph) -> str:
        return f"{self._generation.manifest.folder}/{stored.document.path}"
