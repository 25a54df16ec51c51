"""A page's elements in reading order become pieces, with the lines of the file they stand on."""

from typing import Any

from rag.documents.cleaning.piece import Piece
from rag.documents.formats.pieces import Entry, broken_lines, grouped, heading, paragraph, table
from rag.documents.limits import COLUMNS
from rag.documents.text.characters import one_line, tidy
from rag.errors import DocumentError

#: What begins and ends a line of its own; all else, and whatever a program invents, runs on.
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
    "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend",
    "li", "listing", "main", "marquee", "menu", "nav", "noframes", "ol", "optgroup", "option",
    "p", "plaintext", "pre", "search", "section", "summary", "table", "tbody", "td", "tfoot",
    "th", "thead", "tr", "ul", "xmp",
})  # fmt: skip
_CELLS = frozenset({"td", "th"})
#: Inside a cell they show that the table only lays out the page.
_STRUCTURE = ("table", "p", "div", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6")
_LONG_CELL = 400
#: Rows that a cell may reach down.
_ROWS = 1_000
#: By column: how many rows more a cell reaches down, and its words.
_Reach = dict[int, tuple[int, str]]


class Flow:
    """Collects the words between the borders of blocks.

    `walk` is lxml's iterwalk over the start and end of all that is in the element `main`.
    """

    def __init__(self, main: Any, walk: Any) -> None:
        self._main = main
        self._walk = walk
        self._entries: list[Entry] = []
        self._words: list[str] = []
        self._line = main.sourceline or 1
        self._first: int | None = None
        self._heading = 0
        self._verbatim = 0
        self._listed = False

    def pieces(self) -> list[Piece]:
        """The pieces of all that is inside the element."""
        for event, element in self._walk:
            if not isinstance(element.tag, str):
                continue
            if event == "start":
                self._line = max(self._line, element.sourceline or 0)
                if element.tag == "table" and self._table(element):
                    self._walk.skip_subtree()
                else:
                    self._enter(element)
            else:
                self._leave(element)
        self._flush()
        return grouped(self._entries)

    def _enter(self, element: Any) -> None:
        tag = element.tag
        if tag == "br":
            self._words.append("\v")
        elif tag in _BLOCKS:
            self._flush()
            if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
                self._heading = int(tag[1])
            self._listed = self._listed or tag in {"li", "dt", "dd"}
        self._verbatim += tag == "pre"
        self._add(element.text)

    def _leave(self, element: Any) -> None:
        self._verbatim -= element.tag == "pre"
        if element.tag in _BLOCKS:
            self._flush()
            if self._heading and len(element.tag) == 2 and element.tag[0] == "h":
                self._heading = 0
            self._listed = self._listed and element.tag not in {"li", "dt", "dd"}
        if element is not self._main:
            self._add(element.tail)

    def _add(self, text: str | None) -> None:
        if not text:
            return
        if self._first is None and text.strip():
            lead = text[: len(text) - len(text.lstrip())]
            self._first = self._line + lead.count("\n")
        self._line += text.count("\n")
        self._words.append(text.replace("\n", "\v") if self._verbatim else text)

    def _flush(self) -> None:
        raw = "".join(self._words)
        text = raw.strip()
        first, self._first, self._words = self._first, None, []
        if first is None or not tidy(text):
            return
        if self._heading:
            self._entries.append(Entry(heading(one_line(text), (first, first), self._heading)))
        elif "\v" in text:
            # Where a break stands in the file is no longer known; the block's first line is.
            broken = "\n".join(one_line(line) for line in text.split("\v"))
            pieces = broken_lines(broken, first)
            self._entries += [Entry(_within(piece, first, self._line)) for piece in pieces]
        else:
            # Line ends after the last word belong to no line of the paragraph.
            last = max(first, self._line - raw[len(raw.rstrip()) :].count("\n"))
            self._entries.append(Entry(paragraph(one_line(text), (first, last)), self._listed))

    def _table(self, element: Any) -> bool:
        """Takes a table of data whole; False for one that only lays out the page."""
        if not self._is_data(element):
            return False
        self._flush()
        for caption in element.iterchildren("caption"):
            words = one_line("".join(caption.itertext()))
            line = max(self._line, caption.sourceline or 0)
            if words:
                self._entries.append(Entry(paragraph(words, (line, line))))
        rows: list[tuple[int, list[str]]] = []
        headed = False
        group, reach = None, _Reach()
        for row in element.iter("tr"):
            cells = [cell for cell in row if cell.tag in _CELLS]
            if not rows:
                headed = bool(cells) and all(cell.tag == "th" for cell in cells)
            line = max(self._line, row.sourceline or 0)
            if row.getparent() is not group:  # no cell reaches into the next part of the table
                group, reach = row.getparent(), _Reach()
            texts, reach = _spread(cells, reach)
            rows.append((line, texts))
        piece = table(rows, headed=True if headed else None)
        if piece is not None:
            self._entries.append(Entry(piece))
            self._line = piece.lines[1]
        return True

    def _is_data(self, element: Any) -> bool:
        cells = [cell for row in element.iter("tr") for cell in row if cell.tag in _CELLS]
        if (
            not cells
            or next((t for t in element.iter("table") if t is not element), None) is not None
        ):
            return False
        widest = max(len(row) for row in element.iter("tr"))
        structured = sum(1 for cell in cells if len(list(cell.iter(*_STRUCTURE))) > 1)
        long = sum(1 for cell in cells if len("".join(cell.itertext())) > _LONG_CELL)
        return widest > 1 and structured + long <= len(cells) / 10


def _spread(cells: list[Any], above: _Reach) -> tuple[list[str], _Reach]:
    """The words of a row by column, with cells that reach down from above; and what reaches on."""
    texts: list[str] = []
    below = {at: (rows - 1, words) for at, (rows, words) in above.items() if rows > 1}
    for cell in cells:
        while len(texts) in above:
            texts.append(above[len(texts)][1])
        words = one_line("".join(cell.itertext()))
        rows = _span(cell, "rowspan", _ROWS)
        for text in [words, *[""] * (_span(cell, "colspan", COLUMNS) - 1)]:
            if rows > 1:
                below[len(texts)] = (rows - 1, text)
            texts.append(text)
        if len(texts) > COLUMNS:
            raise DocumentError(f"A table has more than {COLUMNS:,} columns. Split it.")
    last = max(above, default=-1) + 1 if cells else 0  # a row without cells says nothing
    texts += [above[at][1] if at in above else "" for at in range(len(texts), last)]
    return texts, below


def _span(cell: Any, name: str, most: int) -> int:
    said = cell.get(name, "1").strip()[:6]
    return max(1, min(int(said), most)) if said.isdecimal() and said.isascii() else 1


def _within(piece: Piece, first: int, last: int) -> Piece:
    starts = tuple((at, min(line, last)) for at, line in piece.starts)
    return Piece(piece.text, starts or ((0, first),), gap=1, role=piece.role)
