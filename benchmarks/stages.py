"""Profiles a question and a build by stage.

    python -m benchmarks.stages FOLDER QUESTIONS.jsonl [--plot stages.png]

Indexes the folder with the real model, in a home of its own, and asks the questions; the profiler
of the standard library counts. It makes Python's own part look larger than it is.
"""

import argparse
import cProfile
import pstats
import tempfile
from collections.abc import Callable
from pathlib import Path

from rag.evaluation.question_sets import load_questions
from rag.progress import silent
from wenda.composition.answering import open_service
from wenda.composition.building import make_indexer
from wenda.settings import read_settings

#: The stages as functions, by file and name; none calls another.
_QUESTION = {
    "encoder": ("onnx_encoder.py", "encode"),
    "first stage: vectors, words, names": ("local_candidates.py", "find_rows"),
    "second stage: late interaction": ("maxsim.py", "similarities"),
    "answer: sentences, citations": ("answerer.py", "answer"),
}
_BUILD = {
    "opening the encoder": ("model.py", "_passage_encoder"),
    "reading and cleaning": ("reading.py", "read_documents"),
    "embedding paragraphs, with tokens": ("onnx_encoder.py", "encode_tokens"),
    "embedding sentences": ("onnx_encoder.py", "encode_passages"),
    "two bits a number": ("maxsim.py", "quantize"),
    "pinyin of names": ("pinyin.py", "write_names"),
}

Shares = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--plot", type=Path, help="a PNG file")
    given = parser.parse_args()
    questions = [question.text for question in load_questions(given.questions).questions]
    with tempfile.TemporaryDirectory() as name:
        settings = read_settings(seeds=given.folder, home=Path(name))
        indexer = make_indexer(settings, silent)
        build = _shares(lambda: indexer.index_folder(settings.seeds), _BUILD)
        service = open_service(settings)
        service.ask_question(questions[0])
        question = _shares(lambda: [service.ask_question(each) for each in questions], _QUESTION)
    for title, shares in (("a question", question), ("a build", build)):
        print(f"\n| of {title} | share |\n| --- | --- |")
        for stage, share in shares.items():
            print(f"| {stage} | {share:.0%} |")
    if given.plot:
        _plot({"a question": question, "a build": build}, given.plot)


def _shares(work: Callable[[], object], stages: dict[str, tuple[str, str]]) -> Shares:
    """Each stage's share of the time that the work takes, and the rest."""
    profile = cProfile.Profile()
    profile.runcall(work)
    stats = pstats.Stats(profile)
    found = dict.fromkeys(stages, 0.0)
    for (file, _line, function), (_calls, _all, _own, seconds, _callers) in stats.stats.items():  # type: ignore[attr-defined]
        for stage, (module, name) in stages.items():
            if Path(file).name == module and "rag" in Path(file).parts and function == name:
                found[stage] += seconds / stats.total_tt  # type: ignore[attr-defined]
    if unseen := [stage for stage, share in found.items() if not share]:
        raise SystemExit(f"Never called, so perhaps renamed: {', '.join(unseen)}. Mend the table.")
    return {**found, "everything else": max(0.0, 1 - sum(found.values()))}


def _plot(parts: dict[str, Shares], path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4), layout="constrained")
    for axes, (title, shares) in zip(figure.subplots(2, 1), parts.items(), strict=True):
        left = 0.0
        for stage, share in shares.items():
            axes.barh([title], [share], left=left, label=f"{stage} ({share:.0%})")
            left += share
        axes.set_xlim(0, 1)
        axes.set_xticks([])
        axes.spines[:].set_visible(False)
        axes.legend(ncols=2, loc="upper center", bbox_to_anchor=(0.5, 0), frameon=False)
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
