"""What is filled into a page's form, and what is written on the page as free text."""

import ctypes
import re
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import TYPE_CHECKING, Any

from rag.documents.formats.pdf.characters.glyphs import Glyph
from rag.documents.formats.pdf.layout.segment import Segment, beside, gap, segment

if TYPE_CHECKING:
    import pypdfium2  # type: ignore[import-untyped]  # it ships no annotations

#: Annotations of a page: more are no form that somebody filled in.
_MOST = 5_000
_HIDDEN, _NO_VIEW = 1 << 1, 1 << 5
_PASSWORD = 1 << 13
_TICKED, _OPEN = "☑", "☐"
#: In sizes of the letters: how near the words of a box stand, how far lines are from each other,
#: how wide a letter is and how near a blank is to what asks for it.
_NEAR, _LEADING, _WIDTH = 3.0, 1.2, 0.5
_BLANK = 20.0
_TAG = re.compile(r"<[^<>]*>")
_LINES = re.compile(r"\r\n|\r|\n")


def with_fields(
    segments: Sequence[Segment], page: "pypdfium2.PdfPage", form: "pypdfium2.PdfFormEnv | None"
) -> tuple[list[Segment], list[Segment]]:
    """The page's segments with filled-in fields among them; and the notes that stand apart."""
    from pypdfium2 import raw

    found = [*segments]
    notes: list[Segment] = []
    size = median(each.size for each in segments) if segments else 10.0
    for at in range(min(raw.FPDFPage_GetAnnotCount(page), _MOST)):
        annotation = raw.FPDFPage_GetAnnot(page, at)
        if not annotation:
            continue
        try:
            notes += _add(found, annotation, form, size)
        finally:
            raw.FPDFPage_CloseAnnot(annotation)
    return found, notes


def _add(found: list[Segment], annotation: Any, form: Any, size: float) -> list[Segment]:
    """Adds a field to what is found, or a note that fills in a blank; gives any other note."""
    from pypdfium2 import raw

    kind = raw.FPDFAnnot_GetSubtype(annotation)
    box = raw.FS_RECTF()
    if raw.FPDFAnnot_GetFlags(annotation) & (_HIDDEN | _NO_VIEW):
        return []
    if not raw.FPDFAnnot_GetRect(annotation, ctypes.byref(box)):
        return []
    if kind == raw.FPDF_ANNOT_FREETEXT:
        note = [*_written(_note(annotation), box, found, size)]
        if len(note) != 1 or not any(_asks_for(each, note[0]) for each in found):
            return note
        found += note
    elif kind == raw.FPDF_ANNOT_WIDGET and form is not None:
        field = raw.FPDFAnnot_GetFormFieldType(form, annotation)
        if field in (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON):
            ticked = raw.FPDFAnnot_IsChecked(form, annotation)
            _tick(found, _TICKED if ticked else _OPEN, box, size)
        elif field == raw.FPDF_FORMFIELD_TEXTFIELD:
            if not raw.FPDFAnnot_GetFormFieldFlags(form, annotation) & _PASSWORD:
                found += _written(_value(form, annotation), box, found, size)
        elif field in (raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX):
            chosen = ", ".join(_chosen(form, annotation)) or _value(form, annotation)
            found += _written(chosen, box, found, size)
    return []


def _asks_for(asked: Segment, note: Segment) -> bool:
    """Whether the words before the note leave a blank for it."""
    before = asked.left < note.left and gap(asked, note) < _BLANK * note.size
    return before and beside(asked, note) and asked.text.endswith((":", "：", "_", "…"))


def _value(form: Any, annotation: Any) -> str:
    from pypdfium2 import raw

    return _string(lambda into, length: raw.FPDFAnnot_GetFormFieldValue(
        form, annotation, into, length
    ))  # fmt: skip


def _chosen(form: Any, annotation: Any) -> Iterator[str]:
    from pypdfium2 import raw

    for at in range(max(0, min(raw.FPDFAnnot_GetOptionCount(form, annotation), _MOST))):
        if raw.FPDFAnnot_IsOptionSelected(form, annotation, at):
            yield _string(lambda into, length, at=at: raw.FPDFAnnot_GetOptionLabel(  # type: ignore[misc]  # bound now
                form, annotation, at, into, length
            ))  # fmt: skip


def _note(annotation: Any) -> str:
    """The words of a note; those with styles only where it has no others."""
    from pypdfium2 import raw

    def value(key: bytes) -> str:
        return _string(lambda into, length: raw.FPDFAnnot_GetStringValue(
            annotation, key, into, length
        ))  # fmt: skip

    return value(b"Contents") or _TAG.sub(" ", value(b"RC"))


def _string(get: Callable[[Any, int], int]) -> str:
    """A string that PDFium writes into a buffer of two bytes a unit."""
    from pypdfium2 import raw

    length = get(None, 0)
    if length <= 2:
        return ""
    buffer = ctypes.create_string_buffer(length)
    get(ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), length)
    return buffer.raw[: length - 2].decode("utf-16-le", "ignore")


def _written(text: str, box: Any, found: Sequence[Segment], size: float) -> Iterator[Segment]:
    """The lines of the text, from the top of its box."""
    lines = [line for line in _LINES.split(text) if line.strip()]
    top = (box.top + box.bottom) / 2 + _LEADING * size / 2
    if len(lines) > 1:
        top = max(box.top, box.bottom)
    for row, line in enumerate(lines):
        height = top - row * _LEADING * size
        right = min(max(box.left, box.right), box.left + _WIDTH * size * len(line))
        low = height - _LEADING * size
        glyph = Glyph(line, box.left, low, max(right, box.left + size), height, size, low)
        drawn = segment([glyph], 0)
        yield segment([glyph], _number(found, drawn) + row / 1000)


def _number(found: Sequence[Segment], new: Segment) -> float:
    """A place in the file's order: after what stands before it on its line, or at the end."""
    before = [each for each in found if each.right <= new.left + new.size and beside(each, new)]
    if before:
        return max(before, key=lambda each: each.right).number + 0.25
    return max((each.number for each in found), default=0.0) + 1


def _tick(found: list[Segment], mark: str, box: Any, size: float) -> None:
    """Puts the box of a question before the words beside it."""
    low, high = min(box.bottom, box.top), max(box.bottom, box.top)
    glyph = Glyph(mark, box.left, low, box.right, high, size, low)
    alone = segment([glyph], 0)
    level = [at for at, each in enumerate(found) if beside(each, alone)]
    level = [at for at in level if -size <= gap(found[at], alone) <= _NEAR * size]
    if not level:
        found.append(segment([glyph], _number(found, alone)))
        return
    at = min(level, key=lambda at: (round(gap(found[at], alone)), -found[at].left))
    old, space = found[at], glyph._replace(char=" ")
    before = alone.left < old.left
    glyphs = [glyph, space, *old.glyphs] if before else [*old.glyphs, space, glyph]
    found[at] = segment(glyphs, old.number, old.direction)
