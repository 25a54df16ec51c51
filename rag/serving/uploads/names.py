"""Which names a document may be given under: safe on every system, and read by the index."""

import re
import unicodedata
from collections.abc import Callable
from pathlib import PurePosixPath

from rag.errors import DocumentError, UploadCode, UploadError

#: Bytes of a name, as most file systems limit it, and of a path; folders within folders.
_NAME_BYTES = 255
_PATH_BYTES = 1000
_DEPTH = 8
#: What Windows allows in no name (a colon names a hidden stream there), and what stands for bytes
#: that are no text.
_FORBIDDEN = re.compile('[<>:"\\\\|?*\ufffd]')
#: Control characters and those that turn the direction of writing: a name must be what it seems.
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_DEVICES = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:\..*)?", re.I)


def checked_path(name: str) -> PurePosixPath:
    """The path below a folder that a document may have, in composed characters (NFC).

    Raises UploadError for a name that could lead elsewhere, that some system cannot have, or that
    the index would not read.
    """
    name = unicodedata.normalize("NFC", name)
    parts = name.split("/")
    if len(parts) > _DEPTH or len(name.encode("utf-8", "surrogatepass")) > _PATH_BYTES:
        raise UploadError(
            UploadCode.LONG_NAME,
            f"The path is too long: at most {_DEPTH} parts and {_PATH_BYTES} bytes. Shorten it.",
        )
    for part in parts:
        _check_part(part)
    _check_kind(name)
    return PurePosixPath(*parts)


def _check_part(part: str) -> None:
    if len(part.encode("utf-8", "surrogatepass")) > _NAME_BYTES:
        raise UploadError(
            UploadCode.LONG_NAME,
            f"A name has more than {_NAME_BYTES} bytes (85 Chinese characters). Shorten it.",
        )
    if (
        part in ("", ".", "..")
        or part != part.strip()
        or part.endswith(".")
        or _FORBIDDEN.search(part)
        or not _UNSEEN.isdisjoint(map(unicodedata.category, part))
    ):
        raise UploadError(
            UploadCode.BAD_NAME,
            'A document cannot have this name. Use a name without < > : " \\ | ? *, without '
            "invisible characters, without a space or dot at its ends, and no .. as a folder.",
        )
    if _DEVICES.fullmatch(part):
        raise UploadError(
            UploadCode.DEVICE_NAME,
            "Windows takes this name for a device. Choose another one.",
        )
    if is_passed_over(part):
        raise UploadError(
            UploadCode.PASSED_OVER,
            "Hidden and temporary files are not read. Choose another name.",
        )


def is_passed_over(part: str) -> bool:
    """Whether the index passes over a file or folder of that name."""
    # Knows all readers: imported when the first document comes.
    from rag.documents import is_ignored

    return is_ignored(part)


def readable_types() -> list[str]:
    """The endings of names of files that are read here, in lower case, with their dots."""
    from rag.documents.reading import READERS, check_kind

    return [ending for ending in sorted(READERS) if _is_read(check_kind, f"x{ending}")]


def _is_read(check: Callable[[str], None], name: str) -> bool:
    try:
        check(name)
    except DocumentError:
        return False
    return True


def _check_kind(name: str) -> None:
    from rag.documents.reading import check_kind

    try:
        check_kind(name)
    except DocumentError as error:
        raise UploadError(UploadCode.UNREAD_TYPE, str(error)) from error
