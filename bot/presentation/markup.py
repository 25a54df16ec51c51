"""Text with styles, as Telegram measures, cuts and marks it up."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby

#: UTF-16 code units of one message, counted after its markup was read.
LONGEST_MESSAGE = 4096
_SENTENCE_END = re.compile(r"[。！？!?…；;]+[”’」』）)\"']*|\.(?=\s)")
#: What a person sees as one character never starts with these.
_JOINERS = frozenset("\u200d\ufe0e\ufe0f") | {chr(code) for code in range(0x1F3FB, 0x1F400)}


@dataclass(frozen=True, slots=True)
class StyledText:
    """A stretch of text in one style. `quote` makes it part of an expandable quotation."""

    text: str
    bold: bool = False
    italic: bool = False
    quote: bool = False
    link: str | None = None


def units(text: str) -> int:
    """The length of a text as Telegram counts it, in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def plain(runs: Iterable[StyledText]) -> str:
    """The text alone."""
    return "".join(_clean(run.text) for run in runs)


def html(runs: Iterable[StyledText]) -> str:
    """The text in Telegram's HTML, everything escaped and every tag closed."""
    parts = []
    for quoted, same in groupby(_joined(runs), key=lambda run: run.quote):
        inner = "".join(map(_tagged, same))
        parts.append(f"<blockquote expandable>{inner}</blockquote>" if quoted and inner else inner)
    return "".join(parts)


def _joined(runs: Iterable[StyledText]) -> list[StyledText]:
    """Neighbours of one style as one."""
    alike = groupby(runs, key=lambda run: replace(run, text=""))
    return [replace(style, text="".join(run.text for run in same)) for style, same in alike]


def _tagged(run: StyledText) -> str:
    text = escape(_clean(run.text))
    if not text:
        return ""
    if run.bold:
        text = f"<b>{text}</b>"
    if run.italic:
        text = f"<i>{text}</i>"
    if run.link is not None:
        text = f'<a href="{escape(run.link)}">{text}</a>'
    return text


def _clean(text: str) -> str:
    """Without what cannot be sent: halves of surrogate pairs and control characters."""
    return "".join(
        "\ufffd" if "\ud800" <= c <= "\udfff" else " " if _is_control(c) else c for c in text
    )


def _is_control(character: str) -> bool:
    return character not in "\n\t" and unicodedata.category(character) == "Cc"


def split(runs: Iterable[StyledText], limit: int = LONGEST_MESSAGE) -> list[list[StyledText]]:
    """The text in messages of at most `limit` units, cut at paragraph ends where possible.

    A paragraph that is longer is cut after a sentence, or else between two characters.
    """
    parts: list[list[StyledText]] = []
    current: list[StyledText] = []
    size = 0
    cleaned = (replace(run, text=_clean(run.text)) for run in runs)
    for paragraph in _paragraphs(cleaned):
        for piece in _pieces(paragraph, limit):
            length = sum(units(run.text) for run in piece)
            if size + length > limit:
                parts.append(current)
                current, size = [], 0
            current += piece
            size += length
    parts.append(current)
    return [trimmed for part in parts if (trimmed := _trimmed(part))]


def _paragraphs(runs: Iterable[StyledText]) -> list[list[StyledText]]:
    """The runs up to and with each line break."""
    paragraphs: list[list[StyledText]] = [[]]
    for run in runs:
        for line in run.text.splitlines(keepends=True):
            paragraphs[-1].append(replace(run, text=line))
            if line.endswith("\n"):
                paragraphs.append([])
    return [paragraph for paragraph in paragraphs if paragraph]


def _pieces(paragraph: list[StyledText], limit: int) -> Iterable[list[StyledText]]:
    """A paragraph whole if it fits into a message, without its line break; else in pieces."""
    if units(plain(paragraph).rstrip()) <= limit:
        yield _trimmed_end(paragraph, limit)
        return
    piece: list[StyledText] = []
    room = limit
    for run in paragraph:
        text = run.text
        while units(text) > room:
            at = _cut(text, room) if piece else max(_cut(text, room), 1)
            if at:
                piece.append(replace(run, text=text[:at]))
            yield piece
            text, piece, room = text[at:], [], limit
        piece.append(replace(run, text=text))
        room -= units(text)
    yield piece


def _trimmed_end(paragraph: list[StyledText], limit: int) -> list[StyledText]:
    """The paragraph, less the white space at its end when only that is too much."""
    if sum(units(run.text) for run in paragraph) <= limit:
        return paragraph
    return _trimmed(paragraph)


def _cut(text: str, room: int) -> int:
    """Where to cut a text that is longer than `room` units: after so many characters."""
    at = size = 0
    for character in text:
        size += 2 if character > "\uffff" else 1
        if size > room:
            break
        at += 1
    ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, at) if match.end() * 2 >= at]
    return ends[-1] if ends else _between_characters(text, at)


def _between_characters(text: str, at: int) -> int:
    """The nearest place before `at` that does not tear what is seen as one character apart."""
    for place in range(at, max(at - 32, 0), -1):
        if place >= len(text) or not _is_torn(text[place - 1], text[place]):
            return place
    return at


def _is_torn(before: str, after: str) -> bool:
    return before == "\u200d" or after in _JOINERS or unicodedata.combining(after) != 0


def _trimmed(runs: Sequence[StyledText]) -> list[StyledText]:
    """Without white space at both ends, as Telegram would cut it off."""
    kept = [run for run in runs if run.text]
    while kept and not (text := kept[0].text.lstrip()):
        kept.pop(0)
    if kept:
        kept[0] = replace(kept[0], text=text)
    while kept and not (text := kept[-1].text.rstrip()):
        kept.pop()
    if kept:
        kept[-1] = replace(kept[-1], text=text)
    return kept


def clipped(text: str, length: int) -> str:
    """At most so many characters, with a sign that something is missing."""
    return text if len(text) <= length else text[: _between_characters(text, length - 1)] + "…"
