"""Measures answers against questions with known answers, through the very same service."""

import logging
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from rag.answering.answer import Answer, Citation, Passage
from rag.answering.conversation import Turn
from rag.answering.service import Service
from rag.errors import QuestionError
from rag.evaluation.calibration_metrics import (
    auroc,
    calibration_error,
    costs,
    refused_at,
    reliability,
)
from rag.evaluation.judging import Judge, shows
from rag.evaluation.question_sets import Question
from rag.progress import Progress
from rag.retrieval.retriever import Hit

_LOGGER = logging.getLogger(__name__)
_DEPTH = 10
_STAGE = "asking"
_FALSELY_REFUSED = 0.05


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question. `rank` counts from 1; None when not among the best ten.

    `nearest` is the best passage that does not answer: what would be found without the gold one;
    `near` is the confidence in it, None when there is no such passage.
    """

    question: Question
    answer: Answer
    rank: int | None
    right_quote: bool
    best: Hit
    nearest: Hit | None
    ms: float
    near: float | None = None

    @property
    def right(self) -> bool:
        """Whether the best passage answers; never true of a question without an answer."""
        return self.question.answerable and self.rank == 1

    @property
    def miss(self) -> str | None:
        """What went wrong: `answered`, `refused`, `passage`, `quote`; None when nothing did."""
        if not self.question.answerable:
            return "answered" if self.answer.answered else None
        if not self.answer.answered:
            return "refused"
        if self.rank != 1:
            return "passage"
        return None if self.right_quote else "quote"


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
    history = _replayed(service, question.history)
    began = time.perf_counter()
    ranked = service.ask_with_ranking(question.text, history=history)
    ms = (time.perf_counter() - began) * 1000
    answer, hits = ranked.answer, ranked.ranking[: _DEPTH + 1]
    corpus = service.generation.corpus
    right = [judge(question, corpus.paragraph(hit.row)) for hit in hits]
    rank = right.index(True) + 1 if True in right[:_DEPTH] else None
    nearest = next((hit for hit, gold in zip(hits, right, strict=True) if not gold), None)
    return Outcome(
        question=question,
        answer=answer,
        rank=rank,
        right_quote=answer.answered and shows(question, answer.citations),
        best=hits[0],
        nearest=nearest,
        ms=ms,
        near=None if nearest is None else round(service.confidence(nearest), 4),
    )


def _replayed(service: Service, history: Sequence[Turn]) -> list[Turn]:
    """The turns as a front end keeps them, each with what its question was understood as."""
    turns: list[Turn] = []
    for turn in history:
        asked = service.ask(turn.question, history=turns)
        turns.append(replace(turn, understood_as=asked.understood_as))
    return turns


def summarize(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The figures, under the keys of `wenda eval --json`; None where there is nothing to count.

    `answer_hit` is the share of answerable questions whose quote holds the fact, `refused` the
    share of unanswerable ones that were not answered, `falsely_refused` of answerable ones.
    A question with several right passages counts by the first of them.
    """
    known = [o for o in outcomes if o.question.answerable]
    unknown = [o for o in outcomes if not o.question.answerable]
    ambiguous = [o for o in known if o.question.answers]
    times = [o.ms for o in outcomes]
    found: dict[str, Any] = {
        "questions": len(outcomes),
        "recall@1": _mean([_within(o, 1) for o in known]),
        "recall@5": _mean([_within(o, 5) for o in known]),
        "recall@10": _mean([_within(o, 10) for o in known]),
        "mrr@10": _mean([1 / o.rank if o.rank else 0.0 for o in known]),
        "ndcg@10": _mean([1 / float(np.log2(1 + o.rank)) if o.rank else 0.0 for o in known]),
        "answer_hit": _mean([float(o.right_quote) for o in known]),
        "falsely_refused": _mean([float(not o.answer.answered) for o in known]),
        "refused": _mean([float(not o.answer.answered) for o in unknown]),
    }
    if ambiguous:
        found["all_shown"] = _mean([float(o.right_quote) for o in ambiguous])
    found |= _of_confidence(outcomes)
    found |= {
        "citations": sum(len(o.answer.citations) for o in outcomes),
        "ms_median": round(statistics.median(times), 2) if times else None,
        "ms_p95": round(float(np.percentile(times, 95)), 2) if times else None,
    }
    if any(o.question.kind for o in outcomes):
        found["by_kind"] = _by_kind(outcomes)
    return found | {"misses": [_miss(o) for o in (*known, *unknown) if o.miss]}


