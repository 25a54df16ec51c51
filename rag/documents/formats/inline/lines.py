"""The words inside Markdown's and HTML's markup, line by line."""

import re
from collections.abc import Iterable, Iterator, Mapping
from html.parser import HTMLParser
from typing import Protocol

from rag.documents.formats.inline.links import Addresses
from rag.documents.formats.inline.raised import END, LOWERED, RAISED, with_figures
from rag.documents.text.characters import UNSPACED, tidy

_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)")
#: Tags of text that is not shown, or is struck out.
_SILENT = frozenset({"del", "s", "script", "strike", "style", "template"})
_FIGURES = {"sup": RAISED, "sub": LOWERED}
_NOTE_MARK = re.compile(r"\[\^([^\[\]\s]{1,20})\]")


class TextLines:
    """Text under construction that remembers on which line of the file each part began.

    `codes` are the spans of inline code in it, in order.
    """

    def __init__(self) -> None:
        self.codes: list[str] = []
        self._parts: list[str] = []
        self._starts: list[tuple[int, int]] = []
        self._length = 0

    @classmethod
    def of_text(cls, text: str, first: int) -> "TextLines":
        lines = cls()
        for number, line in enumerate(text.split("\n"), first):
            lines.add_line(line, number)
        return lines

    @property
    def text(self) -> str:
        return "".join(self._parts)

    @property
    def starts(self) -> tuple[tuple[int, int], ...]:
        return tuple(self._starts)

    @property
    def unbroken(self) -> tuple[tuple[int, int], ...]:
        """Where the pieces of code are; no sentence ends inside them."""
        found = []
        text, end = self.text, 0
        for code in self.codes:
            start = text.find(code, end) if code else -1
            if start >= 0:
                end = start + len(code)
                found.append((start, end))
        return tuple(found)

    @property
    def is_empty(self) -> bool:
        return not self._starts

    def add_line(self, text: str, line: int, *, flow: bool = False) -> None:
        """A further line; with `flow` it goes on with the sentence instead of starting an entry."""
        if self._starts:
            self._append(self._space_before(text) if flow else "\n")
        self._starts.append((self._length, line))
        self._append(text)

    def extend(self, other: "TextLines") -> None:
        if self._starts:
            self._append("\n")
        self._starts += [(self._length + at, line) for at, line in other.starts]
        self.codes += other.codes
        self._append(other.text)

    def without(self, lead: str) -> "TextLines":
        if not self.text.startswith(lead):
            return self
        shorter = TextLines()
        shorter._append(self.text[len(lead) :])
        shorter.codes = self.codes
        shorter._starts = [(max(0, at - len(lead)), line) for at, line in self._starts]
        return shorter

    def _append(self, text: str) -> None:
        if text:
            self._parts.append(text)
            self._length += len(text)

    def _space_before(self, text: str) -> str:
        if not self._parts or not text:
            return ""
        dense = UNSPACED.match(self._parts[-1][-1]) or UNSPACED.match(text)
        return "" if dense else " "


class Node(Protocol):
    """The attributes of a Markdown syntax tree's node that are read."""

    @property
    def type(self) -> str: ...
    @property
    def content(self) -> str: ...
    @property
    def attrs(self) -> Mapping[str, str | int | float]: ...
    @property
    def children(self) -> Iterable["Node"]: ...


def inline_text(node: Node, first: int, *, lead: str = "") -> TextLines:
    """A paragraph's words without markup, from line `first` of the file, after `lead`.

    What is struck out is left out; addresses stand after the words of their links.
    """
    lines = TextLines()
    words = plain = ""
    flow = False
    number = first
    for kind, text in [*_Flow().parts(node), ("end", "")]:
        if kind == "text":
            plain += text
            continue
        words += _NOTE_MARK.sub(r"[\1]", plain) + text
        plain = ""
        if kind == "code":
            lines.codes.append(tidy(text))
            continue
        shown = tidy(with_figures(words))
        lines.add_line(lead + shown if lines.is_empty else shown, number, flow=flow)
        words, flow = "", kind == "softbreak"
        number += kind != "tagbreak"
    return lines


class _Flow:
    """The parts of a paragraph in order: ("text" | "code" | a kind of break, its words)."""

    def __init__(self) -> None:
        self._addresses = Addresses()
        self._silent = 0
        self._raising: list[str] = []

    def parts(self, node: Node) -> Iterator[tuple[str, str]]:
        for child in node.children:
            if child.type == "html_inline":
                yield from self._tag(child.content)
            elif self._silent:
                continue
            elif child.type in {"text", "text_special"}:
                yield "text", child.content
            elif child.type == "code_inline":
                # Code inside a line may hold the break of a wrapped line as a space already.
                yield "code", child.content
            elif child.type in {"softbreak", "hardbreak"}:
                yield child.type, ""
            elif child.type == "link":
                yield from self._link(child)
            elif child.type != "s":  # what is struck out is withdrawn
                yield from self.parts(child)

    def _link(self, node: Node) -> Iterator[tuple[str, str]]:
        inner = list(self.parts(node))
        yield from inner
        words = "".join(text for _, text in inner)
        yield "text", self._addresses.address_after(str(node.attrs.get("href", "")), words)

    def _tag(self, content: str) -> Iterator[tuple[str, str]]:
        match = _TAG.match(content)
        if match is None:
            return
        closing, tag = match[1] == "/", match[2].lower()
        if tag in _SILENT:
            self._silent = max(0, self._silent + (-1 if closing else 1))
        elif tag == "br":
            yield "tagbreak", ""
        elif tag in _FIGURES:
            yield "text", END if closing else _FIGURES[tag]


def markup_text(html: str) -> str:
    """The words of a piece of HTML, without tags, scripts and comments; lines are kept."""
    parser = _Words()
    parser.feed(html)
    parser.close()
    return "\n".join(tidy(line) for line in with_figures("".join(parser.words)).split("\n"))


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - HTMLParser's signature
        self._silent += tag in _SILENT
        self.words.append(_FIGURES.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT and self._silent:
            self._silent -= 1
        self.words.append(END if tag in _FIGURES else "")

    def handle_data(self, data: str) -> None:
        self.words.append("\n" * data.count("\n") if self._silent else data)
