"""One file becomes one document: which reader reads it, and what stops it."""

import hashlib
import stat
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

from rag.documents.assembling import assemble
from rag.documents.block import Content
from rag.documents.limits import Limits
from rag.documents.markdown import read_markdown
from rag.documents.model import Document
from rag.documents.plaintext import read_plain_text
from rag.errors import DocumentError

#: How each kind of file is read. A reader takes the file's bytes and raises DocumentError.
READERS: Mapping[str, Callable[[bytes], Content]] = {
    ".txt": read_plain_text,
    ".text": read_plain_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
}


def read_document(path: Path, *, relative: str, limits: Limits | None = None) -> Document:
    """The document that the file at `path` makes; `relative` is its path inside the folder.

    Raises DocumentError, in words for a person, when it cannot be read, is not a file, is empty,
    too large, not text, or of a kind that no reader knows.
    """
    limits = limits or Limits()
    reader = READERS.get(PurePosixPath(relative).suffix.lower())
    if reader is None:
        raise DocumentError(
            f"Files of this kind are not read. Convert it to one of: {', '.join(sorted(READERS))}."
        )
    data = _bytes(path, limits)
    digest = hashlib.sha256(data).hexdigest()
    return assemble(reader(data), path=relative, digest=digest, limits=limits)


def _bytes(path: Path, limits: Limits) -> bytes:
    try:
        status = path.stat()
        # Opening a pipe or a device would wait for ever.
        if not stat.S_ISREG(status.st_mode):
            raise DocumentError("It is not a regular file. Put an ordinary file in its place.")
        if status.st_size <= limits.max_bytes:
            with path.open("rb") as file:
                data = file.read(limits.max_bytes + 1)
    except FileNotFoundError as error:
        raise DocumentError("It is no longer there. It will be left out.") from error
    except PermissionError as error:
        raise DocumentError(
            "Reading it is not permitted. Give the account that runs Wenda the right to read it."
        ) from error
    except OSError as error:
        raise DocumentError(
            f"It cannot be read ({error.strerror or error}). Check the disk and try again."
        ) from error
    if status.st_size > limits.max_bytes or len(data) > limits.max_bytes:
        raise DocumentError(
            f"It is larger than {limits.max_bytes:,} bytes. Split it into smaller files."
        )
    if not data.strip():
        raise DocumentError("It is empty. Remove it, or put text in it.")
    return data
