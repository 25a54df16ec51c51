"""Runs `wenda eval`."""

import math
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from rag import Service
from rag.answering.calibration import Calibration, default_for, fit, scale_of
from rag.documents import Limits, document_id, make_document
from rag.embedding.model import LocalModel
from rag.errors import QuestionSetError
from rag.evaluation.evaluate import Outcome, evaluate, unverified
from rag.evaluation.judging import ContextJudge, FactJudge, Judge
from rag.evaluation.mixture import mixture
from rag.evaluation.question_sets import (
    Question,
    QuestionSet,
    distinct,
    load_questions,
)
from rag.evaluation.summary import summarize
from rag.progress import Progress
from wenda.composition.answering import open_service
from wenda.composition.building import make_indexer
from wenda.composition.home import calibration_file
from wenda.eval_report import throwaway
from wenda.eval_report.evaluation import Evaluation, Inputs
from wenda.settings import Settings

#: The threshold is set so that this share of the right answers is refused,
_REFUSED = 0.05
#: and is not changed with fewer right answers than this.
_FEWEST = 20
#: The weight of a question whose gold passage is left out; one as it was asked weighs 1.
_NEAR = 0.3


def evaluate_files(
    settings: Settings, inputs: Inputs, progress: Progress, *, calibrate: bool
) -> Evaluation:
    """Asks all questions of the files. Raises QuestionSetError when a file cannot be used."""
    loaded, unrelated = _load(inputs)
    own = inputs.corpus == "seeds" or not loaded.contexts
    if own and inputs.corpus == "file":
        raise QuestionSetError(f"{inputs.file} brings no contexts. Use --corpus seeds.")
    with ExitStack() as using:
        if own:
            service = open_service(settings)
            judge: Judge = FactJudge(service.generation.listing.languages_of)
            asked = tuple(replace(question, contexts=()) for question in loaded.questions)
        else:
            home = throwaway.home_of(settings.home, loaded.contexts)
            using.enter_context(throwaway.in_use(home))
            service, judge = throw_away(settings, loaded, progress)
            asked = loaded.questions
        outcomes = evaluate(service, asked + unrelated, judge, progress)
        figures = summarize(outcomes)
        figures["threshold"] = service.threshold
        figures["unverified"] = unverified(service, outcomes)
    if calibrate:
        figures["calibration"] = _calibrate(settings, service, outcomes)
    manifest = service.generation.manifest
    return Evaluation(figures, tuple(o.ms for o in outcomes), inputs, manifest, datetime.now(UTC))


def _load(inputs: Inputs) -> tuple[QuestionSet, tuple[Question, ...]]:
    """The questions with their corpus, and those that it does not answer; each once."""
    sets = {path: load_questions(path) for path in inputs.files}
    corpora = [sets[path] for path in (inputs.file, *inputs.beside)]
    asked = [sets[path] for path in inputs.questions or (inputs.file,)]
    loaded = corpora[0]
    if len(corpora) > 1 or inputs.questions:
        _check_contexts(corpora)
        loaded = mixture(corpora, asked, halves=inputs.halves)
    if inputs.unrelated is None:
        return distinct(loaded), ()
    others = sets[inputs.unrelated].questions
    unanswerable = QuestionSet(
        tuple(Question(other.text, kind=other.kind, language=other.language) for other in others)
    )
    return distinct(loaded), distinct(unanswerable).questions


def _check_contexts(corpora: Sequence[QuestionSet]) -> None:
    for corpus in corpora:
        if not corpus.contexts:
            raise QuestionSetError(
                f"{corpus.name} brings no contexts to make a folder of. Give files in SQuAD format."
            )


def throw_away(
    settings: Settings, loaded: QuestionSet, progress: Progress
) -> tuple[Service, Judge]:
    """An index of the file's own contexts, one document each; kept for the next run."""
    home = throwaway.home_of(settings.home, loaded.contexts)
    indexer = make_indexer(settings, progress, home)
    model = LocalModel(settings.model, settings.models, progress)
    limits = Limits(max_tokens=model.max_tokens, count_tokens=model.count_tokens)
    names = [f"{number:06d}.txt" for number in range(len(loaded.contexts))]
    documents = [
        make_document(context, path=name, title="", limits=limits)
        for name, context in zip(names, loaded.contexts, strict=True)
    ]
    indexer.index_documents(documents, model, folder="contexts")
    numbers = {document_id(name): number for number, name in enumerate(names)}
    return open_service(settings, home), ContextJudge(numbers, loaded.languages)


def _calibrate(settings: Settings, service: Service, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Fits the mapping from scores to confidence, and stores it beside the index."""
    path = calibration_file(settings)
    generation = service.generation
    made = fitted(outcomes, default_for(generation))
    made.save(path, scale_of(generation))
    return {"stored": str(path), **made.to_json()}


def fitted(outcomes: Sequence[Outcome], before: Calibration) -> Calibration:
    """The mapping and the threshold fitted to the outcomes; `before` where they are too few."""
    labelled = [(o.best, o.right, 1.0) for o in outcomes]
    # Without its gold passage, an answerable question becomes a hard unanswerable one.
    known = (o for o in outcomes if o.question.answerable)
    labelled += [(o.nearest, False, _NEAR) for o in known if o.nearest]
    made = Calibration(fit(labelled, before.mapping), before.threshold)
    sure = [made.confidence(hit) for hit, right, _ in labelled if right]
    if len(sure) < _FEWEST:
        return made
    # Rounded down: a threshold of 1 would refuse everything.
    return made.with_threshold(math.floor(100 * float(np.quantile(sure, _REFUSED))) / 100)
