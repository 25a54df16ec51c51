"""The words of a paragraph as a person sees them, with its notes, boxes and comments."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rag.documents.formats.inline.links import Addresses
from rag.documents.formats.inline.raised import (
    END,
    LOWERED,
    RAISED,
    lowered,
    note_mark,
    raised,
    ruby,
    with_figures,
)
from rag.documents.formats.office.formulas import formula_text
from rag.documents.formats.word.names import MC, M, R, W, is_placeholder, value
from rag.documents.formats.word.styles import WordLook, WordStyles, look_of
from rag.documents.formats.word.symbols import symbol
from rag.documents.formats.word.words import ParagraphWords
from rag.documents.text.characters import tidy

#: What no longer belongs to the text: deleted, or moved elsewhere.
_WITHDRAWN = frozenset({f"{W}del", f"{W}moveFrom"})
_SILENT = frozenset({f"{W}pPr", f"{W}rPr", f"{W}sdtPr", f"{W}sdtEndPr", f"{W}fldData"})
_BREAKS = frozenset({f"{W}br", f"{W}cr"})
_SHIFTS = {"superscript": raised, "subscript": lowered}
_LINK = re.compile(r'\s*HYPERLINK\s+"([^"]+)"', re.IGNORECASE)
_COUNTED = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES|PAGEREF|SECTION)\b", re.IGNORECASE)
#: How old versions of Word set readings above words.
_EQ_RUBY = re.compile(r"\s*EQ\b.*?\\s\\up\s*\d+\s*\(([^()]*)\)\s*[,;]\s*([^()]*)\)", re.IGNORECASE)


@dataclass(slots=True)
class _Field:
    """A field of a document: its code, then its result from position `start` on."""

    code: str = ""
    start: int | None = None


class WordRuns:
    """Reads paragraphs of one part. `targets` are the part's relations by id.

    `mark` gives the mark of a note of a kind ('footnote', 'endnote') and id.
    """

    def __init__(
        self,
        styles: WordStyles,
        targets: dict[str, tuple[str, str]],
        mark: Callable[[str, str, str | None], str],
    ) -> None:
        self._styles = styles
        self._targets = targets
        self._mark = mark

    def words_of(self, paragraph: Any) -> ParagraphWords:
        """All that the paragraph shows; a line break in it is a newline."""
        reading = _RunReading(self._styles, self._targets, self._mark)
        properties = paragraph.find(f"{W}pPr")
        reading.base = self._styles.style_of(value(properties, "pStyle")).look.over(
            self._styles.base
        )
        reading.walk(paragraph)
        return reading.finished()


class _RunReading:
    def __init__(
        self,
        styles: WordStyles,
        targets: dict[str, tuple[str, str]],
        mark: Callable[[str, str, str | None], str],
    ) -> None:
        self.base = WordLook()
        self._styles = styles
        self._targets = targets
        self._mark = mark
        self._parts: list[str] = []
        self._found = ParagraphWords()
        self._fields: list[_Field] = []
        self._addresses = Addresses()
        self._letters: dict[tuple[bool, int], int] = {}

    def finished(self) -> ParagraphWords:
        """What was found, with the text of all parts."""
        found = self._found
        lines = with_figures(self._joined()).split("\n")
        found.text = "\n".join(filter(None, map(tidy, lines)))
        if self._letters:
            found.bold = all(bold for bold, _ in self._letters)
            found.size = max(self._letters.items(), key=lambda item: item[1])[0][1]
        return found

    def _joined(self) -> str:
        """One text; figures raised in several runs are one figure."""
        text = "".join(self._parts)
        for kind in (RAISED, LOWERED):
            text = re.sub(f"({kind}[^{RAISED}-{END}]*){END}{kind}", r"\1", text)
        return text

    def walk(self, parent: Any) -> None:
        """Takes in all children of the element."""
        for child in parent:
            tag = child.tag
            if not isinstance(tag, str) or tag in _SILENT:
                continue
            if tag == f"{W}r":
                self._run(child)
            elif tag in _WITHDRAWN:
                self._keep(self._found.struck, child)
            elif tag == f"{W}hyperlink":
                self._link(child)
            elif tag == f"{W}fldSimple":
                if not _COUNTED.match(child.get(f"{W}instr") or ""):
                    self.walk(child)
            elif tag == f"{W}sdt":
                if not is_placeholder(child):
                    self.walk(child)
            elif tag in {f"{M}oMath", f"{M}oMathPara"}:
                self._add(formula_text(child))
            elif tag == f"{MC}AlternateContent":
                self._choice(child)
            else:
                self.walk(child)

    def _choice(self, element: Any) -> None:
        """Of several ways to show the same, the first; else they would be read twice."""
        chosen = element.find(f"{MC}Choice")
        self._inside(chosen if chosen is not None else element.find(f"{MC}Fallback"))

    def _run(self, run: Any) -> None:
        properties = run.find(f"{W}rPr")
        look = look_of(properties)
        named = value(properties, "rStyle")
        if named is not None:
            look = look.over(self._styles.style_of(named).look)
        look = look.over(self.base)
        if look.hidden:
            self._keep(self._found.hidden, run)
            return
        if look.struck:
            self._keep(self._found.struck, run)
            return
        start = len(self._parts)
        self._inside(run)
        text = "".join(self._parts[start:])
        letters = sum(map(str.isalnum, text))
        if letters:
            set_as = (bool(look.bold), look.size or 0)
            self._letters[set_as] = self._letters.get(set_as, 0) + letters
        shift = _SHIFTS.get(look.shift or "")
        if shift is not None and text.strip() and END not in text:
            self._parts[start:] = [shift(text)]

    def _inside(self, run: Any) -> None:
        for child in run if run is not None else ():
            tag = child.tag
            if tag == f"{W}t":
                self._add(child.text or "")
            elif tag in {f"{W}tab", f"{W}ptab"}:
                self._add(" ")
            elif tag in _BREAKS:
                self._add("\n" if child.get(f"{W}type", "textWrapping") == "textWrapping" else " ")
            elif tag == f"{W}noBreakHyphen":
                self._add("-")
            elif tag == f"{W}sym":
                self._add(symbol(child))
            elif tag in {f"{W}fldChar", f"{W}instrText"}:
                self._field(child)
            elif tag == f"{W}ruby":
                self._ruby(child)
            elif tag in {f"{W}footnoteReference", f"{W}endnoteReference"}:
                self._note(child)
            elif tag == f"{W}commentReference":
                self._found.comments.append(child.get(f"{W}id") or "")
            elif tag == f"{MC}AlternateContent":
                self._choice(child)
            elif tag == f"{W}txbxContent":
                self._found.boxes.append(child)
            elif isinstance(tag, str) and tag.rpartition("}")[2] in {"chart", "relIds"}:
                self._found.charts.append(child.get(f"{R}id") or child.get(f"{R}dm") or "")
            elif tag not in _SILENT and isinstance(tag, str) and len(child):
                self._inside(child)

    def _add(self, text: str) -> None:
        # What stands in a field's code is no text.
        if not self._fields or self._fields[-1].start is not None:
            self._parts.append(text)

    def _field(self, element: Any) -> None:
        kind = element.get(f"{W}fldCharType")
        if kind == "begin":
            self._fields.append(_Field())
        elif not self._fields:
            return
        elif kind == "separate":
            self._fields[-1].start = len(self._parts)
        elif kind == "end":
            self._close(self._fields.pop())
        elif self._fields[-1].start is None:
            self._fields[-1].code += element.text or ""

    def _close(self, done: _Field) -> None:
        link, read = _LINK.match(done.code), _EQ_RUBY.match(done.code)
        if done.start is None:
            if read is not None:
                self._add(ruby(read[2], read[1]))
        elif _COUNTED.match(done.code):
            del self._parts[done.start :]
        elif link is not None:
            self._parts.append(self._addresses.address_after(link[1], self._words_from(done.start)))

    def _link(self, element: Any) -> None:
        start = len(self._parts)
        self.walk(element)
        target = self._targets.get(element.get(f"{R}id") or "", ("", ""))[1]
        self._add(self._addresses.address_after(target, self._words_from(start)))

    def _words_from(self, start: int) -> str:
        return tidy("".join(self._parts[start:]))

    def _ruby(self, element: Any) -> None:
        self._add(ruby(_inner(element, "rubyBase"), _inner(element, "rt")))

    def _note(self, element: Any) -> None:
        kind = element.tag.rpartition("}")[2].removesuffix("Reference")
        identity = element.get(f"{W}id") or ""
        own = element.getnext() if element.get(f"{W}customMarkFollows") else None
        custom = own.text if own is not None and own.tag == f"{W}t" else None
        mark = self._mark(kind, identity, custom)
        self._found.notes.append((kind, identity, mark))
        if custom is None:
            self._add(note_mark(mark))

    @staticmethod
    def _keep(kept: list[str], element: Any) -> None:
        words = tidy("".join(e.text or "" for e in element.iter(f"{W}t", f"{W}delText")))
        if words:
            kept.append(words)


def _inner(element: Any, name: str) -> str:
    part = element.find(f"{W}{name}")
    return "".join(t.text or "" for t in part.iter(f"{W}t")) if part is not None else ""
