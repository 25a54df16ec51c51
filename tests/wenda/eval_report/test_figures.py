"""Figures are explained, and nobody's text steers the terminal."""

import io

from rich.console import Console

from rag.evaluation.summary import summarize
from tests.rag.evaluation.test_evaluate import KNOWN, UNKNOWN, outcome
from wenda.eval_report.figures import EXPLAINED, GROUPS, MISSES, print_figures, without_controls

LISTS = {"reliability", "thresholds", "misses", *GROUPS}
OUTCOMES = [
    outcome(KNOWN, 1, right=True, confidence=0.9, near=0.2),
    outcome(KNOWN, 1, confidence=0.8, near=0.2),
    outcome(UNKNOWN, None, confidence=0.7),
]


def printed(figures: dict[str, object]) -> str:
    console = Console(file=io.StringIO(), width=200, soft_wrap=True)
    print_figures(console, {"threshold": 0.2, "unverified": [], **figures})
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_every_figure_is_explained() -> None:
    figures = summarize(OUTCOMES)
    assert set(figures) - LISTS <= set(EXPLAINED)
    out = printed(figures)
    for name in set(figures) - LISTS:
        assert f"{name:>16}  {figures[name]!s:<8}  {EXPLAINED[name].meaning}\n" in out


def test_what_was_not_measured_is_left_out() -> None:
    out = printed(summarize([outcome(UNKNOWN, None, confidence=0.1)]))
    assert "refused" in out
    assert "recall" not in out
    assert "None" not in out


def test_every_kind_of_miss_has_words() -> None:
    out = printed(summarize(OUTCOMES))
    assert {outcome(*case, confidence=0.9).miss for case in ((KNOWN, 1), (KNOWN, 2))} <= set(MISSES)
    assert MISSES["quote"] in out
    assert MISSES["answered"] in out


def test_control_characters_become_spaces() -> None:
    assert without_controls("a\x1b[2Jb\x00\x9bc\n中") == "a [2Jb  c 中"


def test_false_quotes_are_told() -> None:
    assert "1 quotes are not verbatim!" in printed({**summarize(OUTCOMES), "unverified": ["x"]})
