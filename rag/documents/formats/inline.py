"""The words inside Markdown's and HTML's markup, line by line."""

from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Protocol

from rag.documents.text.characters import UNSPACED, tidy


class TextLines:
    """Text under construction that remembers on which line of the file each part began."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._starts: list[tuple[int, int]] = []
        self._length = 0

    @classmethod
    def of(cls, text: str, first: int) -> "TextLines":
        lines = cls()
        for number, line in enumerate(text.split("\n"), first):
            lines.add(line, number)
        return lines

    @property
    def text(self) -> str:
        return "".join(self._parts)

    @property
    def starts(self) -> tuple[tuple[int, int], ...]:
        return tuple(self._starts)

    @property
    def is_empty(self) -> bool:
        return not self._starts

    def add(self, text: str, line: int, *, flow: bool = False) -> None:
        """A further line; with `flow` it goes on with the sentence instead of starting an entry."""
        if self._starts:
            self._append(self._space_before(text) if flow else "\n")
        self._starts.append((self._length, line))
        self._append(text)

    def extend(self, other: "TextLines") -> None:
        if self._starts:
            self._append("\n")
        self._starts += [(self._length + at, line) for at, line in other.starts]
        self._append(other.text)

    def without(self, lead: str) -> "TextLines":
        if not self.text.startswith(lead):
            return self
        shorter = TextLines()
        shorter._append(self.text[len(lead) :])
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
    """What is read of a Markdown syntax tree's node."""

    @property
    def type(self) -> str: ...
    @property
    def content(self) -> str: ...
    @property
    def children(self) -> Iterable["Node"]: ...


def inline_text(node: Node, first: int, *, lead: str = "") -> TextLines:
    """A paragraph's words without markup, from line `first` of the file, after `lead`."""
    lines = TextLines()
    words = ""
    flow = False
    number = first
    for kind, text in _flatten(node):
        if kind == "text":
            words += text
            continue
        lines.add(lead + tidy(words) if lines.is_empty else tidy(words), number, flow=flow)
        words, flow = "", kind == "softbreak"
        number += kind != "tagbreak"
    lines.add(lead + tidy(words) if lines.is_empty else tidy(words), number, flow=flow)
    return lines


def _flatten(node: Node) -> Iterable[tuple[str, str]]:
    for child in node.children:
        if child.type in {"text", "code_inline", "text_special"}:
            # Code inside a line may hold the break of a wrapped line as a space already.
            yield "text", child.content
        elif child.type in {"softbreak", "hardbreak"}:
            yield child.type, ""
        elif child.type == "html_inline":
            if child.content.lower().startswith("<br"):
                yield "tagbreak", ""
        else:
            yield from _flatten(child)


def markup_text(html: str) -> str:
    """The words of a piece of HTML, without tags, scripts and comments; lines are kept."""
    parser = _Words()
    parser.feed(html)
    parser.close()
    return "\n".join(tidy(line) for line in "".join(parser.words).split("\n"))


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - HTMLParser's signature
        self._silent += tag in {"script", "style"}

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"} and self._silent:
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        self.words.append("\n" * data.count("\n") if self._silent else data)
