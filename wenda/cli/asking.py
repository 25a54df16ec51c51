"""Commands that ask: questions, question files for measuring, questions without an answer."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from wenda.collections_file import chosen_settings, settings_of_one
from wenda.console import ERR, NOT_FOUND, OUT, Home, Json, Named, print_plain
from wenda.settings import read_settings


def ask(
    question: Annotated[
        str | None, typer.Argument(help="Without it, questions are typed at a prompt.")
    ] = None,
    k: Annotated[
        int | None, typer.Option("-k", min=1, max=20, help="Also print this many passages.")
    ] = None,
    *,
    as_json: Json = False,
    home: Home = None,
    collection: Named = None,
) -> None:
    """Answer a question with the exact sentence and its place, or say that there is none.

    At the prompt a question may build on the ones before it: "And in Panjin?"
    """
    from wenda.commands import ask as asking
    from wenda.composition.serving import open_for_asking
    from wenda.composition.writing import make_writer

    chosen = chosen_settings(read_settings(home=home), collection, home)
    writer = make_writer(chosen[0][1])
    with open_for_asking(chosen) as service:
        if question is None:
            asking.answer_input(service, OUT, ERR, passages=k, as_json=as_json, writer=writer)
            return
        answer = asking.answer_question(
            service, question, OUT, passages=k, as_json=as_json, writer=writer
        )
    if not answer.answered and answer.kind is None:
        raise typer.Exit(NOT_FOUND)


_QUESTIONS = typer.Option(help="Ask this file's questions, not FILE's; may be given again.")
_WITH = typer.Option("--with", help="Its contexts lie in the same folder; may be given again.")
_UNRELATED = typer.Option(help="Questions that the corpus does not answer.")
_CORPUS = typer.Option(help="'file': the contexts of FILE; 'seeds': the index.", show_default=False)
_HALVES = typer.Option("--halves", help="Each article in one language: FILE's, --with's in turn.")
_CALIBRATE = typer.Option("--calibrate", help="Fit the confidence to these questions.")
_REPORT = typer.Option(help="Write a page with plots and all misses (.html).")


def evaluate(
    file: Annotated[Path, typer.Argument(help="SQuAD .json, or .jsonl with question and must.")],
    questions: Annotated[list[Path] | None, _QUESTIONS] = None,
    beside: Annotated[list[Path] | None, _WITH] = None,
    unrelated: Annotated[Path | None, _UNRELATED] = None,
    corpus: Annotated[str | None, _CORPUS] = None,
    *,
    halves: Annotated[bool, _HALVES] = False,
    as_json: Json = False,
    calibrate: Annotated[bool, _CALIBRATE] = False,
    report: Annotated[Path | None, _REPORT] = None,
    home: Home = None,
    collection: Named = None,
) -> None:
    """Measure retrieval, quotes and abstention on questions with known answers."""
    from wenda.commands.evaluate_output import run_evaluation
    from wenda.eval_report.evaluation import Inputs

    if halves and not beside:
        raise typer.BadParameter("name the translations --with", param_hint="--halves")
    if corpus not in (None, "file", "seeds"):
        raise typer.BadParameter("give 'file' or 'seeds'", param_hint="--corpus")
    asked, others = tuple(questions or ()), tuple(beside or ())
    inputs = Inputs(file, asked, unrelated, corpus, others, halves=halves)
    settings = settings_of_one(read_settings(home=home), collection, home)
    run_evaluation(settings, inputs, report, calibrate=calibrate, as_json=as_json)


def questions(
    *,
    again: Annotated[
        bool, typer.Option("--again", help="Ask each again, and say which are answered.")
    ] = False,
    forget_answered: Annotated[
        bool, typer.Option("--forget-answered", help="With --again: forget those answered now.")
    ] = False,
    export: Annotated[
        Path | None,
        typer.Option(help="Write the curated answers as a question file for wenda eval (.jsonl)."),
    ] = None,
    as_json: Json = False,
    home: Home = None,
    collection: Named = None,
) -> None:
    """List what was asked and not answered, by meaning, and answers that got 👎."""
    from wenda.commands import questions as reviewing

    if export is not None:
        settings = settings_of_one(read_settings(home=home), collection, home)
        count = reviewing.export_curated(settings, export)
        print_plain(OUT, f"Written to {export}: {count} questions")
        return

    if forget_answered and not again:
        raise typer.BadParameter("give it with --again", param_hint="--forget-answered")
    chosen = chosen_settings(read_settings(home=home), collection, home)
    found = reviewing.gather_each(chosen, ERR, again=again, forget_answered=forget_answered)
    if as_json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    else:
        reviewing.print_each(OUT, chosen, found)
