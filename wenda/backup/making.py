"""Makes a backup of a home that others read and write meanwhile."""

import hashlib
import io
import json
import logging
import os
import sqlite3
import tarfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from rag.durable import sync
from rag.errors import StoreError
from rag.index.generations import Store
from rag.index.manifest import FORMAT as INDEX_FORMAT
from rag.index.manifest import MANIFEST, Manifest
from rag.progress import Progress
from wenda import __version__
from wenda.backup.contents import (
    CACHES,
    DATABASES,
    DIGESTS,
    FILES,
    FORMAT,
    HEADER,
    INDEX,
    BackupHeader,
)
from wenda.backup.reading import read_header

_LOGGER = logging.getLogger(__name__)
_MEGABYTE = 1_000_000
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
    if file.exists():
        read_header(file)  # what is no backup is not replaced
    try:
        with (
            _index_files(store) as (manifest, files),
            TemporaryDirectory(prefix=".backup-", dir=file.absolute().parent) as scratch,
            _aside(file) as written,
            tarfile.open(fileobj=written, mode="w", format=tarfile.GNU_FORMAT) as archive,
        ):
            header = _header(manifest)
            writer = _Writer(archive, progress, _size(store.home, files.values()))
            writer.add_text(HEADER, header.to_json())
            for name, content in files.items():
                digest = writer.add_file(INDEX + name, content)
                if digest != manifest.files.get(name, digest):
                    raise StoreError(_DAMAGED.format(home=store.home, name=name))
            for path in _copies(store.home, Path(scratch)):
                with path.open("rb") as content:
                    writer.add_file(path.name, content)
                path.unlink()
            writer.add_text(DIGESTS, json.dumps(writer.digests, indent=1).encode())
            return header
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise StoreError(_NOT_WRITTEN.format(file=file, reason=reason)) from error


def _header(manifest: Manifest) -> BackupHeader:
    return BackupHeader(
        format=FORMAT,
        index=manifest.name,
        index_format=INDEX_FORMAT,
        version=__version__,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _size(home: Path, files: Iterable[IO[bytes]]) -> int:
    """About how many bytes there are to write."""
    others = [home / name for name in (*DATABASES, *CACHES) if (home / name).is_file()]
    return sum(os.fstat(each.fileno()).st_size for each in files) + sum(
        path.stat().st_size for path in others
    )


class _Writer:
    """Adds files to an archive, with their digests."""

    def __init__(self, archive: tarfile.TarFile, progress: Progress, total: int) -> None:
        self._archive = archive
        self._progress = progress
        self._done, self._total = 0, total
        self.digests: dict[str, str] = {}

    def add_file(self, name: str, content: IO[bytes]) -> str:
        """Adds the content of a file; returns its sha256."""
        info = tarfile.TarInfo(name)
        info.size = os.fstat(content.fileno()).st_size
        info.mtime, info.mode = int(time.time()), 0o600
        hashing = _Hashing(content)
        self._archive.addfile(info, hashing)
        self._done += info.size
        self._progress("backing up, MB", self._done // _MEGABYTE, self._total // _MEGABYTE)
        self.digests[name] = hashing.hash.hexdigest()
        return self.digests[name]

    def add_text(self, name: str, content: bytes) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mtime, info.mode = len(content), int(time.time()), 0o600
        self._archive.addfile(info, io.BytesIO(content))


class _Hashing(io.RawIOBase):
    """A file that is hashed as it is read."""

    def __init__(self, content: IO[bytes]) -> None:
        super().__init__()
        self._content = content
        self.hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        read = self._content.read(size)
        self.hash.update(read)
        return read


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


def _copies(home: Path, scratch: Path) -> Iterator[Path]:
    """Copies of the other files of a home, each made at one moment."""
    for name in DATABASES:
        if (home / name).is_file():
            yield _snapshot(home / name, scratch / name)
    for name in CACHES:
        if not (home / name).is_file():
            continue
        try:
            yield _snapshot(home / name, scratch / name)
        except sqlite3.DatabaseError as error:
            _LOGGER.warning("%s is left out, since it cannot be read: %s", name, error)
    for name in FILES:
        with suppress(FileNotFoundError):
            content = (home / name).read_bytes()
            (scratch / name).write_bytes(content)
            yield scratch / name


def _snapshot(database: Path, copy: Path) -> Path:
    source = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE)
    with closing(source), closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


@contextmanager
def _aside(file: Path) -> Iterator[IO[bytes]]:
    """A file that takes the place of another when it is written whole; for its owner only."""
    new = file.with_name(f"{file.name}.part")
    with suppress(FileNotFoundError):
        new.unlink()
    descriptor = os.open(new, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as written:
            yield written
            written.flush()
            os.fsync(written.fileno())
        new.replace(file)
        sync(file.absolute().parent)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
