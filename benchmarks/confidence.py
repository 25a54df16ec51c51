"""Fits the default confidence on one public set and reports it on another.

    python benchmarks/confidence.py ../shared/data

Fitted on XQuAD (Chinese corpus; Chinese and English questions), with unrelated questions from CMRC
and hard ones whose own passage is left out. Reported on CMRC, which took no part. Then the same for
indexes without tokens: from the same hits, their MaxSim left out.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np

from rag.answering.calibration import DEFAULT, Calibration
from rag.evaluation.calibration_metrics import auroc
from rag.evaluation.evaluate import Outcome, evaluate
from rag.evaluation.mixture import mixture
from rag.evaluation.question_sets import Question, QuestionSet, load_questions
from rag.progress import silent
from wenda.commands.evaluate import fitted, throw_away
from wenda.settings import Settings, read_settings


def unrelated(questions: Sequence[Question], step: int) -> tuple[Question, ...]:
    return tuple(Question(question.text) for question in questions[::step])


def ask(settings: Settings, corpus: QuestionSet, asked: Sequence[Question]) -> list[Outcome]:
    service, judge = throw_away(settings, corpus, silent)
    return evaluate(service, asked, judge, silent)


def without_tokens(outcome: Outcome) -> Outcome:
    """The outcome as an index without token states would have it."""
    bare = {"maxsim": 0.0, "sentence_maxsim": 0.0, "lowest_quarter": 0.0}
    nearest = None if outcome.nearest is None else replace(outcome.nearest, **bare)
    return replace(outcome, best=replace(outcome.best, **bare), nearest=nearest)


def report(name: str, outcomes: Sequence[Outcome], calibration: Calibration) -> None:
    known = [o for o in outcomes if o.question.answerable]
    right = [calibration.confidence(o.best) for o in known if o.rank == 1]
    near = [calibration.confidence(o.nearest) for o in known if o.nearest is not None]
    off = [calibration.confidence(o.best) for o in outcomes if not o.question.answerable]
    line: dict[str, float | None] = {"right": len(right)}
    if right:
        refused = float(np.mean(np.array(right) < calibration.threshold))
        line["falsely refused"] = round(refused, 4)
    for kind, values in (("near", near), ("unrelated", off)):
        if values:
            refused = float(np.mean(np.array(values) < calibration.threshold))
            line |= {f"{kind} refused": round(refused, 4), f"{kind} auroc": auroc(right, values)}
    print(name, json.dumps(line))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder of public question sets")
    parser.add_argument("--step", type=int, default=2, help="ask every so many-th question")
    arguments = parser.parse_args()
    data, step = arguments.data, arguments.step
    settings = read_settings(min_score=0.0)

    xquad, cmrc = (
        load_questions(data / "xquad.zh.json"),
        load_questions(data / "cmrc2018_trial.json"),
    )
    english = load_questions(data / "xquad.en.json")
    across = mixture([xquad], [english])
    fitting = ask(settings, xquad, xquad.questions[::step] + unrelated(cmrc.questions, step))
    fitting_across = ask(settings, xquad, across.questions[::step])
    fitting_across += ask(settings, cmrc, unrelated(english.questions, step))
    held_out = ask(settings, cmrc, cmrc.questions[::step] + unrelated(xquad.questions, step))
    sets = {
        "XQuAD zh (fitted)": fitting,
        "XQuAD en→zh (fitted)": fitting_across,
        "CMRC trial (held out)": held_out,
    }
    show(sets)
    print("Without tokens:")
    show({name: list(map(without_tokens, outcomes)) for name, outcomes in sets.items()})


def show(sets: dict[str, list[Outcome]]) -> None:
    """Fits on the first two sets and reports on all."""
    *fitting, _held_out = sets.values()
    calibration = fitted(list(chain(*fitting)), DEFAULT)
    print(json.dumps(calibration.to_json(), indent=1))
    for name, outcomes in sets.items():
        report(name, outcomes, calibration)


if __name__ == "__main__":
    main()
