"""Plots of an evaluation as PNG. Labels are English, so that no Chinese font is needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

_INCHES = (6.0, 3.9)
_DPI = 150


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours; colour-blind people can tell the three line colours apart."""

    paper: str
    ink: str
    grid: str
    lines: tuple[str, str, str]


LIGHT = Theme("#ffffff", "#1f2428", "#dfe3e8", ("#0072b2", "#d55e00", "#009e73"))
DARK = Theme("#15191d", "#dde3e8", "#343b42", ("#56b4e9", "#e69f00", "#2fc79b"))


def reliability_diagram(figures: dict[str, Any], theme: Theme) -> bytes:
    """The reliability diagram, with the number of questions in each bin."""
    figure, (above, below) = _figure(theme, heights=(3, 1))
    above.plot([0, 1], [0, 1], linestyle="--", linewidth=1, color=theme.ink, label="ideal")
    bins = figures["reliability"]
    above.plot(
        [each["confidence"] for each in bins],
        [each["right"] for each in bins],
        marker="o",
        color=theme.lines[0],
        label=f"measured, ECE {figures['ece']}",
    )
    above.set(xlim=(0, 1), ylim=(-0.03, 1.04), ylabel="share right")
    _legend(above, theme)
    below.bar(
        [(each["low"] + each["high"]) / 2 for each in bins],
        [each["count"] for each in bins],
        width=[(each["high"] - each["low"]) * 0.9 for each in bins],
        color=theme.lines[0],
    )
    below.set(xlim=(0, 1), xlabel="confidence", ylabel="questions")
    return _png(figure)


def threshold_curves(figures: dict[str, Any], theme: Theme) -> bytes:
    """The share of answerable and unanswerable questions that each threshold refuses."""
    figure, (axes,) = _figure(theme)
    curves = (
        ("answerable", "answerable (wrongly refused)", "-"),
        ("unrelated", "unanswerable", "--"),
        ("near", "answerable, right passage left out", ":"),
    )
    costs = figures["thresholds"]
    for (group, label, style), colour in zip(curves, theme.lines, strict=True):
        if costs[0][group] is not None:
            shares = [cost[group] for cost in costs]
            at = [cost["threshold"] for cost in costs]
            axes.plot(at, shares, linestyle=style, linewidth=2, color=colour, label=label)
    now = figures["threshold"]
    axes.axvline(now, linewidth=1, color=theme.ink, label=f"threshold now: {now:.2f}")
    axes.set(xlim=(0, 1), ylim=(-0.03, 1.04), xlabel="threshold", ylabel="refused")
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    _legend(axes, theme)
    return _png(figure)


def recall_bars(figures: dict[str, Any], theme: Theme) -> bytes:
    """How often the right passage is among the first 1, 5 and 10."""
    figure, (axes,) = _figure(theme)
    names = ["recall@1", "recall@5", "recall@10"]
    bars = axes.bar(names, [figures[name] for name in names], width=0.55, color=theme.lines[0])
    axes.bar_label(bars, fmt="{:.1%}", color=theme.ink, padding=3)
    axes.set(ylim=(0, 1.1), ylabel="answerable questions")
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    return _png(figure)


def latency_histogram(figures: dict[str, Any], times: Sequence[float], theme: Theme) -> bytes:
    """A histogram of response times; beyond twice the 95th percentile all count in the last bar."""
    figure, (axes,) = _figure(theme)
    end = max(2 * figures["ms_p95"], 1.0)
    axes.hist([min(ms, end) for ms in times], bins=30, range=(0, end), color=theme.lines[0])
    for name, label, style in (("ms_median", "median", "-"), ("ms_p95", "95th percentile", "--")):
        text = f"{label}: {figures[name]:.1f} ms"
        axes.axvline(figures[name], linestyle=style, color=theme.lines[1], label=text)
    axes.set(xlim=(0, end), xlabel="milliseconds", ylabel="questions")
    _legend(axes, theme)
    return _png(figure)


def _figure(theme: Theme, heights: Sequence[int] = (1,)) -> tuple[Figure, list[Axes]]:
    """A figure with its axes, made without pyplot, whose state is global."""
    figure = Figure(figsize=_INCHES, dpi=_DPI, facecolor=theme.paper, layout="constrained")
    FigureCanvasAgg(figure)
    rows = figure.subplots(len(heights), 1, squeeze=False, height_ratios=list(heights))
    axes = [row[0] for row in rows]
    for each in axes:
        each.set_facecolor(theme.paper)
        each.tick_params(colors=theme.ink)
        each.grid(color=theme.grid, linewidth=0.8)
        each.set_axisbelow(True)
        each.xaxis.label.set_color(theme.ink)
        each.yaxis.label.set_color(theme.ink)
        for side, spine in each.spines.items():
            spine.set_visible(side in ("left", "bottom"))
            spine.set_color(theme.ink)
    return figure, axes


def _legend(axes: Axes, theme: Theme) -> None:
    axes.legend(loc="best", frameon=False, labelcolor=theme.ink, fontsize=9)


def _png(figure: Figure) -> bytes:
    image = BytesIO()
    figure.savefig(image, format="png")
    return image.getvalue()
