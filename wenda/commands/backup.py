"""`wenda backup` and `wenda restore`."""

from pathlib import Path

from rich.console import Console

from wenda.backup.making import make_backup
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
    size = file.stat().st_size / 1e6
    said = f"Backed up {settings.home} with the index {header.index}: {file}, {size:.1f} MB"
    print_plain(out, said)


def restore(settings: Settings, file: Path, out: Console, err: Console) -> None:
    """Restores a backup and says so. Raises StoreError as `restore_backup` does."""
    with TerminalProgress(err) as progress:
        header, live = restore_backup(file, store_of(settings), progress)
    said = f"Restored {file}, made {header.created}, into {settings.home}"
    print_plain(out, said)
    if not live:
        print_plain(out, _OLDER)
