"""Bytes to text: which encoding a file is in."""

import codecs

import chardet

from rag.documents.text.encodings import best_east_asian, is_plausible, plausible_utf16
from rag.errors import DocumentError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like UTF-16's mark, so it is tried first
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: The escape sequences that switch between character sets in 7-bit text (ISO-2022).
_SWITCHES = (b"\x1b$", b"\x1b(")
#: Encodings that are tried, likeliest first.
_TRIED = 8
#: Not in any text: the null character, and what Unicode leaves undefined for good.
_NEVER = frozenset("\0\ufffe\uffff")
_SAVE_AS = "Save it as UTF-8 text and try again."


def decode(data: bytes) -> str:
    """The text of a file: by byte order mark, as UTF-8, UTF-16, else by the likeliest old encoding.

    Raises DocumentError when it is not text or in no encoding that fits.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return _checked(data[len(mark) :].decode(encoding))
            except UnicodeDecodeError as error:
                raise DocumentError(
                    f"It begins like {encoding.upper()} text but is damaged at byte "
                    f"{error.start + len(mark)}. {_SAVE_AS}"
                ) from error
    text = _utf8(data)
    switched = any(mark in data for mark in _SWITCHES)
    if text is not None and "\0" not in text and not switched:
        return _checked(text)
    text = plausible_utf16(data)
    if text is not None:
        return text
    if b"\0" in data:
        raise DocumentError(f"It is not text but binary data. {_SAVE_AS}")
    text = best_east_asian(data) or _likeliest(data)
    if text is None or not any(map(str.isalnum, text)):
        raise DocumentError(f"Its character encoding cannot be recognized. {_SAVE_AS}")
    return _checked(text)


def _utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _likeliest(data: bytes) -> str | None:
    """The text in the likeliest encoding whose words look like words."""
    for found in chardet.detect_all(data, ignore_threshold=True)[:_TRIED]:
        try:
            text = data.decode(found["encoding"] or "")
        except (UnicodeDecodeError, LookupError):
            continue
        if is_plausible(text):
            return text
    return None


def _checked(text: str) -> str:
    odd = sum(1 for char in text if char < " " and char not in "\t\n\v\f\r\x1b\x1a")
    if not _NEVER.isdisjoint(text) or odd > max(2, len(text) // 100):
        raise DocumentError(f"It is not text but binary data (control characters). {_SAVE_AS}")
    return text
