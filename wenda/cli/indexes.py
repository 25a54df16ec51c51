"""Commands for an index: build, show, roll back, back up, restore."""

import threading
from pathlib import Path
from typing import Annotated

import typer

from wenda.collections_file import chosen_settings, settings_of_one
from wenda.console import ERR, FAILED, OUT, Home, Json, Named, Seeds, print_plain
from wenda.settings import read_settings


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
        settings = settings_of_one(settings, collection, seeds, home)
        indexing.keep_indexing(settings, OUT, ERR, threading.Event(), full=full)
        return
    each = chosen_settings(settings, collection, seeds, home)
    indexing.index_each(each, OUT, ERR, full=full, as_json=as_json)


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


def rollback(*, home: Home = None, collection: Named = None) -> None:
    """Go back to the index before the live one, until a document changes or wenda index is run."""
    from wenda.composition.home import store_of

    settings = settings_of_one(read_settings(home=home), collection, home)
    manifest = store_of(settings).rollback()
    print_plain(OUT, f"Live again: {manifest.name}, built {manifest.created}")
    print_plain(OUT, "It stays until a document changes; wenda index replaces it.")


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    home: Home = None,
    collection: Named = None,
) -> None:
    """Write the index, its caches, feedback and the bot's state into one file, while all is used.

    With collections, all of them, or the one that is named. A backup of that name is replaced once
    the new one is whole. It holds what people asked.
    """
    from wenda.commands.backup import back_up, back_up_all

    settings = read_settings(home=home)
    every = chosen_settings(settings, None, home)
    named = {entry.name: of_one for entry, of_one in every if entry is not None}
    if named and collection is None:
        back_up_all(settings, named, file, OUT, ERR)
    else:
        back_up(settings_of_one(settings, collection, home), file, OUT, ERR)


def restore(
    file: Annotated[Path, typer.Argument(help="A file of wenda backup.")],
    home: Home = None,
    collection: Named = None,
) -> None:
    """Make a new home of a backup, after every byte of it was checked. Nothing is overwritten.

    Of a backup of several collections, all of them, or the one that is named.
    """
    from wenda.backup.reading import read_header
    from wenda.commands.backup import restore as restoring

    settings = read_settings(home=home)
    joint = bool(read_header(file).collections)
    if not joint or collection is not None:
        settings = settings_of_one(settings, collection, home)
    restoring(settings, file, OUT, ERR, collection if joint else None)
