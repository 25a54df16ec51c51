"""What is drawn on a page: which text is invisible, and how much of the page pictures cover."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pypdfium2  # type: ignore[import-untyped]  # it ships no annotations

#: Objects of a page: what comes after them counts as seen.
_MOST = 20_000
_DEEPEST = 3
#: White texts times what is drawn below them: of more the page is taken as it is.
_MOST_COMPARED = 1_000_000
#: The share of a page that pictures cover where text that is not drawn was recognized in them.
SCANNED = 0.5
#: Rules of a page; and in points, how long a rule is and how thick.
_MOST_RULES, _SHORTEST_RULE, _THICKEST_RULE = 4_000, 15.0, 3.0
#: Of 255: paler is white.
_WHITE = 245

#: Asked thousands of times a page, by one process with one thread.
_PARTS = tuple(ctypes.c_uint() for _ in range(4))
_INTO = tuple(map(ctypes.byref, _PARTS))
_SIDES = tuple(ctypes.c_float() for _ in range(4))
_INTO_SIDES = tuple(map(ctypes.byref, _SIDES))

Box = tuple[float, float, float, float]
#: A line across the page, or the edge of a box on it: its left and right end, and its height.
Rule = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Drawing:
    """`hidden` has the addresses of text objects that nobody sees.

    `pictures` is the share of the page that pictures cover; `recognized` where what is written in
    them lies as text below them. `rules` are the lines across the page and the edges of boxes.
    """

    hidden: frozenset[int]
    pictures: float
    recognized: bool
    rules: tuple[Rule, ...] = ()


def look_at(page: "pypdfium2.PdfPage") -> Drawing:
    """What is drawn on the page."""
    from pypdfium2 import raw

    left, bottom, right, top = page.get_bbox()
    area = max(1.0, (right - left) * (top - bottom))
    covered = 0.0
    undrawn: set[int] = set()
    hidden: set[int] = set()
    pale: list[tuple[int, Any]] = []
    rules: list[Rule] = []
    for at, depth, each in _objects(page):
        kind = raw.FPDFPageObj_GetType(each)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            mode = raw.FPDFTextObj_GetTextRenderMode(each)
            if mode == raw.FPDF_TEXTRENDERMODE_INVISIBLE:
                undrawn.add(address(each))
            elif mode == raw.FPDF_TEXTRENDERMODE_FILL:
                red, green, blue, alpha = _color(each)
                if not alpha:
                    hidden.add(address(each))
                elif min(red, green, blue) >= _WHITE and not depth:
                    pale.append((at, each))
        elif kind == raw.FPDF_PAGEOBJ_PATH:
            if not depth and len(rules) < _MOST_RULES:
                rules += _edges(_box(each))
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            # A picture inside a form has its own coordinates; it mostly fills the form.
            box = _box(raw.FPDFPage_GetObject(page, at) if depth else each)
            width = min(box[2], right) - max(box[0], left)
            covered += max(0.0, width) * max(0.0, min(box[3], top) - max(box[1], bottom))
    pictures = min(1.0, covered / area)
    if pictures < SCANNED:
        hidden |= undrawn
    hidden |= _on_white(page, pale)
    return Drawing(frozenset(hidden), pictures, pictures >= SCANNED and bool(undrawn), (*rules,))


def address(of: Any) -> int:
    """The number by which an object of PDFium can be told from others."""
    return ctypes.cast(of, ctypes.c_void_p).value or 0


def _objects(page: "pypdfium2.PdfPage") -> Iterator[tuple[int, int, Any]]:
    """The objects, those of forms included: the place on the page, the depth, the object."""
    from pypdfium2 import raw

    waiting = _MOST
    for at in range(min(raw.FPDFPage_CountObjects(page), _MOST)):
        inside = [(0, raw.FPDFPage_GetObject(page, at))]
        while inside and waiting > 0:
            depth, each = inside.pop()
            waiting -= 1
            yield at, depth, each
            if depth < _DEEPEST and raw.FPDFPageObj_GetType(each) == raw.FPDF_PAGEOBJ_FORM:
                count = min(raw.FPDFFormObj_CountObjects(each), waiting)
                inside += [(depth + 1, raw.FPDFFormObj_GetObject(each, k)) for k in range(count)]


def _edges(box: Box) -> list[Rule]:
    left, bottom, right, top = box
    if right - left < _SHORTEST_RULE:
        return []
    # Lines are drawn as thin boxes as well.
    heights = (bottom, top) if top - bottom > _THICKEST_RULE else ((bottom + top) / 2,)
    return [(left, right, height) for height in heights]


def _on_white(page: "pypdfium2.PdfPage", pale: list[tuple[int, Any]]) -> set[int]:
    """The white texts under which the page is white."""
    from pypdfium2 import raw

    if not pale:
        return set()
    grounds: list[tuple[int, Box, bool]] = []
    for at in range(pale[-1][0]):
        each = raw.FPDFPage_GetObject(page, at)
        kind = raw.FPDFPageObj_GetType(each)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            fill, stroke = ctypes.c_int(), ctypes.c_int()
            raw.FPDFPath_GetDrawMode(each, ctypes.byref(fill), ctypes.byref(stroke))
            red, green, blue, alpha = _color(each)
            if fill.value and alpha:
                grounds.append((at, _box(each), min(red, green, blue) >= _WHITE))
        elif kind != raw.FPDF_PAGEOBJ_TEXT:
            grounds.append((at, _box(each), False))
    if len(pale) * len(grounds) > _MOST_COMPARED:
        return set()
    hidden = set()
    for at, text in pale:
        left, bottom, right, top = _box(text)
        x, y = (left + right) / 2, (bottom + top) / 2
        below = [
            white
            for number, box, white in grounds
            if number < at and box[0] <= x <= box[2] and box[1] <= y <= box[3]
        ]
        if not below or below[-1]:
            hidden.add(address(text))
    return hidden


def _color(of: Any) -> tuple[int, int, int, int]:
    """Red, green, blue and opacity of what fills the object; black where PDFium cannot tell."""
    from pypdfium2 import raw

    if not raw.FPDFPageObj_GetFillColor(of, *_INTO):
        return 0, 0, 0, 255
    red, green, blue, alpha = _PARTS
    return red.value, green.value, blue.value, alpha.value


def _box(of: Any) -> Box:
    from pypdfium2 import raw

    if not raw.FPDFPageObj_GetBounds(of, *_INTO_SIDES):
        return 0.0, 0.0, 0.0, 0.0
    left, bottom, right, top = _SIDES
    return left.value, bottom.value, right.value, top.value
