"""The words of a paragraph of an OpenDocument file, and its boxes, notes and comments."""

from dataclasses import dataclass, field
from typing import Any

from rag.documents.formats.inline.links import Addresses
from rag.documents.formats.inline.raised import (
    END,
    RAISED,
    lowered,
    note_mark,
    raised,
    ruby,
    with_figures,
)
from rag.documents.formats.opendocument.names import DRAW, OFFICE, TEXT, XLINK, whole
from rag.documents.formats.opendocument.styles import OpenDocumentLook, OpenDocumentStyles
from rag.documents.text.characters import tidy

_SILENT = frozenset({
    f"{TEXT}tracked-changes", f"{TEXT}page-number", f"{TEXT}page-count", f"{TEXT}hidden-text",
    f"{TEXT}hidden-paragraph", f"{TEXT}placeholder", f"{OFFICE}annotation-end",
})  # fmt: skip
#: Spaces that one element may stand for.
_SPACES = 100


@dataclass(slots=True)
class ElementWords:
    """What a paragraph holds; `frames` are boxes and pictures, `notes` and `comments` elements."""

    text: str = ""
    bold: bool = False
    frames: list[Any] = field(default_factory=list)
    notes: list[tuple[str, Any]] = field(default_factory=list)
    comments: list[Any] = field(default_factory=list)
    unseen: list[tuple[str, str]] = field(default_factory=list)


def words_of(element: Any, styles: OpenDocumentStyles) -> ElementWords:
    """The words that a person sees; a line break in them is a newline."""
    found = ElementWords()
    look = styles.look("paragraph", element.get(f"{TEXT}style-name"))
    reading = _ElementReading(found, styles)
    reading.take_element(element, look)
    text = with_figures("".join(reading.parts).replace(f"{END}{RAISED}", ""))
    found.text = "\n".join(filter(None, map(tidy, text.split("\n"))))
    found.bold = reading.letters > 0 and reading.bold == reading.letters
    return found


class _ElementReading:
    def __init__(self, found: ElementWords, styles: OpenDocumentStyles) -> None:
        self.parts: list[str] = []
        self.letters = self.bold = 0
        self._found = found
        self._styles = styles
        self._addresses = Addresses()

    def take_element(self, element: Any, look: OpenDocumentLook) -> None:
        """Takes in what is inside the element, set as `look` says."""
        self._say(element.text, look)
        for child in element:
            if isinstance(child.tag, str):
                self._child(child, look)
            self._say(child.tail, look)

    def _child(self, child: Any, look: OpenDocumentLook) -> None:
        tag = child.tag
        if tag in _SILENT:
            return
        if tag == f"{TEXT}span":
            self.take_element(child, self._over(child, look))
        elif tag == f"{TEXT}a":
            start = len(self.parts)
            self.take_element(child, look)
            said = tidy("".join(self.parts[start:]))
            self.parts.append(self._addresses.address_after(child.get(f"{XLINK}href", ""), said))
        elif tag == f"{TEXT}s":
            self.parts.append(" " * min(whole(child, f"{TEXT}c"), _SPACES))
        elif tag == f"{TEXT}tab":
            self.parts.append(" ")
        elif tag == f"{TEXT}line-break":
            self.parts.append("\n")
        elif tag == f"{TEXT}note":
            mark = tidy(child.findtext(f"{TEXT}note-citation") or "") or "*"
            self._found.notes.append((mark, child))
            self.parts.append(note_mark(mark))
        elif tag == f"{OFFICE}annotation":
            self._found.comments.append(child)
        elif tag == f"{TEXT}ruby":
            base, reading = child.find(f"{TEXT}ruby-base"), child.find(f"{TEXT}ruby-text")
            said = "".join(base.itertext()) if base is not None else ""
            self.parts.append(
                ruby(said, "".join(reading.itertext()) if reading is not None else "")
            )
        elif tag.startswith(DRAW):
            self._found.frames.append(child)
        else:
            self.take_element(child, look)

    def _over(self, span: Any, look: OpenDocumentLook) -> OpenDocumentLook:
        own = self._styles.look("text", span.get(f"{TEXT}style-name"))
        return OpenDocumentLook(
            hidden=own.hidden or look.hidden,
            struck=own.struck or look.struck,
            bold=own.bold or look.bold,
            shift=own.shift or look.shift,
        )

    def _say(self, text: str | None, look: OpenDocumentLook) -> None:
        if not text:
            return
        if look.hidden or look.struck:
            if text.strip():
                reason = "hidden" if look.hidden else "struck out or deleted"
                self._found.unseen.append((tidy(text), reason))
            return
        count = sum(map(str.isalnum, text))
        self.letters += count
        self.bold += count if look.bold else 0
        if look.shift and text.strip():
            text = raised(text) if look.shift == "super" else lowered(text)
        self.parts.append(text)
