"""Files that are whole or not there, whatever is killed, and last through a power cut."""

import os
from pathlib import Path


def replace_file(path: Path, content: str) -> None:
    """Puts a text in the place of a file: readers see the old content or the new one.

    Raises OSError when it cannot be written; the old one is still there then.
    """
    new = path.with_name(f"{path.name}.new")
    write_synced(new, content)
    new.replace(path)
    sync(path.parent)


def write_synced(path: Path, content: str) -> None:
    """Writes a text that is on the disk when this returns. Raises OSError when it cannot be."""
    with path.open("w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync(path: Path) -> None:
    """Returns once a file's content, or a folder's list of files, is on the disk. Raises OSError
    when that fails.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
