"""The bytes of a file, if it is one that may be read."""

import stat
from pathlib import Path

from rag.errors import DocumentError, UnavailableError


def file_bytes(path: Path, most: int) -> bytes:
    """The content of a file. Raises DocumentError when it is empty, larger than `most` bytes, or
    cannot be read.
    """
    try:
        status = path.stat()
        # Opening a pipe or a device would wait for ever.
        if not stat.S_ISREG(status.st_mode):
            raise DocumentError("It is not a regular file. Put an ordinary file in its place.")
        if status.st_size <= most:
            with path.open("rb") as file:
                data = file.read(most + 1)
    except FileNotFoundError as error:
        raise UnavailableError("It is no longer there. It will be left out.") from error
    except PermissionError as error:
        raise UnavailableError(
            "Reading it is not permitted. Give the account that runs Wenda the right to read it."
        ) from error
    except OSError as error:
        raise UnavailableError(
            f"It cannot be read ({error.strerror or error}). Check the disk and try again."
        ) from error
    if status.st_size > most or len(data) > most:
        raise DocumentError(f"It is larger than {most:,} bytes. Split it into smaller files.")
    if not data.strip():
        raise DocumentError("It is empty. Remove it, or put text in it.")
    return data