def _of_confidence(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """How well the confidence tells right from wrong, and what thresholds would refuse.

    `auroc` is the chance that an answerable question is more confident than an unanswerable one,
    `auroc_near` than an answerable one whose gold passage is left out, `refused_at_5` the share
    of unanswerable ones refused where a twentieth of the answerable ones is.
    """
    sure = [o.answer.confidence for o in outcomes if o.question.answerable]
    unsure = [o.answer.confidence for o in outcomes if not o.question.answerable]
    near = [o.near for o in outcomes if o.question.answerable and o.near is not None]
    bins = reliability([o.answer.confidence for o in outcomes], [o.right for o in outcomes])
    return {
        "auroc": auroc(sure, unsure),
        "auroc_near": auroc(sure, near),
        "refused_at_5": refused_at(_FALSELY_REFUSED, sure, unsure),
        "ece": calibration_error(bins),
        "reliability": [asdict(each) for each in bins],
        "thresholds": [asdict(each) for each in costs(sure, unsure, near)] if outcomes else [],
    }


def _by_kind(outcomes: Sequence[Outcome]) -> dict[str, dict[str, Any]]:
    """The main figures of each kind of question that the file names, in the file's order."""
    kinds: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.question.kind:
            kinds.setdefault(outcome.question.kind, []).append(outcome)
    figures = {}
    for kind, group in kinds.items():
        known = [o for o in group if o.question.answerable]
        unknown = [o for o in group if not o.question.answerable]
        figures[kind] = {
            "count": len(group),
            "recall@1": _mean([_within(o, 1) for o in known]),
            "answer_hit": _mean([float(o.right_quote) for o in known]),
            "refused": _mean([float(not o.answer.answered) for o in unknown]),
        }
    return figures


def unverified(service: Service, outcomes: Sequence[Outcome]) -> list[str]:
    """Quotes that are not the slice of the document that their citation names; there are none."""
    wrong = []
    for outcome in outcomes:
        for citation in outcome.answer.citations:
            document = service.generation.corpus.document(citation.document_id)
            if document is None or document.text[citation.start : citation.end] != citation.quote:
                wrong.append(citation.quote)
    return wrong


def _within(outcome: Outcome, depth: int) -> float:
    return float(outcome.rank is not None and outcome.rank <= depth)


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def _miss(outcome: Outcome) -> dict[str, Any]:
    question, passages = outcome.question, outcome.answer.passages
    found = outcome.answer.citations or passages[:1]
    expected = [*question.must, *(fact for answer in question.answers for fact in answer.must)]
    named = [question.document, *(answer.document for answer in question.answers)]
    return {
        "miss": outcome.miss,
        "question": question.text,
        "expected": expected,
        "document": ", ".join(name for name in named if name) or None,
        "rank": outcome.rank,
        "answered": outcome.answer.answered,
        "confidence": outcome.answer.confidence,
        "found": outcome.answer.answer or (passages[0].text if passages else None),
        "where": "; ".join(dict.fromkeys(_place(each) for each in found)) or None,
    }


def _place(found: Citation | Passage) -> str:
    """Path, paragraph, and the page or lines of the file."""
    first, last = found.lines
    place = f"line {first}" if first == last else f"lines {first}–{last}"
    if found.page is not None:
        place = f"page {found.page}"
    return f"{found.path} ¶{found.paragraph}, {place}"
