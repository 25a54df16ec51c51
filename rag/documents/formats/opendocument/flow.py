"""Walks an OpenDocument file in reading order; paragraphs and rows of tables are its lines."""

from collections.abc import Iterator
from typing import Any

from rag.documents.block import Dropped
from rag.documents.cleaning.piece import Role
from rag.documents.formats.opendocument.names import DC, OFFICE, TABLE, TEXT, whole
from rag.documents.formats.opendocument.styles import (
    BULLET,
    OpenDocumentNumbers,
    OpenDocumentStyles,
)
from rag.documents.formats.opendocument.words import ElementWords, words_of
from rag.documents.formats.structure.pieces import Entry, broken_lines, heading, on_line, paragraph
from rag.documents.formats.tables.grid import Row, Spot, grid
from rag.documents.limits import COLUMNS
from rag.documents.text.characters import HAN, tidy
from rag.errors import DocumentError

#: Lists of contents and the like repeat the text; changes and forms are not part of the text.
_SILENT = frozenset({
    f"{TEXT}table-of-content", f"{TEXT}alphabetical-index", f"{TEXT}illustration-index",
    f"{TEXT}table-index", f"{TEXT}tracked-changes", f"{OFFICE}forms", f"{TABLE}table-column",
    f"{TABLE}shapes",
})  # fmt: skip
_CELLS = frozenset({f"{TABLE}table-cell", f"{TABLE}covered-table-cell"})
_ROW_GROUPS = frozenset(
    {f"{TABLE}table-rows", f"{TABLE}table-row-group", f"{TABLE}table-header-rows"}
)
#: Rows and cells that one element may stand for where they hold something.
_REPEATED = 1_000


class OpenDocumentFlow:
    """Reads the elements of one file; `line` is the last line that was counted."""

    def __init__(self, styles: OpenDocumentStyles) -> None:
        self.styles = styles
        self.line = 0
        self.dropped: list[Dropped] = []
        self._numbers = OpenDocumentNumbers(styles)

    def entries(self, parent: Any) -> Iterator[Entry]:
        """All that is under an element, in reading order."""
        for child in parent:
            tag = child.tag
            if not isinstance(tag, str) or tag in _SILENT:
                continue
            if tag == f"{TEXT}h":
                yield from self._heading(child)
            elif tag == f"{TEXT}p":
                yield from self.paragraph(child)
            elif tag == f"{TEXT}list":
                yield from self._list(child, child.get(f"{TEXT}style-name", ""), 1)
            elif tag == f"{TABLE}table":
                yield from self._table(child)
            elif tag == f"{TEXT}section" and child.get(f"{TEXT}display") == "none":
                continue
            else:
                yield from self.entries(child)

    def paragraph(self, element: Any, label: str = "", *, listed: bool = False) -> Iterator[Entry]:
        """A paragraph with what hangs on it."""
        words = self._read(element)
        look = self.styles.look("paragraph", element.get(f"{TEXT}style-name"))
        lines = (self.line, self.line)
        shown = "" if label == BULLET else label
        if words.text and look.title:
            yield Entry(on_line(paragraph(words.text, lines), self.line).with_role(Role.TITLE))
        elif "\n" in words.text:
            for piece in broken_lines(f"{shown}{words.text}", self.line):
                yield Entry(on_line(piece, self.line), listed)
        elif words.text:
            yield Entry(paragraph(f"{shown}{words.text}", lines), listed, "" if shown else BULLET)
        yield from self.hanging(words)

    def hanging(self, words: ElementWords) -> Iterator[Entry]:
        """Boxes, notes and comments of a paragraph."""
        for frame in words.frames:
            yield from self.entries(frame)
        for mark, note in words.notes:
            yield from self._led(note.find(f"{TEXT}note-body"), f"[{mark}] ")
        for comment in words.comments:
            yield from self._led(comment, _by(comment))

    def _led(self, element: Any, lead: str) -> Iterator[Entry]:
        for entry in self.entries(element) if element is not None else ():
            yield Entry(
                on_line(paragraph(f"{lead}{entry.piece.text}", entry.piece.lines), self.line)
            )
            lead = ""

    def _read(self, element: Any) -> ElementWords:
        self.line += 1
        words = words_of(element, self.styles)
        at = (self.line, self.line)
        self.dropped += [Dropped(at, text, reason) for text, reason in words.unseen]
        return words

    def _heading(self, element: Any) -> Iterator[Entry]:
        words = self._read(element)
        level = max(1, whole(element, f"{TEXT}outline-level"))
        if words.text:
            label = "" if element.get(f"{TEXT}is-list-header") else self._numbers.label("", level)
            lines = (self.line, self.line)
            yield Entry(heading(f"{label}{words.text}", lines, level))
        yield from self.hanging(words)

    def _list(self, element: Any, plan: str, level: int) -> Iterator[Entry]:
        plan = element.get(f"{TEXT}style-name") or plan
        goes_on = element.get(f"{TEXT}continue-numbering") == "true" or element.get(
            f"{TEXT}continue-list"
        )
        if not goes_on:
            self._numbers.begin(plan, level)
        for item in element:
            headed = item.tag == f"{TEXT}list-header"
            first = True
            for child in item:
                if child.tag == f"{TEXT}list":
                    yield from self._list(child, plan, level + 1)
                elif child.tag in {f"{TEXT}p", f"{TEXT}h"}:
                    start = whole(item, f"{TEXT}start-value", -1)
                    label = (
                        self._numbers.label(plan, level, start if start >= 0 else None)
                        if first and not headed
                        else ""
                    )
                    first = False
                    if child.tag == f"{TEXT}h":
                        yield from self._numbered_heading(child, label)
                    else:
                        yield from self.paragraph(child, label, listed=bool(label))

    def _numbered_heading(self, element: Any, label: str) -> Iterator[Entry]:
        words = self._read(element)
        shown = "" if label == BULLET else label
        if words.text:
            level = max(1, whole(element, f"{TEXT}outline-level"))
            yield Entry(heading(f"{shown}{words.text}", (self.line, self.line), level))
        yield from self.hanging(words)

    def _table(self, element: Any) -> Iterator[Entry]:
        nested = any(True for _ in element.iter(f"{TABLE}table") if _ is not element)
        rows, headers, found = self.rows(element)
        if nested or max((len(spots) for _, spots in rows), default=0) < 2:
            for cell in element.iter(f"{TABLE}table-cell"):
                if next(cell.iterancestors(f"{TABLE}table")) is element:
                    yield from self.entries(cell)
            return
        piece = grid(rows, headers=headers or None)
        if piece is not None:
            yield Entry(piece)
        for words in found:
            yield from self.hanging(words)

    def rows(self, table: Any) -> tuple[list[Row], int, list[ElementWords]]:
        """The rows of a table with how many head it, and the words of its cells.

        Raises DocumentError when it has more columns than a table may have.
        """
        rows: list[Row] = []
        found: list[ElementWords] = []
        reach: dict[int, tuple[int, Spot]] = {}
        headers = 0
        for row in _rows(table):
            times = whole(row, f"{TABLE}number-rows-repeated")
            spots, below = self._cells(row, reach, found)
            filled = any(spot.text for spot in spots)
            shown = row.get(f"{TABLE}visibility", "visible") != "collapse"
            for _ in range(min(times, _REPEATED) if filled and shown else 0):
                self.line += 1
                rows.append((self.line, spots))
            self.line += times - (min(times, _REPEATED) if filled and shown else 0)
            headers += filled and row.getparent().tag == f"{TABLE}table-header-rows"
            reach = below
        return rows, headers, found

    def _cells(
        self, row: Any, above: dict[int, tuple[int, Spot]], found: list[ElementWords]
    ) -> tuple[list[Spot], dict[int, tuple[int, Spot]]]:
        spots: list[Spot] = []
        below = {at: (rows - 1, spot) for at, (rows, spot) in above.items() if rows > 1}
        for cell in row:
            if cell.tag not in _CELLS:
                continue
            times = whole(cell, f"{TABLE}number-columns-repeated")
            text, bold = self._cell(cell, found)
            if cell.tag == f"{TABLE}covered-table-cell":
                for _ in range(min(times, _REPEATED)):
                    at = len(spots)
                    left = spots[-1] if spots else Spot()
                    spots.append(above[at][1] if at in above else Spot(left.text, lead=False))
                continue
            if not text and times > _REPEATED:
                break
            for _ in range(min(times, _REPEATED)):
                down = whole(cell, f"{TABLE}number-rows-spanned")
                if down > 1:
                    for place in range(whole(cell, f"{TABLE}number-columns-spanned")):
                        spot = Spot(text, lead=not place, heading=bold)
                        below[len(spots) + place] = (down - 1, spot)
                spots.append(Spot(text, heading=bold))
            if len(spots) > COLUMNS:
                raise DocumentError(f"A table has more than {COLUMNS:,} columns. Split it.")
        return spots, below

    def _cell(self, cell: Any, found: list[ElementWords]) -> tuple[str, bool]:
        read = [words_of(p, self.styles) for p in cell.iter(f"{TEXT}p", f"{TEXT}h")
                if p.getparent().tag != f"{OFFICE}annotation"]  # fmt: skip
        found += read
        said = [words for words in read if words.text]
        for comment in cell.iterchildren(f"{OFFICE}annotation"):
            found.append(ElementWords(comments=[comment]))
        return tidy(" ".join(words.text for words in said)), bool(said) and all(
            w.bold for w in said
        )


def _rows(parent: Any) -> Iterator[Any]:
    for child in parent:
        if child.tag == f"{TABLE}table-row":
            yield child
        elif child.tag in _ROW_GROUPS:
            yield from _rows(child)


def _by(comment: Any) -> str:
    """Who says it: a comment is not the document's own word."""
    author = tidy(comment.findtext(f"{DC}creator") or "")
    if HAN.search("".join(comment.itertext())):
        return f"批注（{author}）：" if author else "批注："
    return f"Comment by {author}: " if author else "Comment: "
