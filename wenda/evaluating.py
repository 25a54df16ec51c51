"""What `wenda eval` runs and prints."""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.text import Text

from rag.confidence import Calibration, fit
from rag.documents import Limits, document_id, make_document
from rag.errors import QuestionSetError
from rag.evaluation import Judge, Outcome, by_context, by_facts, evaluate, summarize, unverified
from rag.model import LocalModel
from rag.progress import Progress
from rag.questions import Question, QuestionSet, load_questions, with_questions_of
from rag.service import Service
from wenda import composition
from wenda.settings import Settings

_SHOWN = 20
#: The threshold is where this share of the right answers is refused; it takes so many to tell.
_REFUSED = 0.05
_FEWEST = 20


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files of an evaluation; `corpus` is `file`, `seeds`, or None for what fits FILE."""

    file: Path
    questions: Path | None
    unrelated: Path | None
    corpus: str | None


def run(
    settings: Settings, inputs: Inputs, progress: Progress, *, calibrate: bool
) -> dict[str, Any]:
    """The figures. Raises QuestionSetError when a file cannot be used."""
    loaded = load_questions(inputs.file)
    if inputs.questions is not None:
        parallel = load_questions(inputs.questions)
        loaded = with_questions_of(loaded, parallel, inputs.questions)
    asked = loaded.questions
    if inputs.unrelated is not None:
        others = load_questions(inputs.unrelated).questions
        asked += tuple(Question(other.text) for other in others)
    own = inputs.corpus == "seeds" or not loaded.contexts
    if own and inputs.corpus == "file":
        raise QuestionSetError(f"{inputs.file} brings no contexts. Use --corpus seeds.")
    if own:
        service = composition.service(settings)
        judge: Judge = by_facts
        asked = tuple(replace(question, context=None) for question in asked)
    else:
        service, judge = throw_away(settings, loaded, progress)
    outcomes = evaluate(service, asked, judge, progress)
    figures = summarize(outcomes)
    figures["unverified"] = unverified(service, outcomes)
    if calibrate:
        figures["calibration"] = _calibrate(settings, outcomes)
    return figures


def throw_away(
    settings: Settings, loaded: QuestionSet, progress: Progress
) -> tuple[Service, Judge]:
    """An index of the file's own contexts, one document each; kept for the next run."""
    content = "\0".join(loaded.contexts).encode("utf-8", "surrogatepass")
    home = settings.home / "evaluations" / hashlib.sha256(content).hexdigest()[:12]
    model = LocalModel(settings.model, settings.models, progress)
    limits = Limits(max_tokens=model.max_tokens, count_tokens=model.count_tokens)
    names = [f"{number:06d}.txt" for number in range(len(loaded.contexts))]
    documents = [
        make_document(context, path=name, title="", limits=limits)
        for name, context in zip(names, loaded.contexts, strict=True)
    ]
    indexer = composition.indexer(settings, progress, home)
    indexer.index_documents(documents, model, folder="contexts")
    numbers = {document_id(name): number for number, name in enumerate(names)}
    return composition.service(settings, home), by_context(numbers)


def _calibrate(settings: Settings, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Fits the mapping from scores to confidence, and stores it beside the index."""
    path = composition.calibration_file(settings)
    made = fitted(outcomes, Calibration.load(path))
    made.save(path)
    return {"stored": str(path), **made.to_json()}


def fitted(outcomes: Sequence[Outcome], before: Calibration) -> Calibration:
    """The mapping and the threshold that the outcomes teach; `before` where they are too few."""
    labelled = [(o.best, o.question.answerable and o.rank == 1) for o in outcomes]
    # Without its gold passage, an answerable question becomes a hard unanswerable one.
    labelled += [(o.nearest, False) for o in outcomes if o.question.answerable and o.nearest]
    sides = []
    for same, fallback in ((True, before.same_script), (False, before.across_scripts)):
        side = [(hit, right) for hit, right in labelled if hit.same_script is same]
        hits, right = [hit for hit, _ in side], [right for _, right in side]
        sides.append(fit(hits, right, fallback, background=not same))
    made = Calibration(sides[0], sides[1], before.threshold)
    sure = [made.confidence(hit) for hit, right in labelled if right]
    if len(sure) < _FEWEST:
        return made
    return made.with_threshold(round(float(np.quantile(sure, _REFUSED)), 2))


def print_figures(console: Console, figures: dict[str, Any]) -> None:
    """The figures for people, and the first misses."""
    for name, value in figures.items():
        if name not in ("misses", "unverified") and value is not None:
            console.print(Text(f"{name:>16}  {value}"))
    misses = figures["misses"]
    if misses:
        console.print(Text(f"\n{len(misses)} misses; all with --json", style="bold"))
    for miss in misses[:_SHOWN]:
        expected = " / ".join(miss["expected"]) or "no answer"
        console.print(_shown(f"  ? {miss['question']}"))
        console.print(_shown(f"    expected {expected}; rank {miss['rank']}", style="dim"))
        console.print(_shown(f"    found    {miss['found']} ({miss['where']})", style="dim"))
    if figures["unverified"]:
        console.print(Text(f"{len(figures['unverified'])} quotes are not verbatim!", style="red"))


def _shown(line: str, style: str = "") -> Text:
    """A line of somebody's text; control characters could steer the terminal."""
    return Text("".join(" " if unicodedata.category(c) == "Cc" else c for c in line), style=style)
