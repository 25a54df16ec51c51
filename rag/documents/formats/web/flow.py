"""A page's elements in reading order become pieces, with the lines of the file they stand on."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from rag.documents.cleaning.piece import Piece, Role
from rag.documents.formats.inline.links import Addresses
from rag.documents.formats.inline.raised import END, LOWERED, NOTE, RAISED, with_figures
from rag.documents.formats.office.mathml import mathml_text
from rag.documents.formats.office.numerals import numeral
from rag.documents.formats.structure.pieces import Entry, broken_lines, grouped, heading, paragraph
from rag.documents.formats.web.phrases import is_note_mark, read_aloud
from rag.documents.formats.web.tables import is_data, read_grid
from rag.documents.text.characters import one_line, tidy

#: What begins and ends a line of its own; all else, and whatever a program invents, runs on.
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
    "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend",
    "li", "listing", "main", "marquee", "menu", "nav", "noframes", "ol", "optgroup", "option",
    "p", "plaintext", "pre", "search", "section", "summary", "table", "tbody", "td", "tfoot",
    "th", "thead", "tr", "ul", "xmp",
})  # fmt: skip
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ITEMS = frozenset({"li", "dt", "dd"})
#: What the author withdrew.
_STRUCK = frozenset({"del", "s", "strike"})
#: What `type` of an ordered list stands for.
_STYLES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
#: Links that pass the page on to others.
_SHARING = re.compile(r"sharer|/share\b|/intent/|addtoany|[?&](?:url|u)=http", re.IGNORECASE)


class HtmlFlow:
    """Collects the words between the borders of blocks.

    `walk` gives lxml's iterwalk over the start and end of all that is in an element. `host` is
    the page's own: addresses behind links to it are not told.
    """

    def __init__(self, main: Any, walk: Callable[[Any], Any], *, host: str = "") -> None:
        self._main = main
        self._walk = walk
        self._host = host
        self._entries: list[Entry] = []
        self._words: list[str] = []
        self._line = main.sourceline or 1
        self._first: int | None = None
        self._heading = 0
        self._verbatim = 0
        self._listed = False
        self._links: list[int] = []
        self._addresses = Addresses()
        self._label = ""
        self._numbers: list[tuple[Any, int]] = []

    def pieces(self) -> list[Piece]:
        """The pieces of all that is inside the element."""
        walk = self._walk(self._main)
        for event, element in walk:
            if not isinstance(element.tag, str):
                continue
            if event == "start":
                self._line = max(self._line, element.sourceline or 0)
                if self._whole(element):
                    walk.skip_subtree()
                else:
                    self._enter(element)
            else:
                self._leave(element)
        self._flush()
        return grouped(self._entries)

    def text(self) -> str:
        """The same on one line: the words of a cell."""
        return tidy(" ".join(piece.text.replace("\n", " ") for piece in self.pieces()))

    def _whole(self, element: Any) -> bool:
        """Takes in at once what is not read element by element."""
        tag = element.tag
        if element is self._main:
            return False
        if tag == "table":
            return self._table(element)
        if tag == "ruby":
            self._add(read_aloud(element))
            return True
        if tag == "math":
            self._add(element.get("alttext") if len(element) == 0 else mathml_text(element))
            return True
        return tag in _STRUCK or "line-through" in element.get("style", "")

    def _enter(self, element: Any) -> None:
        tag = element.tag
        if tag == "br":
            self._words.append("\v")
        elif tag in _BLOCKS:
            self._flush()
            if tag in _HEADINGS:
                self._heading = int(tag[1])
            self._listed = self._listed or tag in _ITEMS
            if tag == "ol":
                self._numbers.append((element, _whole_number(element.get("start"), 1) - 1))
            elif tag == "li":
                self._label = self._number(element)
        elif tag == "a":
            self._links.append(len(self._words))
        elif tag == "sup":
            note = tag == "sup" and element.find(".//a[@href]") is not None
            self._words.append(NOTE if note and is_note_mark(element) else RAISED)
        elif tag == "sub":
            self._words.append(LOWERED)
        self._verbatim += tag == "pre"
        self._add(element.text)

    def _leave(self, element: Any) -> None:
        tag = element.tag
        self._verbatim -= tag == "pre"
        if tag in _BLOCKS:
            self._flush(code=tag == "pre" and _is_code(element))
            if self._heading and tag in _HEADINGS:
                self._heading = 0
            self._listed = self._listed and tag not in _ITEMS
            if tag == "ol" and self._numbers:
                self._numbers.pop()
        elif tag == "a":
            self._tell_address(element)
        elif tag in {"sup", "sub"}:
            self._words.append(END)
        if element is not self._main:
            self._add(element.tail)

    def _number(self, item: Any) -> str:
        """What stands before an entry of a list that counts them."""
        if not self._numbers or item.getparent() is not self._numbers[-1][0]:
            return "- "
        listing, before = self._numbers[-1]
        count = _whole_number(item.get("value"), before + 1)
        self._numbers[-1] = (listing, count)
        return f"{numeral(count, _STYLES.get(listing.get('type', ''), 'decimal'))}. "

    def _tell_address(self, link: Any) -> None:
        start = self._links.pop() if self._links else 0
        target = link.get("href", "")
        if not target or _SHARING.search(target) or self._verbatim:
            return
        try:
            own = (urlsplit(target).hostname or "").removeprefix("www.") == self._host != ""
        except ValueError:
            return
        if not own:
            self._words.append(
                self._addresses.address_after(target, tidy("".join(self._words[start:])))
            )

    def _add(self, text: str | None) -> None:
        if not text:
            return
        if self._first is None and text.strip():
            lead = text[: len(text) - len(text.lstrip())]
            self._first = self._line + lead.count("\n")
        self._line += text.count("\n")
        self._words.append(text.replace("\n", "\v") if self._verbatim else text)

    def _flush(self, *, code: bool = False) -> None:
        raw = with_figures("".join(self._words))
        text = raw.strip()
        first, self._first, self._words = self._first, None, []
        self._links, self._addresses = [0 for _ in self._links], Addresses()
        if first is None or not tidy(text):
            return
        label, self._label = self._label, ""
        if self._heading:
            self._entries.append(Entry(heading(one_line(text), (first, first), self._heading)))
        elif code and "\v" in text:
            self._entries.append(Entry(_code(text, first)))
        elif "\v" in text:
            # Where a break stands in the file is no longer known; the block's first line is.
            broken = "\n".join(one_line(line) for line in text.split("\v"))
            pieces = broken_lines(broken, first)
            self._entries += [Entry(_within(piece, first, self._line)) for piece in pieces]
        else:
            # Line ends after the last word belong to no line of the paragraph.
            last = max(first, self._line - raw[len(raw.rstrip()) :].count("\n"))
            counted = self._listed and label not in {"", "- "}
            words = (label if counted else "") + one_line(text)
            piece = paragraph(words, (first, last))
            self._entries.append(Entry(piece, self._listed, "" if counted else "- "))

    def _table(self, element: Any) -> bool:
        """Takes a table of data whole; False for one that only lays out the page."""
        if not is_data(element):
            return False
        self._flush()
        told = ""
        for caption in element.iterchildren("caption"):
            words = self._inside(caption)
            told = told or words
            line = max(self._line, caption.sourceline or 0)
            if words:
                self._entries.append(Entry(paragraph(words, (line, line))))
        piece = read_grid(element, self._inside, self._line)
        if piece is not None:
            self._entries.append(Entry(replace(piece, caption=told)))
            self._line = piece.lines[1]
        return True

    def _inside(self, element: Any) -> str:
        return HtmlFlow(element, self._walk, host=self._host).text()


def _whole_number(said: str | None, usual: int) -> int:
    said = (said or "").strip()[:6]
    return int(said) if said.lstrip("-").isdecimal() and said.isascii() else usual


def _is_code(element: Any) -> bool:
    """Whether lines set as they are typed are code; letters and poems are set so, too."""
    return next(element.iter("code", "samp", "kbd"), None) is not None or bool(element.get("class"))


def _code(text: str, first: int) -> Piece:
    """Lines of code as they are indented, without empty ones around them."""
    lines = [line.replace("\t", "    ").rstrip() for line in text.split("\v")]
    shown = "\n".join(lines).strip("\n")
    starts = [0, *(match.end() for match in re.finditer("\n", shown))]
    places = tuple((at, first + number) for number, at in enumerate(starts))
    return Piece(shown, places, gap=1, role=Role.CODE)


def _within(piece: Piece, first: int, last: int) -> Piece:
    starts = tuple((at, min(line, last)) for at, line in piece.starts)
    return Piece(piece.text, starts or ((0, first),), gap=1, role=piece.role)
