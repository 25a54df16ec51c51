"""`wenda backup` and `wenda restore`."""

from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from rag.index.generations import Store
from wenda.backup.making import make_backup, make_joint_backup
from wenda.backup.restoring import restore_backup
from wenda.composition.home import store_of
from wenda.console import print_plain
from wenda.progress import TerminalProgress
from wenda.settings import Settings

_OLDER = (
    "The index in it is of an older format and was left out. Build it anew, for the most part from "
    "the cache: wenda index"
)


def back_up(settings: Settings, file: Path, out: Console, err: Console) -> None:
    """Writes a backup and says so. Raises StoreError as `make_backup` does."""
    with TerminalProgress(err) as progress:
        header = make_backup(store_of(settings), file, progress)
    said = f"Backed up {settings.home} with the index {header.index}: {file}, {_size(file)}"
    print_plain(out, said)


def back_up_all(
    settings: Settings, named: Mapping[str, Settings], file: Path, out: Console, err: Console
) -> None:
    """Writes a backup of all collections, by name, and says so. Raises StoreError as
    `make_joint_backup` does.
    """
    stores: dict[str, Store] = {name: store_of(each) for name, each in named.items()}
    with TerminalProgress(err) as progress:
        _, unindexed = make_joint_backup(settings.home, stores, file, progress)
    said = f"Backed up {settings.home} with {len(stores)} collections ({', '.join(stores)})"
    print_plain(out, f"{said}: {file}, {_size(file)}")
    if unindexed:
        print_plain(out, f"They have no index yet: {', '.join(unindexed)}", "yellow")


def restore(
    settings: Settings, file: Path, out: Console, err: Console, only: str | None = None
) -> None:
    """Restores a backup, or `only` one of its collections, and says so. Raises StoreError as
    `restore_backup` does.
    """
    with TerminalProgress(err) as progress:
        header, live = restore_backup(file, store_of(settings), progress, only)
    print_plain(out, f"Restored {file}, made {header.created}, into {settings.home}")
    if header.collections and only is None:
        print_plain(out, f"Collections: {', '.join(header.collections)}")
    if not live:
        print_plain(out, _OLDER)


def _size(file: Path) -> str:
    return f"{file.stat().st_size / 1e6:.1f} MB"
