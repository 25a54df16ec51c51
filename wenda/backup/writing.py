"""The file of a backup while it is written: its archive with the digests, and its place."""

import hashlib
import io
import json
import os
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from rag.durable import sync
from rag.progress import Progress
from wenda.backup.contents import DIGESTS

_MEGABYTE = 1_000_000


class ArchiveWriter:
    """Adds files to an archive, with their digests."""

    def __init__(self, archive: tarfile.TarFile, progress: Progress, total: int) -> None:
        self._archive = archive
        self._progress = progress
        self._done, self._total = 0, total
        self.digests: dict[str, str] = {}

    def add_file(self, name: str, content: IO[bytes]) -> str:
        """Adds what a file has; returns its sha256."""
        info = tarfile.TarInfo(name)
        info.size = os.fstat(content.fileno()).st_size
        info.mtime, info.mode = int(time.time()), 0o600
        hashing = _Hashing(content)
        self._archive.addfile(info, hashing)
        self._done += info.size
        self._progress("backing up, MB", self._done // _MEGABYTE, self._total // _MEGABYTE)
        self.digests[name] = hashing.hash.hexdigest()
        return self.digests[name]

    def has_stored(self, name: str, digest: str) -> bool:
        """Whether the very same is in the archive already; then it stands for this one too."""
        if digest not in self.digests.values():
            return False
        self.digests[name] = digest
        return True

    def end(self) -> None:
        """Adds the digests."""
        self.add_text(DIGESTS, json.dumps(self.digests, indent=1).encode())

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
def written_aside(file: Path) -> Iterator[IO[bytes]]:
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
