"""`wenda index`: one run, or one whenever the folder changes."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict

from rich.console import Console

from rag import Report
from rag.errors import SeedsError, WendaError
from rag.progress import line_of_json, say
from wenda.collections_file import NamedSettings
from wenda.commands import ask_output as printing
from wenda.composition.building import make_indexer
from wenda.console import print_plain
from wenda.progress import TerminalProgress
from wenda.settings import Settings

_LOGGER = logging.getLogger(__name__)

Run = Callable[[bool], Report]


def index_each(
    named: Sequence[NamedSettings], out: Console, err: Console, *, full: bool, as_json: bool
) -> None:
    """Runs the indexer for each collection, or for the one folder; in lines of JSON for programs.

    A run that fails does not stop the others; the last error is raised at the end.
    """
    failed: WendaError | None = None
    for entry, settings in named:
        if entry is not None and not as_json:
            print_plain(out, f"{entry.title} ({entry.name})", "bold")
        try:
            if as_json:
                index_for_programs(settings, full=full)
            else:
                index_for_people(settings, out, err, full=full)
        except WendaError as error:
            if failed is not None:
                print_plain(err, str(failed), "red")
            failed = error
    if failed is not None:
        raise failed


def index_for_people(settings: Settings, out: Console, err: Console, *, full: bool) -> None:
    """One run with a progress bar, and what it did. Raises as `Indexer.index_folder` does."""
    _runner(settings, out, err, keep_rollback=False)(full)


def index_for_programs(settings: Settings, *, full: bool) -> None:
    """One run, in lines of JSON: its stages, then the report, or the error, which it raises.

    An index that was rolled back to stays until a document changes, since a server that watches
    the folder runs this by itself.
    """
    try:
        indexer = make_indexer(settings, line_of_json)
        report = indexer.index_folder(settings.seeds, full=full, keep_rollback=True)
    except WendaError as error:
        say({"error": str(error)})
        raise
    say({"report": asdict(report)})


def keep_indexing(
    settings: Settings, out: Console, err: Console, stop: threading.Event, *, full: bool
) -> None:
    """A run now and whenever the folder changes. An error is printed and the next change awaited.

    The model stays loaded in between. An index that was rolled back to stays until a document
    changes.
    """
    run = _runner(settings, out, err, keep_rollback=True)
    from wenda.runtime.watching import AGAIN, changes

    print_plain(out, f"Watching {settings.seeds}; Ctrl-C ends.")
    for _ in changes(settings.seeds, stop):
        for delay in AGAIN:
            if _attempt(run, err, full) or stop.wait(delay):
                break
        full = False


def _attempt(run: Run, err: Console, full: bool) -> bool:
    """Whether trying again makes no sense, because it worked or needs a change in the folder."""
    try:
        run(full)
    except SeedsError as error:
        print_plain(err, str(error), "red")
    except WendaError as error:
        print_plain(err, str(error), "red")
        return False
    except Exception:
        _LOGGER.exception("The index could not be brought up to date")
        return False
    return True


def _runner(settings: Settings, out: Console, err: Console, *, keep_rollback: bool) -> Run:
    """Runs of one indexer; only runs that change something are reported in full."""
    told: list[Report] = []
    shown = TerminalProgress(err)

    def progress(stage: str, done: int, total: int) -> None:
        shown(stage, done, total)

    indexer = make_indexer(settings, progress)

    def run(full: bool) -> Report:
        nonlocal shown
        with TerminalProgress(err) as shown:
            report = indexer.index_folder(settings.seeds, full=full, keep_rollback=keep_rollback)
        if report.written or not told:
            printing.print_report(out, report)
        told[:] = [report]
        return report

    return run
