"""The command `wenda`."""

import json
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.extras import require
from wenda.collections_file import chosen_settings, document_folders, settings_of_one
from wenda.console import ERR, FAILED, NOT_FOUND, OUT, Home, Json, Named, Seeds, app
from wenda.settings import Settings, read_settings

if TYPE_CHECKING:
    from rag.serving.collections import Collections


@app.command(epilog="Example: wenda index --seeds ~/reports --home ~/reports-index")
def index(
    seeds: Seeds = None,
    home: Home = None,
    collection: Named = None,
    *,
    full: Annotated[bool, typer.Option("--full", help="Embed everything anew.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print progress and report as lines of JSON.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Keep running, and index whenever the folder changes.")
    ] = False,
) -> None:
    """Read what has changed in the documents, embed what is new, and publish the index."""
    from wenda.commands import index as indexing

    if as_json and watch:
        raise typer.BadParameter("give --json or --watch", param_hint="--watch")
    settings = read_settings(seeds=seeds, home=home)
    if watch:
        settings = _one(settings, collection, seeds, home)
        indexing.keep_indexing(settings, OUT, ERR, threading.Event(), full=full)
        return
    each = chosen_settings(settings, collection, seeds, home)
    indexing.index_each(each, OUT, ERR, full=full, as_json=as_json)


@app.command(epilog='Example: wenda ask "盘锦市今年新增创业多少人？"')
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


@app.command(name="eval", epilog="Example: wenda eval questions.jsonl --json")
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
    settings = _one(read_settings(home=home), collection, home)
    run_evaluation(settings, inputs, report, calibrate=calibrate, as_json=as_json)


@app.command(epilog="Example: wenda serve --port 8080")
def serve(
    host: Annotated[str | None, typer.Option(help="Address.", show_default="127.0.0.1")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port.", show_default="8000")
    ] = None,
    *,
    watch: Annotated[
        bool, typer.Option("--watch", help="Index whenever the folder changes.")
    ] = False,
    seeds: Seeds = None,
    home: Home = None,
) -> None:
    """Serve the web page, the REST API and, with TELEGRAM_BOT_TOKEN, the bot until Ctrl-C.

    Without an index one is built first, in the background.
    """
    from wenda.commands import serve as serving

    def announce(url: str) -> None:
        OUT.print(f"Wenda is at {url} (Ctrl-C ends it)", highlight=False, markup=False)

    settings = read_settings(host=host, port=port, seeds=seeds, home=home)
    watched = watch or settings.uploads is not None
    beside: list[serving.Companion] = _watching(settings) if watched else []
    if settings.telegram_bot_token is None:
        serving.serve(settings, companions=beside, announce=announce)
        return
    require("telegram")
    from wenda.commands.bot import BotBesideServer

    bot = BotBesideServer(settings)
    beside.append(bot.run_beside)
    serving.serve(
        settings, companions=beside, bot_state=bot.state, routes=bot.routes, announce=announce
    )


@app.command(epilog="Example: wenda mcp --seeds ~/reports --home ~/reports-index")
def mcp(
    *,
    watch: Annotated[
        bool, typer.Option("--watch", help="Index whenever the folder changes.")
    ] = False,
    seeds: Seeds = None,
    home: Home = None,
) -> None:
    """Answer an agent over MCP, on standard input and output. An agent starts this by itself.

    Without an index one is built first, in the background.
    """
    require("mcp")
    from wenda.commands import mcp as agents

    settings = read_settings(seeds=seeds, home=home)
    agents.serve_agent(settings, companions=_watching(settings) if watch else ())


@app.command(epilog="Example: TELEGRAM_BOT_TOKEN=… wenda bot")
def bot(*, seeds: Seeds = None, home: Home = None) -> None:
    """Run the Telegram bot alone until Ctrl-C; its token is TELEGRAM_BOT_TOKEN.

    Without an index one is built first, in the background.
    """
    require("telegram")
    from wenda.commands import bot as telegram

    def announce(name: str) -> None:
        OUT.print(f"The bot answers as @{name} (Ctrl-C ends it)", highlight=False, markup=False)

    settings = read_settings(seeds=seeds, home=home)
    if settings.uploads is not None:
        require("index")
    telegram.run_bot(settings, announce=announce)


@app.command(epilog="Example: wenda info --verify")
def info(
    *,
    as_json: Json = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Read every file of every kept index again.")
    ] = False,
    home: Home = None,
    collection: Named = None,
) -> None:
    """Show the live index: its model, documents, sizes and health."""
    from wenda.commands import info as informing

    chosen = chosen_settings(read_settings(home=home), collection, home)
    if not informing.show(chosen, OUT, ERR, verify=verify, as_json=as_json):
        raise typer.Exit(FAILED)


@app.command(epilog="Example: wenda rollback")
def rollback(*, home: Home = None, collection: Named = None) -> None:
    """Go back to the index before the live one, until a document changes or wenda index is run."""
    from wenda.composition.home import store_of

    settings = _one(read_settings(home=home), collection, home)
    manifest = store_of(settings).rollback()
    OUT.print(f"Live again: {manifest.name}, built {manifest.created}", highlight=False)
    OUT.print("It stays until a document changes; wenda index replaces it.", highlight=False)


@app.command(epilog="Example: wenda backup /mnt/backups/wenda.tar")
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    home: Home = None,
    collection: Named = None,
) -> None:
    """Write the index, its caches, feedback and the bot's state into one file, while all is used.

    A backup of that name is replaced once the new one is whole. It holds what people asked.
    """
    from wenda.commands.backup import back_up

    back_up(_one(read_settings(home=home), collection, home), file, OUT, ERR)


@app.command(epilog="Example: wenda restore /mnt/backups/wenda.tar --home ~/reports-index")
def restore(
    file: Annotated[Path, typer.Argument(help="A file of wenda backup.")],
    home: Home = None,
    collection: Named = None,
) -> None:
    """Make a new home of a backup, after every byte of it was checked. Nothing is overwritten."""
    from wenda.commands.backup import restore as restoring

    restoring(_one(read_settings(home=home), collection, home), file, OUT, ERR)


def _one(settings: Settings, collection: str | None, *folders: Path | None) -> Settings:
    """The settings for what is done with one index at a time."""
    if any(folders):
        return settings.model_copy(update={"collections": None})
    return settings_of_one(settings, collection)


def _watching(settings: Settings) -> "list[Callable[[Collections], Awaitable[None]]]":
    """What rebuilds the index whenever the folder has changed."""
    require("read", within="index")
    from wenda.runtime.watching import following

    folders = document_folders(settings)
    return [lambda collections: following(folders, collections)]


@app.command(epilog="Example: wenda questions --again")
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

    settings = _one(read_settings(home=home), collection, home)
    if export is not None:
        count = reviewing.export_curated(settings, export)
        OUT.print(f"Written to {export}: {count} questions", highlight=False, markup=False)
        return

    if forget_answered and not again:
        raise typer.BadParameter("give it with --again", param_hint="--forget-answered")
    found = reviewing.gather_questions(settings, again=again, forget_answered=forget_answered)
    if as_json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    else:
        reviewing.print_questions(OUT, found)


def main() -> None:
    """The console command."""
    app()
