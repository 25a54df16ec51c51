"""Makes a home from a backup. Nothing is put in place before the whole of it has been verified."""

import hashlib
import json
import logging
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from rag.durable import sync
from rag.errors import StoreError
from rag.index.generations import Store
from rag.index.manifest import FORMAT as INDEX_FORMAT
from rag.progress import Progress
from wenda.backup.contents import (
    CACHES,
    DATABASES,
    DIGESTS,
    FILES,
    INDEX,
    BackupHeader,
    is_content,
)
from wenda.backup.reading import is_plain, opened_backup, read_facts

_LOGGER = logging.getLogger(__name__)
_MEGABYTE = 1_000_000
_PIECE = 1 << 20
_IN_THE_WAY = (
    "The folder {home} has {name} already, and a backup is only restored where nothing can be "
    "lost. Name a new folder with --home, or move that one away."
)
_NEWER_INDEX = (
    "The index in the backup {file} has format {found}, and this Wenda reads {known}. Nothing was "
    "restored; install Wenda {version}."
)
_FOREIGN = (
    "The backup {file} has something in it that no backup has: {name!r}. Nothing was restored."
)
_DAMAGED = "The backup {file} is damaged: {what}. Nothing was restored; use another one."
_NO_ROOM = (
    "The backup {file} needs {needed} MB and {home} has {free} free. Free some space, or name "
    "another folder with --home."
)


def restore_backup(file: Path, store: Store, progress: Progress) -> tuple[BackupHeader, bool]:
    """Restores into a home that has nothing yet. Returns the header, and whether the index is
    live; one of an older format is left out, and built anew from the caches.

    Raises StoreError when the backup is none, damaged or newer, or something is in the way.
    """
    with opened_backup(file) as (header, archive):
        if header.index_format > INDEX_FORMAT:
            facts = {"found": header.index_format, "known": INDEX_FORMAT}
            raise StoreError(_NEWER_INDEX.format(file=file, version=header.version, **facts))
        with store.writing():
            _refuse_used(store.home)
            _refuse_full(file, store.home)
            with _scratch(store.home) as folder:
                _extract(file, archive, folder, progress)
                return header, _move_in(folder, store, header)


def _refuse_used(home: Path) -> None:
    for name in ("CURRENT", *DATABASES, *CACHES, *FILES):
        if (home / name).exists():
            raise StoreError(_IN_THE_WAY.format(home=home, name=name))
    if any((home / "generations").iterdir()):
        raise StoreError(_IN_THE_WAY.format(home=home, name="an index"))


def _refuse_full(file: Path, home: Path) -> None:
    needed, free = file.stat().st_size, shutil.disk_usage(home).free
    if needed > free:
        facts = {"needed": needed // _MEGABYTE, "free": free // _MEGABYTE}
        raise StoreError(_NO_ROOM.format(file=file, home=home, **facts))


@contextmanager
def _scratch(home: Path) -> Iterator[Path]:
    """A folder on the same disk; remains of an earlier restore are removed."""
    for left in home.glob(".restoring-*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(mkdtemp(prefix=".restoring-", dir=home))
    try:
        (folder / INDEX).mkdir()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _extract(file: Path, archive: tarfile.TarFile, folder: Path, progress: Progress) -> None:
    """Writes the files into the folder. Raises StoreError unless they are those of the digests."""
    found: dict[str, str] = {}
    expected: object = None
    total = file.stat().st_size // _MEGABYTE
    while (member := archive.next()) is not None:
        name = member.name
        if expected is not None or name in found or not is_plain(member):
            raise StoreError(_FOREIGN.format(file=file, name=name[:100]))
        if name == DIGESTS:
            expected = json.loads(read_facts(archive, member))
        elif is_content(name):
            found[name] = _write(archive, member, folder / name)
            progress("restoring, MB", member.offset_data // _MEGABYTE, total)
        else:
            raise StoreError(_FOREIGN.format(file=file, name=name[:100]))
    if not isinstance(expected, dict):
        raise StoreError(_DAMAGED.format(file=file, what="its end is missing"))
    for name in sorted({*found, *expected}):
        if found.get(name) != expected.get(name):
            raise StoreError(_DAMAGED.format(file=file, what=f"{name[:100]} has changed"))


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> str:
    """Writes one file; returns its sha256."""
    content = archive.extractfile(member)
    digest = hashlib.sha256()
    with path.open("xb") as written:
        while content is not None and (piece := content.read(_PIECE)):
            digest.update(piece)
            written.write(piece)
    sync(path)
    return digest.hexdigest()


def _move_in(folder: Path, store: Store, header: BackupHeader) -> bool:
    """Moves everything to its place, the index last. Returns whether it is live."""
    current = header.index_format == INDEX_FORMAT
    if current:
        store.check_foreign(folder / INDEX, header.index)
    for name in (*FILES, *CACHES, *DATABASES):
        if (folder / name).exists():
            (folder / name).replace(store.home / name)
    if current:
        store.adopt(folder / INDEX, header.index)
    else:
        _LOGGER.warning("The index in the backup is of an older format and was left out.")
    return current
