"""A document while its bytes come in: aside, and in its place only once it is whole."""

import hashlib
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self

from rag.errors import UploadCode, UploadError
from rag.serving.uploads.changes import Change
from rag.serving.uploads.files import RECEIVED, told

#: Puts a received file, of a digest and a size, in its place, over another one or not.
Settle = Callable[[Path, str, int, bool], Change]


class ReceivedDocument:
    """A document while it is received. A context manager: without `finish` nothing is left of it.

    Belongs to one thread at a time. Methods raise UploadError.
    """

    def __init__(self, folder: Path, check_size: Callable[[int], None], settle: Settle) -> None:
        """`folder` is where it will lie; it must be there."""
        self._check_size = check_size
        self._settle = settle
        self._aside = folder / f"{RECEIVED}{secrets.token_hex(8)}"
        self._file = self._aside.open("xb", buffering=0)
        self._digest = hashlib.sha256()
        self._size = 0
        self._blank = True

    def write(self, piece: bytes) -> None:
        """Takes the next bytes in. Raises UploadError where they are too many, or the disk full."""
        self._size += len(piece)
        self._check_size(self._size)
        self._digest.update(piece)
        self._blank = self._blank and not piece.strip()
        left = memoryview(piece)
        with told():
            while left:
                left = left[self._file.write(left) or 0 :]

    def finish(self, *, overwrite: bool = False) -> Change:
        """Puts it in its place. The same content again changes nothing and is no error.

        A document of that name is replaced only with `overwrite`.

        Raises UploadError where it is empty, where another one has the name, or the disk is full.
        """
        if self._blank:
            raise UploadError(
                UploadCode.EMPTY, "The document is empty. Give one with something in it."
            )
        with told():
            os.fsync(self._file.fileno())
            self._file.close()
        return self._settle(self._aside, self._digest.hexdigest(), self._size, overwrite)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._file.close()
            self._aside.unlink(missing_ok=True)
