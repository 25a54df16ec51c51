"""Makes a home from a backup. Nothing is put in place before the whole of it has been verified."""

import hashlib
import json
import logging
import shutil
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import mkdtemp

from rag.durable import sync
from rag.errors import StoreError
from rag.index.generations import Store
from rag.index.manifest import FORMAT as INDEX_FORMAT
from rag.index.manifest import MANIFEST
from rag.progress import Progress
from wenda.backup.contents import (
    BOT,
    COLLECTIONS,
    DIGESTS,
    HOME_FILES,
    INDEX,
    BackupHeader,
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
_NO_COLLECTION = (
    "The backup {file} has no collection {name}; it has: {named}. Nothing was restored."
)
_NO_ROOM = (
    "The backup {file} needs {needed} MB and {home} has {free} free. Free some space, or name "
    "another folder with --home."
)


def restore_backup(
    file: Path, store: Store, progress: Progress, only: str | None = None
) -> tuple[BackupHeader, bool]:
    """Restores into a home that has nothing yet; of several collections, into a home for all. Or,
    of several, `only` the one of a name into a home of its own. Returns the header, and whether all
    indexes are live; those of an older format are left out, and built anew from the caches.

    Raises StoreError when the backup is none, damaged or newer, has no such collection, or
    something is in the way.
    """
    with opened_backup(file) as (header, archive):
        if header.index_format > INDEX_FORMAT:
            facts = {"found": header.index_format, "known": INDEX_FORMAT}
            raise StoreError(_NEWER_INDEX.format(file=file, version=header.version, **facts))
        if only is not None and only not in header.collections:
            named = ", ".join(header.collections) or "none"
            raise StoreError(_NO_COLLECTION.format(file=file, name=only, named=named))
        with ExitStack() as held, _scratch_after(store, held) as folder:
            homes = _homes(header, store, only)
            for prefix, into in homes.items():
                if prefix and only is None:
                    held.enter_context(into.writing())
                _refuse_used(into.home, (BOT,) if header.collections and not prefix else HOME_FILES)
            _refuse_full(file, store.home)
            _extract(file, header, archive, folder, progress)
            indexes = {
                prefix: _sound_index(folder / prefix, into, header)
                for prefix, into in homes.items()
            }
            for prefix, into in homes.items():
                _move_in(folder / prefix, into, indexes[prefix])
            return header, header.index_format == INDEX_FORMAT


def _homes(header: BackupHeader, store: Store, only: str | None) -> dict[str, Store]:
    """Where what lies below each prefix is restored to."""
    if only is not None:
        return {f"{COLLECTIONS}{only}/": store}
    return {prefix: Store(store.home / prefix) if prefix else store for prefix in header.prefixes}


@contextmanager
def _scratch_after(store: Store, held: ExitStack) -> Iterator[Path]:
    """A folder in a home that nobody else writes meanwhile."""
    held.enter_context(store.writing())
    with _scratch(store.home) as folder:
        yield folder


def _refuse_used(home: Path, names: Sequence[str]) -> None:
    for name in ("CURRENT", *names):
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


def _extract(
    file: Path,
    header: BackupHeader,
    archive: tarfile.TarFile,
    folder: Path,
    progress: Progress,
) -> None:
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
        elif header.holds(name):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            found[name] = _write(archive, member, folder / name)
            progress("restoring, MB", member.offset_data // _MEGABYTE, total)
        else:
            raise StoreError(_FOREIGN.format(file=file, name=name[:100]))
    if not isinstance(expected, dict):
        raise StoreError(_DAMAGED.format(file=file, what="its end is missing"))
    if header.collections:
        _share(header, folder, found, expected)
    for name in sorted({*found, *expected}):
        if found.get(name) != expected.get(name):
            raise StoreError(_DAMAGED.format(file=file, what=f"{name[:100]} has changed"))


def _share(
    header: BackupHeader, folder: Path, found: dict[str, str], expected: dict[str, str]
) -> None:
    """Puts what the archive has once in each of its places, as a link to the same bytes."""
    stored = {digest: name for name, digest in found.items()}
    for name, digest in expected.items():
        shared = f"/{INDEX}" in name and header.holds(name)  # of the rest each is its own
        if shared and name not in found and digest in stored:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            _link(folder / stored[digest], folder / name)
            found[name] = digest


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:  # not on every disk
        shutil.copyfile(source, target)
        sync(target)


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


def _sound_index(folder: Path, store: Store, header: BackupHeader) -> str | None:
    """The name of the index of a home, which was checked; None where it has none, or one of an
    older format.
    """
    there = (folder / INDEX / MANIFEST).is_file()
    if header.collections and not there:
        return None
    if header.index_format != INDEX_FORMAT:
        _LOGGER.warning("The index in the backup is of an older format and was left out.")
        return None
    name = header.index
    if header.collections:
        name = str(json.loads((folder / INDEX / MANIFEST).read_text(encoding="utf-8"))["name"])
    store.check_foreign(folder / INDEX, name)
    return name


def _move_in(folder: Path, store: Store, index: str | None) -> None:
    """Moves a home to its place, the index last, if there is one."""
    for name in reversed(HOME_FILES):
        if (folder / name).exists():
            (folder / name).replace(store.home / name)
    if index is not None:
        store.adopt(folder / INDEX, index)
