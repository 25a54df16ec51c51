"""The figures of an evaluation: what each means, and how they are printed."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.text import Text

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Explained:
    """What a figure means, in one line; `share` if it is a share between 0 and 1."""

    meaning: str
    share: bool = True


EXPLAINED = {
    "questions": Explained("questions asked", share=False),
    "recall@1": Explained("answerable questions whose right passage came first"),
    "recall@5": Explained("… was among the first five"),
    "recall@10": Explained("… was among the first ten"),
    "mrr@10": Explained("mean of 1 / rank of the right passage", share=False),
    "ndcg@10": Explained("mean of 1 / log2(1 + rank) of the right passage", share=False),
    "answer_hit": Explained("answerable questions whose quote holds the fact"),
    "all_shown": Explained("questions with several answers that were all shown"),
    "map": Explained(
        "mean average precision, where several passages are right (translations)", share=False
    ),
    "own_language_first": Explained(
        "… whose first passage was the right one in the question's own language"
    ),
    "falsely_refused": Explained("answerable questions that were refused"),
    "refused": Explained("unanswerable questions that were refused"),
    "refused_at_5": Explained(
        "unanswerable questions refused by a threshold that refuses 5 % of the answerable ones"
    ),
    "auroc": Explained(
        "chance that an answerable question is more confident than an unanswerable one", share=False
    ),
    "auroc_near": Explained(
        "chance that an answer is more confident with its right passage than without", share=False
    ),
    "ece": Explained(
        "expected calibration error: how far confidence is from being right; 0 is best", share=False
    ),
    "threshold": Explained("confidence below which Wenda does not answer", share=False),
    "citations": Explained("quotes given", share=False),
    "ms_median": Explained("milliseconds to answer, half of the questions", share=False),
    "ms_p95": Explained("milliseconds to answer, 95 % of the questions", share=False),
}

#: The figures that are given for groups of questions, and what the groups are.
GROUPS = {
    "by_kind": "By kind of question",
    "by_language": "By language of question → right passage",
    "by_file": "By file of questions",
}

#: The kinds of misses, as `rag.evaluation.evaluate.Outcome.miss` names them.
MISSES = {
    "passage": "wrong passage first",
    "quote": "right passage, but the quote lacks the fact",
    "refused": "refused though answerable",
    "answered": "answered though unanswerable",
}


def print_figures(console: Console, figures: dict[str, Any]) -> None:
    """Prints the figures and the first misses for people."""
    for name, explained in EXPLAINED.items():
        if figures.get(name) is not None:
            line = Text(f"{name:>16}  {figures[name]!s:<8}")
            console.print(line.append(f"  {explained.meaning}", style="dim"))
    for key, title in GROUPS.items():
        _print_groups(console, title, figures.get(key, {}))
    if "calibration" in figures:
        made = figures["calibration"]
        console.print(
            Text(f"\nCalibration stored in {made['stored']}, threshold {made['threshold']}")
        )
    _print_misses(console, figures["misses"])
    if figures["unverified"]:
        console.print(Text(f"{len(figures['unverified'])} quotes are not verbatim!", style="red"))


def _print_groups(console: Console, title: str, groups: dict[str, dict[str, Any]]) -> None:
    if len(groups) > 1:
        console.print(Text(f"\n{title}", style="bold"))
        for name, its in groups.items():
            parts = (f"{figure} {value}" for figure, value in its.items() if value is not None)
            console.print(_shown(f"{name:>16}  {', '.join(parts)}"))


def _print_misses(console: Console, misses: list[dict[str, Any]]) -> None:
    if misses:
        console.print(Text(f"\n{len(misses)} misses; all with --json or --report", style="bold"))
    for miss in misses[:_SHOWN]:
        expected = " / ".join(miss["expected"]) or "no answer"
        console.print(_shown(f"  ? {miss['question']}"))
        console.print(_shown(f"    {MISSES[miss['miss']]}", style="dim"))
        console.print(_shown(f"    expected {expected}; rank {miss['rank']}", style="dim"))
        console.print(_shown(f"    found    {miss['found']} ({miss['where']})", style="dim"))


def _shown(line: str, style: str = "") -> Text:
    return Text(without_controls(line), style=style)


def without_controls(line: str) -> str:
    """The text without control characters, which could steer a terminal."""
    return "".join(" " if unicodedata.category(c) == "Cc" else c for c in line)
