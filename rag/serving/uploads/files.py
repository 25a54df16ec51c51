"""Files as the upload folder needs them: new ones only where there is none, errors in words."""

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import UploadCode, UploadError

#: What is being received: hidden, so that neither the watcher nor the index sees it.
RECEIVED = ".wenda-upload-"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_PIECE = 1 << 20


def digest_of(path: Path) -> str | None:
    """The sha256 of a file's content; None when there is no file."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except FileNotFoundError:
        return None
    return digest.hexdigest()


def link_new(received: Path, target: Path) -> None:
    """Gives a file its name. Raises UploadError where another file has got it meanwhile."""
    try:
        os.link(received, target)
    except FileExistsError:
        raise exists_already() from None
    except OSError as error:
        if error.errno in _FULL or target.exists():
            raise
        received.replace(target)  # a file system without links


def exists_already() -> UploadError:
    return UploadError(
        UploadCode.EXISTS,
        "There is a document of this name, with other content. Send it with overwrite=true to "
        "replace that, or under another name.",
    )


def leads_elsewhere() -> UploadError:
    return UploadError(
        UploadCode.BAD_NAME,
        "This name is that of a folder, or leads through a file or a link. Choose another one.",
    )


@contextmanager
def told() -> Iterator[None]:
    """Turns an OSError into an UploadError that says what to do, which it raises."""
    try:
        yield
    except (FileExistsError, NotADirectoryError) as error:
        raise leads_elsewhere() from error
    except OSError as error:
        if error.errno in _FULL:
            raise UploadError(
                UploadCode.DISK_FULL,
                "The disk is full, so nothing was changed. Free some space and try again.",
            ) from error
        raise UploadError(
            UploadCode.UNWRITABLE,
            f"The folder of given documents cannot be used ({error.strerror or error}). Give the "
            "account that runs Wenda the right to write to it.",
        ) from error
