"""Styled text: measured and split as Telegram does, and its HTML."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby

#: The longest message in UTF-16 code units, without markup.
LONGEST_MESSAGE = 4096
_SENTENCE_END = re.compile(r"[。！？!?…；;]+[”’」』）)\"']*|\.(?=\s)")
#: Code points that continue a grapheme cluster.
_JOINERS = frozenset("\u200d\ufe0e\ufe0f") | {chr(code) for code in range(0x1F3FB, 0x1F400)}


@dataclass(frozen=True, slots=True)
class StyledText:
    """A run of text in one style.

    `quote` makes it part of an expandable block quotation; `code` keeps its white space, and
    Telegram allows no other style beside it.
    """

    text: str
    bold: bool = False
    italic: bool = False
    quote: bool = False
    link: str | None = None
    code: bool = False


def units(text: str) -> int:
    """The length of a text as Telegram counts it, in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def plain(runs: Iterable[StyledText]) -> str:
    """The text without its styles."""
    return "".join(_clean(run.text) for run in runs)


def html(runs: Iterable[StyledText]) -> str:
    """The text as Telegram's HTML, escaped, with every tag closed."""
    parts = []
    for quoted, same in groupby(_joined(runs), key=lambda run: run.quote):
        inner = "".join(map(_tagged, same))
        parts.append(f"<blockquote expandable>{inner}</blockquote>" if quoted and inner else inner)
    return "".join(parts)


def _joined(runs: Iterable[StyledText]) -> list[StyledText]:
    """Adjacent runs of the same style, merged."""
    alike = groupby(runs, key=lambda run: replace(run, text=""))
    return [replace(style, text="".join(run.text for run in same)) for style, same in alike]


def _tagged(run: StyledText) -> str:
    text = escape(_clean(run.text))
    if not text:
        return ""
    if run.code:
        return f"<pre>{text}</pre>"
    if run.bold:
        text = f"<b>{text}</b>"
    if run.italic:
        text = f"<i>{text}</i>"
    if run.link is not None:
        text = f'<a href="{escape(run.link)}">{text}</a>'
    return text


def _clean(text: str) -> str:
    """The text without lone surrogates and control characters, which cannot be sent."""
    return "".join(
        "\ufffd" if "\ud800" <= c <= "\udfff" else " " if _is_control(c) else c for c in text
    )


def _is_control(character: str) -> bool:
    return character not in "\n\t" and unicodedata.category(character) == "Cc"


def split(runs: Iterable[StyledText], limit: int = LONGEST_MESSAGE) -> list[list[StyledText]]:
    """The text split into messages of at most `limit` units, at paragraph ends if possible.

    A longer paragraph is split after a sentence, or else between two grapheme clusters.
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
    """The runs of each paragraph, with its line break."""
    paragraphs: list[list[StyledText]] = [[]]
    for run in runs:
        for line in run.text.splitlines(keepends=True):
            paragraphs[-1].append(replace(run, text=line))
            if line.endswith("\n"):
                paragraphs.append([])
    return [paragraph for paragraph in paragraphs if paragraph]


def _pieces(paragraph: list[StyledText], limit: int) -> Iterable[list[StyledText]]:
    """The whole paragraph if it fits into a message, else pieces that fit."""
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
    """The paragraph, without trailing white space if it would not fit otherwise."""
    if sum(units(run.text) for run in paragraph) <= limit:
        return paragraph
    return _trimmed(paragraph)


def _cut(text: str, room: int) -> int:
    """The number of characters after which to split a text that is longer than `room` units."""
    at = size = 0
    for character in text:
        size += 2 if character > "\uffff" else 1
        if size > room:
            break
        at += 1
    ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, at) if match.end() * 2 >= at]
    return ends[-1] if ends else _between_characters(text, at)


def _between_characters(text: str, at: int) -> int:
    """The last boundary of grapheme clusters up to `at`."""
    for place in range(at, max(at - 32, 0), -1):
        if place >= len(text) or not _is_torn(text[place - 1], text[place]):
            return place
    return at


def _is_torn(before: str, after: str) -> bool:
    return before == "\u200d" or after in _JOINERS or unicodedata.combining(after) != 0


def _trimmed(runs: Sequence[StyledText]) -> list[StyledText]:
    """Without leading and trailing white space, which Telegram would strip."""
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
    """The text, shortened to `length` characters with an ellipsis if it is longer."""
    return text if len(text) <= length else text[: _between_characters(text, length - 1)] + "…"
