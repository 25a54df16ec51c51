"""Measures answers against questions with known answers, through the very same service."""

import logging
import statistics
import time
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rag.answer import Answer
from rag.corpus import StoredParagraph
from rag.errors import QuestionError
from rag.progress import Progress
from rag.questions import Question
from rag.retriever import Hit
from rag.service import Service

_LOGGER = logging.getLogger(__name__)
_DEPTH = 10
_STAGE = "asking"

Judge = Callable[[Question, StoredParagraph], bool]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question. `rank` counts from 1; None when not among the best ten.

    `nearest` is the best passage that does not answer: what would be found without the gold one.
    """

    question: Question
    answer: Answer
    rank: int | None
    right_quote: bool
    best: Hit
    nearest: Hit | None
    ms: float


def by_context(document_numbers: dict[str, int]) -> Judge:
    """Right is the paragraph of the gold context, by the document made of it."""

    def judge(question: Question, stored: StoredParagraph) -> bool:
        return document_numbers[stored.document.id] == question.context

    return judge


def by_facts(question: Question, stored: StoredParagraph) -> bool:
    """Right is a paragraph of the named document that holds every fact."""
    path = stored.document.path
    named = question.document is None or f"/{path}".endswith(f"/{question.document}")
    return named and question.answerable and holds(question, stored.text)


def holds(question: Question, quote: str) -> bool:
    """Whether a quote has the question's facts; width and white space do not count."""
    quote = _plain(quote)
    found = [_plain(fact) in quote for fact in question.must]
    return bool(found) and (any(found) if question.any_of else all(found))


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def evaluate(
    service: Service, questions: Sequence[Question], judge: Judge, progress: Progress
) -> list[Outcome]:
    """Asks every question; one that cannot be asked is logged and left out."""
    outcomes = []
    for done, question in enumerate(questions, start=1):
        try:
            outcomes.append(_ask(service, question, judge))
        except QuestionError as error:
            _LOGGER.warning("Question %d is left out. %s", done, error)
        progress(_STAGE, done, len(questions))
    return outcomes


def _ask(service: Service, question: Question, judge: Judge) -> Outcome:
    began = time.perf_counter()
    answer = service.ask(question.text, _DEPTH)
    ms = (time.perf_counter() - began) * 1000
    hits = service.retriever.search(service.query(question.text), _DEPTH + 1)
    corpus = service.generation.corpus
    right = [judge(question, corpus.paragraph(hit.row)) for hit in hits]
    rank = right.index(True) + 1 if True in right[:_DEPTH] else None
    quotes = " ".join(citation.quote for citation in answer.citations)
    return Outcome(
        question=question,
        answer=answer,
        rank=rank,
        right_quote=answer.answered and holds(question, quotes),
        best=hits[0],
        nearest=next((hit for hit, gold in zip(hits, right, strict=True) if not gold), None),
        ms=ms,
    )


def summarize(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The figures, under the keys of `wenda eval --json`; None where there is nothing to count.

    `answer_hit` is the share of answerable questions whose quote holds the fact, `refused` the
    share of unanswerable ones that were not answered, `falsely_refused` of answerable ones, and
    `auroc` the chance that an answerable question is more confident than an unanswerable one.
    """
    known = [o for o in outcomes if o.question.answerable]
    unknown = [o for o in outcomes if not o.question.answerable]
    times = [o.ms for o in outcomes]
    sure = [o.answer.confidence for o in known]
    unsure = [o.answer.confidence for o in unknown]
    return {
        "questions": len(outcomes),
        "recall@1": _mean([_within(o, 1) for o in known]),
        "recall@5": _mean([_within(o, 5) for o in known]),
        "recall@10": _mean([_within(o, 10) for o in known]),
        "mrr@10": _mean([1 / o.rank if o.rank else 0.0 for o in known]),
        "ndcg@10": _mean([1 / float(np.log2(1 + o.rank)) if o.rank else 0.0 for o in known]),
        "answer_hit": _mean([float(o.right_quote) for o in known]),
        "falsely_refused": _mean([float(not o.answer.answered) for o in known]),
        "refused": _mean([float(not o.answer.answered) for o in unknown]),
        "auroc": auroc(sure, unsure),
        "citations": sum(len(o.answer.citations) for o in outcomes),
        "ms_median": round(statistics.median(times), 2) if times else None,
        "ms_p95": round(float(np.percentile(times, 95)), 2) if times else None,
        "misses": [_miss(o) for o in known if not (o.rank == 1 and o.right_quote)]
        + [_miss(o) for o in unknown if o.answer.answered],
    }


def unverified(service: Service, outcomes: Sequence[Outcome]) -> list[str]:
    """Quotes that are not the slice of the document that their citation names; there are none."""
    wrong = []
    for outcome in outcomes:
        for citation in outcome.answer.citations:
            document = service.generation.corpus.document(citation.document_id)
            if document is None or document.text[citation.start : citation.end] != citation.quote:
                wrong.append(citation.quote)
    return wrong


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """The chance that a positive outranks a negative, ties counting half (Mann-Whitney U)."""
    if not positive or not negative:
        return None
    low = np.sort(np.array(negative))
    high = np.array(positive)
    below = np.searchsorted(low, high, side="left") + np.searchsorted(low, high, side="right")
    return round(float(below.mean()) / (2 * len(low)), 4)


def _within(outcome: Outcome, depth: int) -> float:
    return float(outcome.rank is not None and outcome.rank <= depth)


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def _miss(outcome: Outcome) -> dict[str, Any]:
    question, passages = outcome.question, outcome.answer.passages
    return {
        "question": question.text,
        "expected": list(question.must),
        "document": question.document,
        "rank": outcome.rank,
        "answered": outcome.answer.answered,
        "confidence": outcome.answer.confidence,
        "found": outcome.answer.answer or (passages[0].text if passages else None),
        "where": f"{passages[0].path} ¶{passages[0].paragraph}" if passages else None,
    }
