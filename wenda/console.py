"""The console that commands share: their application, options, exit codes and output."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from rag.errors import QuestionError, WendaError
from wenda import __version__

DONE, FAILED, WRONG_USAGE, NOT_FOUND = range(4)

OUT = Console(soft_wrap=True)
ERR = Console(stderr=True, soft_wrap=True)


class _Commands(TyperGroup):
    """Runs a command before typer replaces its exceptions, KeyboardInterrupt among them."""

    def invoke(self, ctx: Any) -> Any:
        with _exit_codes():
            return super().invoke(ctx)


app = typer.Typer(
    name="wenda",
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Answers questions from a folder of documents, with the exact sentence and its place.",
)

Seeds = Annotated[Path | None, typer.Option(help="Folder of documents.", show_default="seeds")]
Home = Annotated[Path | None, typer.Option(help="Folder of the index.", show_default=".wenda")]
Named = Annotated[
    str | None,
    typer.Option("--collection", help="Of several (WENDA_COLLECTIONS), the one of this name."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.callback(invoke_without_command=True)
def _options(
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log more to stderr.")] = False,
) -> None:
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    if version:
        OUT.print(f"wenda {__version__}", highlight=False)
        raise typer.Exit(DONE)


def print_plain(console: Console, text: str, style: str | None = None) -> None:
    """Prints a text as it is: nothing in it is markup, and no part of it is coloured by itself."""
    console.print(text, style=style, highlight=False, markup=False)


@contextmanager
def _exit_codes() -> Iterator[None]:
    """Turns errors into a message on stderr and an exit code."""
    try:
        yield
    except QuestionError as error:
        _fail(str(error), WRONG_USAGE)
    except WendaError as error:
        _fail(str(error), FAILED)
    except KeyboardInterrupt:
        _fail("Interrupted. What was embedded is kept.", 130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(DONE)


def _fail(message: str, code: int) -> None:
    print_plain(ERR, message, "red")
    sys.exit(code)
