"""Every plot draws what it is given, whatever is missing, on light and dark paper."""

import io
import sys
from typing import Any

import pytest
from matplotlib.image import imread

from rag.evaluation.evaluate import Outcome
from rag.evaluation.summary import summarize
from tests.rag.evaluation.test_evaluate import KNOWN, UNKNOWN, outcome
from wenda.eval_report import plots

pytestmark = pytest.mark.slow

CASES = {
    "all": [
        outcome(KNOWN, 1, confidence=0.9, near=0.3, ms=10),
        outcome(KNOWN, None, confidence=0.4, near=0.2, ms=20),
        outcome(UNKNOWN, None, confidence=0.1, ms=900),
    ],
    "one": [outcome(KNOWN, 1, ms=0)],
    "unanswerable": [outcome(UNKNOWN, None, confidence=1.0)],
}


def figures(outcomes: list[Outcome]) -> dict[str, Any]:
    return summarize(outcomes) | {"threshold": 0.2}


def size(png: bytes) -> tuple[int, ...]:
    return tuple(imread(io.BytesIO(png), format="png").shape[:2])


@pytest.mark.parametrize("theme", [plots.LIGHT, plots.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("case", CASES)
def test_every_plot_is_a_picture(case: str, theme: plots.Theme) -> None:
    found = figures(CASES[case])
    times = [o.ms for o in CASES[case]]
    drawn = [
        plots.reliability_diagram(found, theme),
        plots.threshold_curves(found, theme),
        plots.latency_histogram(found, times, theme),
    ]
    if found["recall@1"] is not None:
        drawn.append(plots.recall_bars(found, theme))
    assert {size(png) for png in drawn} == {(585, 900)}
    assert len(set(drawn)) == len(drawn)


def test_a_plot_shows_its_figures() -> None:
    many, few = figures(CASES["all"]), figures(CASES["one"])
    for draw in (plots.reliability_diagram, plots.threshold_curves, plots.recall_bars):
        assert draw(many, plots.LIGHT) == draw(many, plots.LIGHT)
        assert draw(many, plots.LIGHT) != draw(few, plots.LIGHT)
        assert draw(many, plots.LIGHT) != draw(many, plots.DARK)


def test_the_threshold_is_marked() -> None:
    # Two that read the same in the legend.
    low, high = (figures(CASES["all"]) | {"threshold": at} for at in (0.201, 0.2049))
    assert plots.threshold_curves(low, plots.LIGHT) != plots.threshold_curves(high, plots.LIGHT)


def test_no_window_system_is_touched() -> None:
    assert "matplotlib.pyplot" not in sys.modules
