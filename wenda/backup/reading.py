"""Reads a backup; nothing in it is trusted before it is checked."""

import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import StoreError
from wenda.backup.contents import FORMAT, HEADER, MOST_FACTS, BackupHeader

_NO_BACKUP = "The file {} is no backup of Wenda, or not a whole one. Name another."
_NEWER = (
    "The backup {} was made by a newer Wenda ({}), whose format this one cannot read. Nothing was "
    "restored; install that version."
)


@contextmanager
def opened_backup(file: Path) -> Iterator[tuple[BackupHeader, tarfile.TarFile]]:
    """The header of a backup, and the archive after it.

    Raises StoreError where the file is no backup, is broken off, or has a newer format.
    """
    try:
        with tarfile.open(file, "r:") as archive:
            yield _header(file, archive), archive
    except (OSError, tarfile.TarError, ValueError, TypeError, RecursionError) as error:
        raise StoreError(_NO_BACKUP.format(file)) from error


def read_header(file: Path) -> BackupHeader:
    """The header of a backup. Raises StoreError as `opened_backup` does."""
    with opened_backup(file) as (header, _):
        return header


def read_facts(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    """The content of a small file of an archive. Raises ValueError when it is large, or no file."""
    content = archive.extractfile(member) if is_plain(member) else None
    if content is None or member.size > MOST_FACTS:
        raise ValueError("no small file")
    return content.read()


def is_plain(member: tarfile.TarInfo) -> bool:
    """Whether it is a file as a backup has: no link, device or folder, nothing with extensions."""
    plain = member.type in (tarfile.REGTYPE, tarfile.AREGTYPE)
    return plain and not member.issparse() and not member.pax_headers


def _header(file: Path, archive: tarfile.TarFile) -> BackupHeader:
    member = archive.next()
    if member is None or member.name != HEADER:
        raise StoreError(_NO_BACKUP.format(file))
    header = BackupHeader.of_json(read_facts(archive, member))
    if header.format > FORMAT:
        raise StoreError(_NEWER.format(file, header.version or f"format {header.format}"))
    return header
