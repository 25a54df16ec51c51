"""What a file's first bytes say it is, whatever its name says."""

import re

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: The name of the stream in which Office keeps a file that needs a password.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MARKS = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a ZIP archive or an Office file"),
    (b"{\\rtf", "an RTF file"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"II*\0", "a picture (TIFF)"),
    (b"MM\0*", "a picture (TIFF)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3", "an SQLite database"),
)
_HTML = re.compile(rb"\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype html|html|head|body)\b", re.I | re.S)


def kind_of(data: bytes) -> str | None:
    """What the bytes are, in words with an article; None where they show nothing."""
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            return "an Office file protected by a password"
        return "an old Office file (such as .doc)"
    for mark, kind in _MARKS:
        if data.startswith(mark):
            return kind
    # A PDF file may have some bytes before its mark.
    if b"%PDF-" in data[:1024]:
        return "a PDF file"
    return "a web page" if _HTML.match(data[:4096]) else None
