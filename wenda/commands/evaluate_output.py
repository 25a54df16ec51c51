"""The results of an evaluation: its figures on the terminal or as JSON, and its report."""

import json
import sys
from pathlib import Path

import typer

from rag.extras import require
from wenda.commands.evaluate import evaluate_files
from wenda.console import ERR, OUT, print_plain
from wenda.eval_report.evaluation import Evaluation, Inputs
from wenda.eval_report.figures import print_figures
from wenda.progress import TerminalProgress
from wenda.settings import Settings


def run_evaluation(
    settings: Settings, inputs: Inputs, report: Path | None, *, calibrate: bool, as_json: bool
) -> None:
    """Asks all questions of the files, then gives the figures and, if one is asked for, a report.

    Raises ExtraError where the packages of `wenda[eval]` are needed and not installed, BadParameter
    or ReportError when the report could not be written there, QuestionSetError when a file cannot
    be used.
    """
    if calibrate or report is not None:
        require("eval")
    if report is not None:
        _check_report(report)
    with TerminalProgress(ERR) as progress:
        made = evaluate_files(settings, inputs, progress, calibrate=calibrate)
    _give_evaluation(made, report, as_json=as_json)


def _check_report(report: Path) -> None:
    """Raises BadParameter or ReportError when the report could not be written there."""
    from wenda.eval_report.report import check_writable  # needs the extra `eval`

    if report.suffix not in (".html", ".htm"):
        # A typo would overwrite the questions.
        raise typer.BadParameter("give a file that ends in .html", param_hint="--report")
    check_writable(report)


def _give_evaluation(made: Evaluation, report: Path | None, *, as_json: bool) -> None:
    """Writes the report, if one is asked for, then prints the figures."""
    try:  # the report first: whoever reads the figures may close the pipe
        if report is not None:
            from wenda.eval_report.report import write_report

            write_report(report, made)
    finally:
        if as_json:
            sys.stdout.write(json.dumps(made.figures, ensure_ascii=False, indent=1) + "\n")
        else:
            print_figures(OUT, made.figures)
    if report is not None:
        out = ERR if as_json else OUT
        print_plain(out, f"\nThe report is in {report}")
