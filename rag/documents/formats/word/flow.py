"""Walks a Word file's parts in reading order; paragraphs and rows of tables are its lines."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from rag.documents.block import Dropped
from rag.documents.cleaning.piece import Piece, Role
from rag.documents.formats.office.charts import chart_rows, chart_title, diagram_texts
from rag.documents.formats.office.package import Package
from rag.documents.formats.structure.pieces import Entry, broken_lines, heading, on_line, paragraph
from rag.documents.formats.tables.grid import Row, Spot, grid
from rag.documents.formats.word.names import W, is_placeholder, value
from rag.documents.formats.word.numbering import BULLET, ListNumbering
from rag.documents.formats.word.parts import Notes
from rag.documents.formats.word.runs import WordRuns
from rag.documents.formats.word.styles import WordStyle, WordStyles, numbering_of, outline_level
from rag.documents.formats.word.tables import inside, is_layout, marked_headers, rows_of, spread
from rag.documents.formats.word.words import ParagraphWords
from rag.documents.text.characters import HAN, tidy

_WRAPPERS = frozenset({
    f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}moveTo", f"{W}customXml", f"{W}smartTag",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class WordLine:
    """An entry, and how it is set, which shows a heading where no style says so."""

    entry: Entry
    bold: bool = False
    size: int = 0


@dataclass(slots=True)
class WordFlow:
    """Reads the parts of one file. `line` is the last line that was counted."""

    package: Package
    styles: WordStyles
    numbering: ListNumbering
    notes: Notes
    line: int = 0
    dropped: list[Dropped] = field(default_factory=list)
    sizes: Counter[int] = field(default_factory=Counter)

    def lines(self, part: str, root: Any) -> Iterator[WordLine]:
        """What is under an element of a part, in reading order."""
        runs = WordRuns(self.styles, self.package.related(part), self.notes.mark_of)
        yield from _Part(self, part, runs).lines(root)


class _Part:
    def __init__(self, flow: WordFlow, part: str, runs: WordRuns) -> None:
        self._flow = flow
        self._name = part
        self._runs = runs

    def lines(self, parent: Any) -> Iterator[WordLine]:
        for child in parent:
            if child.tag == f"{W}p":
                self._flow.line += 1
                yield from self._paragraph(child)
            elif child.tag == f"{W}tbl":
                yield from self._table(child)
            elif child.tag in _WRAPPERS and not is_placeholder(child):
                yield from self.lines(child)

    def _paragraph(self, element: Any) -> Iterator[WordLine]:
        words = self._read(element)
        properties = element.find(f"{W}pPr")
        named = value(properties, "pStyle")
        style = self._flow.styles.style_of(named)
        if words.text or not (words.struck or words.hidden):
            label = self._label(properties, style, named)
        else:
            label = None  # a paragraph that is gone has no number
        if words.text and style.kind != "contents":
            self._flow.sizes[words.size] += len(words.text)
            yield from self._told(words, properties, style, label)
        yield from self._hanging(words)

    def _told(
        self, words: ParagraphWords, properties: Any, style: WordStyle, label: str | None
    ) -> Iterator[WordLine]:
        line = self._flow.line
        own = outline_level(properties)
        level = style.level if own is None else own
        bullet = label == BULLET or (label is None and style.kind == "list")
        text = words.text if bullet or label is None else f"{label}{words.text}"
        if level:
            yield WordLine(Entry(heading(text, (line, line), level)))
        elif style.kind == "title":
            yield WordLine(
                Entry(on_line(paragraph(text, (line, line)), line).with_role(Role.TITLE))
            )
        elif "\n" in text:
            for piece in broken_lines(text, line):
                yield WordLine(Entry(on_line(piece, line), listed=bullet))
        else:
            listed = bullet or bool(label)
            piece = paragraph(text, (line, line))
            yield WordLine(Entry(piece, listed, BULLET if bullet else ""), words.bold, words.size)

    def _label(self, properties: Any, style: WordStyle, named: str | None) -> str | None:
        own = numbering_of(properties) or (None, None)
        usual = style.numbering or (None, None)
        identity = usual[0] if own[0] is None else own[0]
        if not identity:
            return None
        level = usual[1] if own[1] is None else own[1]
        if level is None:
            level = self._flow.numbering.level_of(identity, named)
        return self._flow.numbering.label(identity, level)

    def _read(self, element: Any) -> ParagraphWords:
        words = self._runs.words_of(element)
        line = (self._flow.line, self._flow.line)
        for texts, reason in ((words.struck, "struck out or deleted"), (words.hidden, "hidden")):
            self._flow.dropped += [Dropped(line, text, reason) for text in texts]
        return words

    def _hanging(self, words: ParagraphWords) -> Iterator[WordLine]:
        """What is shown beside a paragraph: boxes, charts, its notes and comments."""
        for box in words.boxes:
            yield from self.lines(box)
        for identity in words.charts:
            yield from self._chart(identity)
        for kind, identity, mark in words.notes:
            yield from self._note(kind, identity, f"[{mark}] ")
        for identity in words.comments:
            yield from self._note("comment", identity)

    def _note(self, kind: str, identity: str, lead: str | None = None) -> Iterator[WordLine]:
        found = self._flow.notes.note_of(kind, identity)
        if found is None:
            return
        part, element = found
        before = _by(element) if lead is None else lead
        for line in self._flow.lines(part, element):
            yield WordLine(Entry(_led(line.entry.piece, before)))
            before = ""

    def _chart(self, identity: str) -> Iterator[WordLine]:
        targets = self._flow.package.related(self._name)
        root = self._flow.package.xml(targets.get(identity, ("", ""))[1])
        if root is None:
            return
        self._flow.line += 1
        line = self._flow.line
        texts = [chart_title(root), *diagram_texts(root)]
        yield from (WordLine(Entry(paragraph(text, (line, line)))) for text in texts if text)
        piece = grid([(line, spots) for spots in chart_rows(root)], headers=1)
        if piece is not None:
            yield WordLine(Entry(piece))

    def _table(self, element: Any) -> Iterator[WordLine]:
        if is_layout(element):
            for row in rows_of(element):
                for cell in inside(row, f"{W}tc"):
                    yield from self.lines(cell)
            return
        rows: list[Row] = []
        found: list[ParagraphWords] = []
        above: list[Spot] = []

        def read(cell: Any) -> tuple[str, bool]:
            read = [self._read(p) for p in inside(cell, f"{W}p")]
            found.extend(read)
            said = [words for words in read if words.text]
            text = tidy(" ".join(words.text for words in said))
            return text, bool(said) and all(words.bold for words in said)

        for row in rows_of(element):
            self._flow.line += 1
            above = spread(row, above, read)
            rows.append((self._flow.line, above))
        piece = grid(rows, headers=marked_headers(element))
        if piece is not None:
            yield WordLine(Entry(piece))
        for words in found:
            yield from self._hanging(words)


def _led(piece: Piece, lead: str) -> Piece:
    """The piece with words before it; only these say what kind of piece it is."""
    line = piece.lines[0]
    return on_line(paragraph(f"{lead}{piece.text}", (line, line)), line)


def _by(comment: Any) -> str:
    """Who says it: a comment is not the document's own word."""
    author = tidy(comment.get(f"{W}author") or "")
    words = "".join(t.text or "" for t in comment.iter(f"{W}t"))
    if HAN.search(words):
        return f"批注（{author}）：" if author else "批注："
    return f"Comment by {author}: " if author else "Comment: "
