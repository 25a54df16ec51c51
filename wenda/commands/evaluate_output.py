"""What an evaluation leaves behind: its figures on the terminal or as JSON, and its report."""

import json
import sys
from pathlib import Path

import typer

from wenda.commands.evaluate import Evaluation
from wenda.console import ERR, OUT
from wenda.eval_report.figures import print_figures


def check_report(report: Path) -> None:
    """Raises BadParameter or ReportError when the report could not be written there."""
    from wenda.eval_report.report import check_writable  # needs the extra `eval`

    if report.suffix not in (".html", ".htm"):
        # A typo would overwrite the questions.
        raise typer.BadParameter("give a file that ends in .html", param_hint="--report")
    check_writable(report)


def give_evaluation(made: Evaluation, report: Path | None, *, as_json: bool) -> None:
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
        out.print(f"\nThe report is in {report}", highlight=False, markup=False)
