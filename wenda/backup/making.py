"""Makes a backup of a home that others read and write meanwhile."""

import logging
import os
import sqlite3
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from rag.errors import StoreError
from rag.index.generations import Store
from rag.index.manifest import FORMAT as INDEX_FORMAT
from rag.index.manifest import MANIFEST, Manifest
from rag.progress import Progress
from wenda import __version__
from wenda.backup.contents import (
    BOT,
    CACHES,
    COLLECTIONS,
    DATABASES,
    FILES,
    FORMAT,
    FORMAT_OF_ONE,
    HEADER,
    HOME_FILES,
    INDEX,
    BackupHeader,
)
from wenda.backup.reading import read_header
from wenda.backup.writing import ArchiveWriter, written_aside

_LOGGER = logging.getLogger(__name__)
#: How often the index is opened anew when it is replaced while its files are opened.
_ATTEMPTS = 5
#: Seconds that a database which somebody writes is waited for.
_PATIENCE = 60
_NOT_WRITTEN = (
    "The backup {file} could not be written ({reason}). Free some space or name another file; an "
    "earlier backup of this name is still there."
)
_DAMAGED = (
    "The index in {home} is damaged: {name} has changed, so nothing was backed up. Embed "
    "everything anew: wenda index --full"
)


def make_backup(store: Store, file: Path, progress: Progress) -> BackupHeader:
    """Writes a backup of the home, and puts it in the place of an earlier one when it is whole.

    Raises StoreError when there is no sound index, something cannot be read or written, or the
    file is there and no backup.
    """
    with _archive(file) as (archive, scratch), _index_files(store) as (manifest, files):
        header = _header(FORMAT_OF_ONE, manifest.name)
        total = _size(store.home) + sum(os.fstat(each.fileno()).st_size for each in files.values())
        writer = ArchiveWriter(archive, progress, total)
        writer.add_text(HEADER, header.to_json())
        _add_index(writer, "", store, manifest, files)
        _add_others(writer, "", store.home, scratch)
        writer.end()
        return header


def make_joint_backup(
    home: Path, stores: Mapping[str, Store], file: Path, progress: Progress
) -> tuple[BackupHeader, list[str]]:
    """As `make_backup`, of all collections, by name, with what they share in the `home`. Each is as
    of one moment. Returns the names of those that have no index that can be read, too: what people
    left in them is in it all the same.
    """
    unindexed = []
    with _archive(file) as (archive, scratch):
        header = _header(FORMAT, "", tuple(stores))
        total = sum(_size(each.home) + _index_size(each) for each in stores.values())
        writer = ArchiveWriter(archive, progress, total)
        writer.add_text(HEADER, header.to_json())
        for name, store in stores.items():
            prefix = f"{COLLECTIONS}{name}/"
            with ExitStack() as opened:
                try:
                    manifest, files = opened.enter_context(_index_files(store))
                except StoreError as error:
                    _LOGGER.warning("%s is backed up without an index. %s", name, error)
                    unindexed.append(name)
                else:
                    _add_index(writer, prefix, store, manifest, files)
            _add_others(writer, prefix, store.home, scratch)
        _add_others(writer, "", home, scratch, only=(BOT,))
        writer.end()
    return header, unindexed


@contextmanager
def _archive(file: Path) -> Iterator[tuple[tarfile.TarFile, Path]]:
    """An archive that takes the place of the file when it is whole, and a folder for copies."""
    if file.exists():
        read_header(file)  # what is no backup is not replaced
    try:
        with (
            TemporaryDirectory(prefix=".backup-", dir=file.absolute().parent) as scratch,
            written_aside(file) as written,
            tarfile.open(fileobj=written, mode="w", format=tarfile.GNU_FORMAT) as archive,
        ):
            yield archive, Path(scratch)
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise StoreError(_NOT_WRITTEN.format(file=file, reason=reason)) from error


def _add_index(
    writer: ArchiveWriter,
    prefix: str,
    store: Store,
    manifest: Manifest,
    files: dict[str, IO[bytes]],
) -> None:
    """Adds the files of an index. Raises StoreError where one is not what its manifest says."""
    for name, content in files.items():
        expected = manifest.files.get(name)
        if expected is not None and writer.has_stored(prefix + INDEX + name, expected):
            continue
        digest = writer.add_file(prefix + INDEX + name, content)
        if digest != (expected or digest):
            raise StoreError(_DAMAGED.format(home=store.home, name=name))


def _add_others(
    writer: ArchiveWriter, prefix: str, home: Path, scratch: Path, only: Sequence[str] = HOME_FILES
) -> None:
    """Adds what else a home has, as copies of one moment."""
    for path in _copies(home, scratch, only):
        with path.open("rb") as content:
            writer.add_file(prefix + path.name, content)
        path.unlink()


def _header(format_: int, index: str, collections: tuple[str, ...] = ()) -> BackupHeader:
    return BackupHeader(
        format=format_,
        index=index,
        index_format=INDEX_FORMAT,
        version=__version__,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        collections=collections,
    )


def _size(home: Path) -> int:
    """About how many bytes there are to write of a home, beside its index."""
    paths = [home / name for name in (*DATABASES, *CACHES)]
    return sum(path.stat().st_size for path in paths if path.is_file())


def _index_size(store: Store) -> int:
    """About how many bytes its index has; it may be replaced meanwhile."""
    with suppress(StoreError, OSError):
        folder, _ = store.current()
        return sum(path.stat().st_size for path in folder.iterdir())
    return 0


@contextmanager
def _index_files(store: Store) -> Iterator[tuple[Manifest, dict[str, IO[bytes]]]]:
    """The live index's files, opened, so that they can be read whatever is removed meanwhile."""
    with ExitStack() as opened:
        for attempt in range(_ATTEMPTS):
            folder, manifest = store.current()
            try:
                files: dict[str, IO[bytes]] = {
                    name: opened.enter_context((folder / name).open("rb"))
                    for name in (*manifest.files, MANIFEST)
                }
            except FileNotFoundError:
                if attempt == _ATTEMPTS - 1:
                    raise
                continue
            break
        yield manifest, files


def _copies(home: Path, scratch: Path, only: Sequence[str]) -> Iterator[Path]:
    """Copies of the other files of a home, each of one moment."""
    there = [name for name in only if (home / name).is_file()]
    for name in DATABASES:
        if name in there:
            yield _snapshot(home / name, scratch / name)
    for name in CACHES:
        if name not in there:
            continue
        try:
            yield _snapshot(home / name, scratch / name)
        except sqlite3.DatabaseError as error:
            _LOGGER.warning("%s is left out, since it cannot be read: %s", name, error)
    for name in FILES:
        if name not in there:
            continue
        with suppress(FileNotFoundError):
            content = (home / name).read_bytes()
            (scratch / name).write_bytes(content)
            yield scratch / name


def _snapshot(database: Path, copy: Path) -> Path:
    source = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE)
    with closing(source), closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy
