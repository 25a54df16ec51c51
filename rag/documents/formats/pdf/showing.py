"""Pages of a PDF file as they look, and where on them a sentence stands. For the reader process."""

import ctypes
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rag.documents.block import MarkedPage, PagePicture
from rag.documents.formats.pdf.characters.drawing import Box
from rag.documents.formats.pdf.marking import (
    aligned,
    cells_of_rows,
    letters_of_page,
    marks,
    offsets_of_letters,
    plain_letters,
)
from rag.documents.formats.pdf.omissions import DAMAGED
from rag.errors import DocumentError

if TYPE_CHECKING:
    import numpy as np
    import pypdfium2  # type: ignore[import-untyped]  # it ships no annotations

#: Pixels across a page, and about how many in all.
_WIDE, _MOST = 1240, 3_900_000
#: Parts of a page's width and height in which places are counted.
_PARTS = 10_000
#: Pages that a sentence is looked for on, from where its paragraph begins.
_PAGES = 4
_NO_PAGE = "It has no page of this number."


def show_page(data: bytes, *, page: int) -> Iterator[PagePicture]:
    """The page, from 1, as a PNG file. Raises DocumentError when there is none or it is damaged."""
    with _opened(data) as file:
        if not 1 <= page <= len(file):
            raise DocumentError(_NO_PAGE)
        file.init_forms()
        drawn = file[page - 1]
        width, height = (max(1.0, side) for side in drawn.get_size())
        scale = min(_WIDE / width, (_MOST / (width * height)) ** 0.5)
        pixels = drawn.render(scale=scale, rev_byteorder=True).to_numpy()[:, :, :3]
        yield PagePicture(png_of(pixels))


def find_sentence(
    data: bytes, *, page: int, paragraph: str, start: int, end: int, table: bool = False
) -> Iterator[MarkedPage]:
    """The pages on which a slice of a paragraph that begins on a page stands, with its places; of
    rows of a table (`table`) those of its cells.

    Where it is not found, the page without any. Raises DocumentError when there is no such page.
    """
    if table:
        paragraph = cells_of_rows(paragraph[start:end])
        start, end = 0, len(paragraph)
    target = plain_letters(paragraph)
    first, last = offsets_of_letters(paragraph, start, end)
    with _opened(data) as file:
        if not 1 <= page <= len(file):
            raise DocumentError(_NO_PAGE)
        found = False
        at = 0
        for number in range(page, min(page + _PAGES, len(file) + 1)):
            drawn = file[number - 1]
            letters = letters_of_page(drawn)
            places = aligned(target[at:], "".join(each.char for each in letters), cells=table)
            known = [(at + step, place) for step, place in enumerate(places) if place is not None]
            quoted = [letters[place] for step, place in known if first <= step < last]
            if quoted:
                yield _marked(drawn, number, len(file), [*marks(quoted)])
                found = True
            at = max((step + 1 for step, _ in known), default=at)
            if at >= last:
                break
        if not found:
            yield _marked(file[page - 1], page, len(file), [])


def png_of(pixels: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> bytes:
    """A PNG file of pixels of the shape (height, width, 3), red first."""
    import numpy as np

    height, width, _ = pixels.shape
    rows = np.ascontiguousarray(pixels).reshape(height, width * 3)
    # Each row as its difference from the one above: pages are mostly white.
    lines = np.empty((height, width * 3 + 1), dtype=np.uint8)
    lines[:, 0] = 2
    lines[0, 1:] = rows[0]
    lines[1:, 1:] = rows[1:] - rows[:-1]
    parts = (
        b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0),
        b"IDAT" + zlib.compress(lines.tobytes(), 6),
        b"IEND",
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part))
        for part in parts
    )


@contextmanager
def _opened(data: bytes) -> Iterator["pypdfium2.PdfDocument"]:
    import pypdfium2

    try:
        file = pypdfium2.PdfDocument(data)
        try:
            yield file
        finally:
            file.close()
    except pypdfium2.PdfiumError as error:
        raise DocumentError(DAMAGED) from error


def _marked(page: "pypdfium2.PdfPage", number: int, total: int, boxes: list[Box]) -> MarkedPage:
    width, height = page.get_size()
    return MarkedPage(number, total, width, height, tuple(_shown(page, box) for box in boxes))


def _shown(page: "pypdfium2.PdfPage", box: Box) -> Box:
    """Left, top, width and height as shares of the page as it is shown, turned or cut."""
    from pypdfium2 import raw

    corners = []
    for x, y in ((box[0], box[1]), (box[2], box[3])):
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(
            page.raw, 0, 0, _PARTS, _PARTS, 0, x, y, ctypes.byref(across), ctypes.byref(down)
        )
        corners.append((across.value / _PARTS, down.value / _PARTS))
    (a, b), (c, d) = corners
    left, top = min(a, c), min(b, d)
    return left, top, abs(a - c), abs(b - d)
