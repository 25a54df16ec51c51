"""The figures of an evaluation, over all questions and by kind, language and file."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from rag.answering.citation import Citation, Passage
from rag.evaluation.calibration_metrics import (
    Bin,
    auroc,
    calibration_error,
    costs,
    refused_at,
    reliability,
)
from rag.evaluation.evaluate import Outcome

_FALSELY_REFUSED = 0.05
_UNKNOWN = "?"


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
        "ndcg@10": _ndcg(known),
        "answer_hit": _mean([float(o.right_quote) for o in known]),
        "falsely_refused": _refused(known),
        "refused": _refused(unknown),
    }
    if ambiguous:
        found["all_shown"] = _mean([float(o.right_quote) for o in ambiguous])
    found |= _of_several(known)
    found |= _of_confidence(outcomes)
    found |= {
        "citations": sum(len(o.answer.citations) for o in outcomes),
        "ms_median": round(statistics.median(times), 2) if times else None,
        "ms_p95": round(float(np.percentile(times, 95)), 2) if times else None,
    }
    found |= _by("by_kind", outcomes, lambda outcome: outcome.question.kind)
    found |= _by("by_file", outcomes, lambda outcome: outcome.question.file)
    found |= _by("by_language", outcomes, _languages)
    return found | {"misses": [_miss(o) for o in (*known, *unknown) if o.miss]}


def _of_several(known: Sequence[Outcome]) -> dict[str, Any]:
    """The figures of questions that several passages answer, as translations of each other do.

    `map` is the mean average precision; `own_language_first` the share whose first passage is the
    right one in the question's own language, where that is among the languages of the right ones.
    """
    several = [o for o in known if len(o.question.contexts) > 1]
    own = [o for o in several if len(o.languages) > 1 and o.question.language in o.languages]
    found: dict[str, Any] = {}
    if several:
        found["map"] = _mean([_average_precision(o) for o in several])
    if own:
        found["own_language_first"] = _mean([float(_is_own_first(o)) for o in own])
    return found


def _average_precision(outcome: Outcome) -> float:
    """The mean of the precision at each right passage, 0 at one that is not ranked."""
    ranks = [each.rank for each in outcome.found]
    precisions = (number / rank for number, rank in enumerate(ranks, start=1))
    return sum(precisions) / len(outcome.question.contexts)


def _is_own_first(outcome: Outcome) -> bool:
    first = outcome.found[0] if outcome.found else None
    return first is not None and first.rank == 1 and first.language == outcome.question.language


def _languages(outcome: Outcome) -> str:
    """From the question's language to that of its right passages: zh→en, zh→en+zh, de→–."""
    right = "+".join(sorted(outcome.languages)) or _UNKNOWN
    asked = outcome.question.language or _UNKNOWN
    return f"{asked}→{right if outcome.question.answerable else '–'}"


def _of_confidence(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """How well the confidence tells right from wrong, and what thresholds would refuse.

    `auroc` is the chance that an answerable question is more confident than an unanswerable one,
    `auroc_near` than an answerable one whose gold passage is left out, `refused_at_5` the share
    of unanswerable ones refused where a twentieth of the answerable ones is.
    """
    sure = [o.answer.confidence for o in outcomes if o.question.answerable]
    unsure = [o.answer.confidence for o in outcomes if not o.question.answerable]
    near = [o.near for o in outcomes if o.question.answerable and o.near is not None]
    bins = _reliability(outcomes)
    return {
        "auroc": auroc(sure, unsure),
        "auroc_near": auroc(sure, near),
        "refused_at_5": refused_at(_FALSELY_REFUSED, sure, unsure),
        "ece": calibration_error(bins),
        "reliability": [asdict(each) for each in bins],
        "thresholds": [asdict(each) for each in costs(sure, unsure, near)] if outcomes else [],
    }


def _by(
    key: str, outcomes: Sequence[Outcome], group_of: Callable[[Outcome], str | None]
) -> dict[str, dict[str, Any]]:
    """The main figures of each group under a key, in the order of the questions; nothing where no
    question is in any.
    """
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if group := group_of(outcome):
            groups.setdefault(group, []).append(outcome)
    return {key: {name: _main_figures(group) for name, group in groups.items()}} if groups else {}


def _main_figures(group: Sequence[Outcome]) -> dict[str, Any]:
    known = [o for o in group if o.question.answerable]
    return {
        "count": len(group),
        "recall@1": _mean([_within(o, 1) for o in known]),
        "ndcg@10": _ndcg(known),
        "answer_hit": _mean([float(o.right_quote) for o in known]),
        "falsely_refused": _refused(known),
        "refused": _refused([o for o in group if not o.question.answerable]),
        "ece": calibration_error(_reliability(group)),
    } | _of_several(known)


def _reliability(outcomes: Sequence[Outcome]) -> list[Bin]:
    return reliability([o.answer.confidence for o in outcomes], [o.right for o in outcomes])


def _ndcg(known: Sequence[Outcome]) -> float | None:
    return _mean([1 / float(np.log2(1 + o.rank)) if o.rank else 0.0 for o in known])


def _refused(group: Sequence[Outcome]) -> float | None:
    return _mean([float(not o.answer.answered) for o in group])


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
