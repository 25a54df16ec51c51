"""Reads e-mails (.eml) and mailboxes (.mbox), by Python's own email: attachments stand apart."""

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from rag.documents.block import Attachment, Block, Content, Dropped, Omitted
from rag.documents.cleaning import clean
from rag.documents.formats.web import read_web_page
from rag.documents.limits import RECORDS
from rag.documents.text.characters import tidy
from rag.documents.text.decoding import decode
from rag.errors import DocumentError

#: The headers of a message that are read above its text.
_HEADERS = ("From", "To", "Cc", "Date", "Subject")
#: Where a message of a mailbox begins: a line "From somebody@there Mon May  6 …".
_ENVELOPE = re.compile(rb"(?:^|(?<=\n))From [^\n]*\d{4}[^\n]*\n")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
#: Messages inside messages that are opened.
_DEEPEST = 5


def read_message(data: bytes) -> Iterator[Content | Omitted | Attachment]:
    """The message as a document with its headers; its attachments, to be read by their names.

    Raises DocumentError when it is no e-mail.
    """
    message = _parsed(data)
    if not any(message[name] for name in _HEADERS):
        raise DocumentError("It is no e-mail: it has no headers. Save it again as .eml.")
    yield from _message(message, None, 1)


def read_mailbox(data: bytes) -> Iterator[Content | Omitted | Attachment]:
    """Each message of a mailbox as `read_message` reads it, named by its Message-ID.

    Raises DocumentError when there is no message in it.
    """
    starts = [*_ENVELOPE.finditer(data)]
    if not starts or data[: starts[0].start()].strip():
        raise DocumentError(
            "It is no mailbox: no line begins with 'From '. Save it again as .mbox."
        )
    if len(starts) > RECORDS:
        raise DocumentError(f"It has more than {RECORDS:,} messages. Split it into smaller files.")
    ends = [start.start() for start in starts[1:]] + [len(data)]
    names: set[str] = set()
    line = 1
    for start, end in zip(starts, ends, strict=True):
        raw = data[start.end() : end]
        message = _parsed(_QUOTED_FROM.sub(rb"\1", raw))
        key = tidy(_header(message, "Message-ID"))[:200] or f"message {len(names) + 1}"
        while key in names:
            key += "+"
        names.add(key)
        yield from _message(message, key, line)
        line += data.count(b"\n", start.start(), end)


def _parsed(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, policy=email.policy.default)
    if not isinstance(message, EmailMessage):
        raise DocumentError("It is no e-mail. Save it again as .eml.")
    return message


def _message(
    message: EmailMessage, key: str | None, line: int
) -> Iterator[Content | Omitted | Attachment]:
    said = [(name, tidy(_header(message, name))) for name in _HEADERS]
    lines = (line, line)
    headers = [
        Block("paragraph", f"{name}: {words}", lines, form="table") for name, words in said if words
    ]
    body, rest, pictures = _parts(message)
    blocks = [block for part in body for block in _blocks(part, lines)]
    subject = next((words for name, words in said if name == "Subject" and words), None)
    yield Content(
        (*headers, *blocks), title=subject, date=_date(message), key=key, dropped=(*pictures,)
    )
    for number, part in enumerate(rest, 1):
        name = tidy(part.get_filename() or f"attachment {number}")
        yield Attachment(name, _payload(part), f"{key or ''}/{number} {name}")


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message[name] or "")
    except Exception:  # noqa: BLE001 - the parser fails on hostile headers in many ways
        return ""


def _date(message: EmailMessage) -> str | None:
    try:
        return parsedate_to_datetime(_header(message, "Date")).date().isoformat()
    except (ValueError, TypeError, OverflowError):
        return None


def _parts(
    message: EmailMessage,
) -> tuple[list[EmailMessage], list[EmailMessage], list[Dropped]]:
    """The parts that are the message's text, those attached to it, and the pictures in the text."""
    pictures: list[Dropped] = []
    body: list[EmailMessage] = []
    attached: list[EmailMessage] = []

    def walk(part: EmailMessage, depth: int) -> None:
        kind = part.get_content_type()
        shown = part["Content-ID"] or part.get_content_disposition() != "attachment"
        if kind.startswith("image/") and shown:
            pictures.append(Dropped((1, 1), "", "picture", tidy(part.get_filename() or "")))
            return  # a logo or a picture in the text
        if part.get_content_disposition() == "attachment" or (
            part.get_filename() and not kind.startswith("multipart/")
        ):
            attached.append(part)
        elif kind == "multipart/alternative":
            options = [each for each in part.iter_parts() if isinstance(each, EmailMessage)]
            plain = [each for each in options if each.get_content_type() == "text/plain"]
            for each in (plain or options)[:1]:
                walk(each, depth + 1)
        elif part.is_multipart() and depth < _DEEPEST:
            for inner in part.iter_parts():
                if isinstance(inner, EmailMessage):
                    walk(inner, depth + 1)
        elif kind in {"text/plain", "text/html"}:
            body.append(part)

    walk(message, 0)
    return body, attached, pictures


def _payload(part: EmailMessage) -> bytes:
    if part.is_multipart():
        return b"".join(each.as_bytes() for each in part.iter_parts())
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _blocks(part: EmailMessage, lines: tuple[int, int]) -> list[Block]:
    data = _payload(part)
    if not data.strip():
        return []
    if part.get_content_type() == "text/html":
        found = read_web_page(data)
    else:
        found = clean(_text(part, data))
    return [
        Block(block.kind, block.text, lines, level=block.level, form=block.form)
        for block in found.blocks
    ]


def _text(part: EmailMessage, data: bytes) -> str:
    charset = part.get_content_charset()
    if charset and charset not in {"us-ascii", "ascii", "unknown-8bit"}:
        try:
            return data.decode(charset)
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(data)
