"""A page's elements in reading order become pieces, with the lines of the file they stand on."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from rag.documents.cleaning.piece import Piece
from rag.documents.formats.inline.links import Addresses
from rag.documents.formats.inline.raised import END, LOWERED, NOTE, RAISED, with_figures
from rag.documents.formats.office.mathml import mathml_text
from rag.documents.formats.structure.pieces import Entry, broken_lines, grouped, heading, paragraph
from rag.documents.formats.web.items import WebListNumbers, is_question, section_level
from rag.documents.formats.web.phrases import is_note_mark, read_aloud
from rag.documents.formats.web.tables import is_data, read_grid
from rag.documents.formats.web.verbatim import code_piece, is_code
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
_TERMS = frozenset({"dt", "dd"})
#: Elements whose text is struck out.
_STRUCK = frozenset({"del", "s", "strike"})
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
        self._above = 0
        self._verbatim = 0
        self._links: list[int] = []
        self._addresses = Addresses()
        self._label = ""
        self._terms: list[tuple[str, int]] = []
        self._numbers = WebListNumbers()

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
        self._tell_terms()
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
                self._heading = self._above = int(tag[1])
            elif tag == "ol":
                self._numbers.begin(element)
            elif tag == "li":
                self._label = self._numbers.label(element)
                self._heading = section_level(element, self._above)
            elif tag in _TERMS:
                self._label = tag
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
            self._flush(code=tag == "pre" and is_code(element, "".join(self._words)))
            if tag in _HEADINGS or tag in _ITEMS:
                self._heading, self._label = 0, ""
            elif tag == "ol":
                self._numbers.end()
            elif tag == "dl":
                self._tell_terms()
        elif tag == "a":
            self._tell_address(element)
        elif tag in {"sup", "sub"}:
            self._words.append(END)
        if element is not self._main:
            self._add(element.tail)

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
        words = one_line(text)
        if self._heading or (label == "dt" and is_question(words)):
            self._tell_terms()
            level = self._heading or min(self._above + 1, 6)
            self._heading = 0
            self._entries.append(Entry(heading(words, (first, first), level)))
        elif label == "dt":
            self._terms.append((words, first))
        elif code:
            self._tell_terms()
            self._entries.append(Entry(code_piece(raw, first)))
        elif "\v" in text:
            self._tell_terms()
            # Where a break stands in the file is no longer known; the block's first line is.
            broken = "\n".join(one_line(line) for line in text.split("\v"))
            pieces = broken_lines(broken, first)
            self._entries += [Entry(_within(piece, first, self._line)) for piece in pieces]
        else:
            # Line ends after the last word belong to no line of the paragraph.
            last = max(first, self._line - raw[len(raw.rstrip()) :].count("\n"))
            self._add_paragraph(words, label, (first, last))

    def _add_paragraph(self, words: str, label: str, lines: tuple[int, int]) -> None:
        """A paragraph, or an entry of a list: with its number, or what it explains."""
        counted = label not in {"", "- ", "dd"}
        if self._terms and label == "dd":
            words = f"{', '.join(term for term, _ in self._terms)}: {words}"
            lines = min(self._terms[0][1], lines[0]), lines[1]
            self._terms = []
        self._tell_terms()
        piece = paragraph((label if counted else "") + words, lines)
        self._entries.append(Entry(piece, bool(label), "" if counted else "- "))

    def _tell_terms(self) -> None:
        """Terms that no running text explains."""
        self._entries += [Entry(paragraph(term, (line, line)), True) for term, line in self._terms]
        self._terms = []

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


def _within(piece: Piece, first: int, last: int) -> Piece:
    starts = tuple((at, min(line, last)) for at, line in piece.starts)
    return Piece(piece.text, starts or ((0, first),), gap=1, role=piece.role)
