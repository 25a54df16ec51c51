"""Reads pictures (.png, .jpg, .tiff, .webp): the text that is recognized on them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from rag.documents.block import Content, Omitted, Picture, RecognizedPage
from rag.documents.cleaning import clean_pieces
from rag.documents.formats.pdf.layout.lines import Lines
from rag.documents.formats.pdf.layout.paragraphs import to_pieces
from rag.documents.formats.pdf.omissions import UNRECOGNIZED
from rag.documents.formats.pdf.page import Page, first_lines, numbered
from rag.documents.formats.pdf.recognized import recognized_page
from rag.documents.formats.pictures.images import frames
from rag.errors import DocumentError

#: The endings of pictures.
PICTURES = frozenset({".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
_NOTHING = "No text could be recognized on it. Remove it, or write down what it shows."


def read_picture(
    data: bytes, *, recognized: Mapping[int, RecognizedPage] | None = None
) -> Iterator[Content | Omitted | Picture]:
    """The text of a picture, or of the pages of a .tiff, as far as it is `recognized`; the pages
    that have to be, where nothing is.

    Raises DocumentError when it is no picture, is damaged or shows no text.
    """
    count = frames(data)
    if recognized is None:
        yield from map(Picture, range(1, count + 1))
        return
    layout = Lines()
    pages = [
        recognized_page(recognized.get(number, RecognizedPage()), number, layout)
        for number in range(1, count + 1)
    ]
    lines = [line for page in pages for line in page.lines]
    if not lines:
        failure = next((page.failure for page in recognized.values() if page.failure), None)
        raise DocumentError(failure or _NOTHING)
    yield replace(
        clean_pieces(to_pieces(lines, {})),
        pages=first_lines(pages) if count > 1 else (),
        recognized=numbered(pages),
    )
    yield from _empty(pages)


def _empty(pages: list[Page]) -> Iterator[Omitted]:
    for number, page in enumerate(pages, 1):
        if not page.lines:
            yield Omitted(f"page {number}", _NOTHING, UNRECOGNIZED, str(number))
