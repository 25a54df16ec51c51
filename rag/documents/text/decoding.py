"""Bytes to text: which encoding a file is in."""

import codecs

import charset_normalizer

from rag.documents.text.encodings import best_east_asian, plausible_utf16
from rag.errors import DocumentError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like UTF-16's mark, so it is tried first
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SINGLE_BYTE = ["cp1252", "cp1251", "cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r"]
_SHORT = 400
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
    if text is not None and "\0" not in text:
        return _checked(text)
    text = plausible_utf16(data)
    if text is not None:
        return text
    if b"\0" in data:
        raise DocumentError(f"It is not text but binary data. {_SAVE_AS}")
    text = best_east_asian(data) or _single_byte(data)
    if text is None or not any(map(str.isalnum, text)):
        raise DocumentError(f"Its character encoding cannot be recognized. {_SAVE_AS}")
    return _checked(text)


def _utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _single_byte(data: bytes) -> str | None:
    foreign = sum(1 for byte in data[:_SHORT] if byte > 0x7F)
    letters = sum(1 for byte in data[:_SHORT] if byte > 0x40)
    if len(data) < _SHORT and foreign * 3 < letters:
        # Too short for statistics, and mostly plain letters: Western European, then.
        try:
            return data.decode("cp1252")
        except UnicodeDecodeError:
            pass
    match = charset_normalizer.from_bytes(data, cp_isolation=_SINGLE_BYTE).best()
    return None if match is None else str(match)


def _checked(text: str) -> str:
    odd = sum(1 for char in text if char < " " and char not in "\t\n\v\f\r\x1b\x1a")
    if not _NEVER.isdisjoint(text) or odd > max(2, len(text) // 100):
        raise DocumentError(f"It is not text but binary data (control characters). {_SAVE_AS}")
    return text
