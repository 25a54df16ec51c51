"""The report of an evaluation: one HTML file that needs nothing else."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from rag.errors import WendaError
from wenda import __version__
from wenda.eval_report.evaluation import Evaluation
from wenda.eval_report.figures import EXPLAINED, GROUPS, MISSES, without_controls

if TYPE_CHECKING:
    from wenda.eval_report.plots import Theme

_CHINESE = {
    "by_kind": "按问题类型",
    "by_language": "按问题与正确段落的语言",
    "by_file": "按问题文件",
    "passage": "首位段落不对",
    "quote": "段落正确，引文缺少事实",
    "refused": "有答案却未回答",
    "answered": "无答案却回答了",
}


class ReportError(WendaError):
    """The report cannot be written where it was asked for."""


def diagram_path(report: Path) -> Path:
    """Where the reliability diagram goes: beside the report."""
    return report.with_name(f"{report.stem}.reliability.png")


def check_writable(report: Path) -> None:
    """Tries the files out, without changing them. Raises ReportError when one cannot be written."""
    _try_out(report)
    _try_out(diagram_path(report))


def _try_out(path: Path) -> None:
    existed = path.exists()
    try:
        path.open("ab").close()
        if not existed:
            path.unlink()
    except OSError as error:
        raise _not_written(path, error) from error


def write_report(report: Path, evaluation: Evaluation) -> None:
    """Writes the report and the reliability diagram. Raises ReportError when it cannot."""
    from wenda.eval_report import plots

    # Half a surrogate pair has no place in UTF-8.
    page = _page(evaluation).encode("utf-8", "replace")
    path = report
    try:
        path.write_bytes(page)
        if evaluation.times:
            path = diagram_path(report)
            path.write_bytes(plots.reliability_diagram(evaluation.figures, plots.LIGHT))
    except OSError as error:
        raise _not_written(path, error) from error


def _not_written(path: Path, error: OSError) -> ReportError:
    return ReportError(
        f"The report {path} cannot be written ({error.strerror or error}). "
        "Name a file in a folder that exists and that you may write."
    )


def _page(evaluation: Evaluation) -> str:
    # Everything that is put into the page is escaped; only the template itself is markup.
    environment = Environment(
        loader=PackageLoader("wenda.eval_report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    environment.filters["plain"] = without_controls
    figures = evaluation.figures
    return environment.get_template("report.html").render(
        evaluation=evaluation,
        version=__version__,
        figures=figures,
        rows=[
            (name, _shown(name, figures[name]), explained.meaning)
            for name, explained in EXPLAINED.items()
            if figures.get(name) is not None
        ],
        groups=_groups(figures),
        shown=_shown,
        plots=_plots(evaluation),
        misses=[
            (title, _CHINESE[key], [miss for miss in figures["misses"] if miss["miss"] == key])
            for key, title in MISSES.items()
        ],
    )


def _groups(figures: dict[str, Any]) -> list[tuple[str, str, list[str], dict[str, Any]]]:
    """Titles, columns and rows of the tables by kind, language and file; none of one row only."""
    tables = []
    for key, title in GROUPS.items():
        rows = figures.get(key, {})
        if len(rows) > 1:
            measured = {name for its in rows.values() for name in its if its[name] is not None}
            columns = [name for name in ("count", *EXPLAINED) if name in measured]
            tables.append((title, _CHINESE[key], columns, rows))
    return tables


def _shown(name: str, value: float | None) -> str:
    """A figure for people: shares as percentages."""
    if value is None:
        return "–"
    explained = EXPLAINED.get(name)
    return f"{value:.1%}" if explained and explained.share else f"{value:g}"


def _plots(evaluation: Evaluation) -> list[dict[str, str]]:
    """Titles and pictures, as data: addresses, for a light and a dark page."""
    from wenda.eval_report import plots

    return [
        {
            "title": title,
            "chinese": chinese,
            "about": about,
            "light": _address(draw(plots.LIGHT)),
            "dark": _address(draw(plots.DARK)),
        }
        for title, chinese, about, draw in _drawings(evaluation)
    ]


def _drawings(
    evaluation: Evaluation,
) -> "list[tuple[str, str, str, Callable[[Theme], bytes]]]":
    """Titles in English and Chinese, what is shown, and what draws it."""
    from wenda.eval_report import plots

    if not evaluation.times:
        return []
    figures = evaluation.figures
    made: list[tuple[str, str, str, Callable[[Theme], bytes]]] = [
        (
            "Reliability",
            "置信度校准",
            "Confidence against the share of questions whose best passage was right. On the dashed "
            "line, a confidence of 0.8 is right in 80 % of the cases.",
            lambda theme: plots.reliability_diagram(figures, theme),
        ),
        (
            "What a threshold costs",
            "阈值的代价",
            "What would be refused if Wenda answered only from this confidence on.",
            lambda theme: plots.threshold_curves(figures, theme),
        ),
        (
            "Time to answer",
            "回答耗时",
            "Slower answers than the axis shows are counted in the last bar.",
            lambda theme: plots.latency_histogram(figures, evaluation.times, theme),
        ),
    ]
    if figures["recall@1"] is not None:
        about = "Answerable questions whose right passage was among the first 1, 5 and 10."
        bars = ("Recall", "召回率", about, lambda theme: plots.recall_bars(figures, theme))
        made.insert(0, bars)
    return made


def _address(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"
