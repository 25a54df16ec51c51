"""Reads PDF files with pypdfium2: it knows all Chinese encodings, is fast and freely licensed.

The only module that imports it. PDFium is not thread-safe; it runs in the reader process.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rag.documents.block import Content, Dropped, Omitted, Picture, RecognizedPage
from rag.documents.cleaning import clean_pieces
from rag.documents.cleaning.dates import find_date
from rag.documents.formats.pdf.layout.lines import Lines
from rag.documents.formats.pdf.layout.paragraphs import to_pieces
from rag.documents.formats.pdf.omissions import (
    DAMAGED,
    SHOWN,
    Lack,
    nothing_read,
    omissions,
    unrecognized,
)
from rag.documents.formats.pdf.page import Page, first_lines, numbered, read_page
from rag.documents.formats.pdf.recognized import recognized_page, with_sizes_alike
from rag.documents.formats.signatures import kind_of
from rag.documents.formats.structure.titles import heading_key, titled
from rag.documents.limits import CHARACTERS, PAGES
from rag.documents.text.characters import tidy, weight
from rag.errors import DocumentError
from rag.extras import is_installed

if TYPE_CHECKING:
    import pypdfium2  # type: ignore[import-untyped]  # it ships no annotations

_DYNAMIC_FORM = (
    "It is an XFA form, which is drawn only while it is filled in. Print it to a PDF file, and put "
    "that in its place."
)
#: Titles that programs leave in the file, not its author.
_NO_TITLE = re.compile(
    r"untitled.*|\(?(?:anonymous|unspecified)\)?|microsoft (?:word|excel|powerpoint)\b.*|"
    r".*\.(?:docx?|pptx?|xlsx?|wps|tex|dvi|indd|pdf|txt|html?)|"
    r"无标题.*|未命名.*|(?:文档|文稿|演示文稿|幻灯片|工作簿) ?\d*|"
    r"(?:document|slide) ?\d*|title|https?:.*|\W*|[\d\W_]+",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?:D:)?((?:19|20)\d{2})(\d{2})(\d{2})")


def read_pdf(
    data: bytes, *, recognized: Mapping[int, RecognizedPage] | None = None
) -> Iterator[Content | Omitted | Picture]:
    """The text of a PDF file with its headings and pages, then the pages that are only pictures.

    `recognized` has what was recognized on these, by their numbers. Where it is None and pages can
    be recognized, these alone are given. Raises DocumentError when it has no text, needs a
    password, is damaged or too large.
    """
    # Loading takes a moment, and what only serves answers never reads a file.
    import pypdfium2

    kind = kind_of(data)
    if kind != "a PDF file":
        is_what = f"It is {kind}, not a PDF file." if kind else "It is not a PDF file."
        raise DocumentError(f"{is_what} Give it the ending that fits, or export it as PDF.")
    try:
        file = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise DocumentError(
                "It is protected by a password. Save a copy without one."
            ) from error
        raise DocumentError(DAMAGED) from error
    try:
        # What is filled into its form can only be asked for if this comes before the first page.
        file.init_forms()
        yield from _read(file, recognized)
    finally:
        file.close()


def _read(
    file: "pypdfium2.PdfDocument", recognized: Mapping[int, RecognizedPage] | None
) -> Iterator[Content | Omitted | Picture]:
    if len(file) > PAGES:
        raise DocumentError(f"It has more than {PAGES:,} pages. Split it into smaller files.")
    pages = _pages(file, recognized or {})
    lacking = _lacking(pages)
    if recognized is None and is_installed("ocr"):
        numbers = sorted(number for lack in SHOWN for number in lacking.get(lack, ()))
        if numbers:
            yield from map(Picture, numbers)
            return
    lines = [line for page in pages for line in page.lines]
    if not lines:
        raise nothing_read(lacking, len(pages), recognized or {})
    content = clean_pieces(to_pieces(lines, _outline(file)))
    title = _title(file) or _large_title(content) or content.title
    yield replace(
        content,
        blocks=content.blocks if title is None else titled(title, content.blocks)[1],
        title=title,
        date=content.date or _date(file),
        pages=first_lines(pages),
        recognized=numbered(pages),
        dropped=(*content.dropped, *_unread(pages)),
    )
    if _has_dynamic_form(file):
        yield Omitted("form", _DYNAMIC_FORM, "form")
    yield from omissions(lacking)
    yield from unrecognized(recognized or {})


def _pages(file: "pypdfium2.PdfDocument", recognized: Mapping[int, RecognizedPage]) -> list[Page]:
    layout = Lines()
    pages: list[Page] = []
    size = 0
    for number in range(1, len(file) + 1):
        page = read_page(file, number, layout)
        if number in recognized:
            page = _fuller(page, recognized_page(recognized[number], number, layout))
        pages.append(page)
        size += sum(len(line.text) for line in pages[-1].lines)
        if size > CHARACTERS:
            raise DocumentError(
                f"It holds more than {CHARACTERS:,} characters. Split it into smaller files."
            )
    return with_sizes_alike(pages)


def _fuller(page: Page, recognized: Page) -> Page:
    """What was recognized, or what the file has as text where that is more."""
    said, seen = (sum(weight(line.text) for line in each.lines) for each in (page, recognized))
    return recognized if seen > said else replace(page, lack=None)


def _lacking(pages: Sequence[Page]) -> dict[Lack, list[int]]:
    """The numbers of the pages that lack something, by what it is."""
    lacking: dict[Lack, list[int]] = defaultdict(list)
    for number, page in enumerate(pages, 1):
        if page.lack is not None:
            lacking[page.lack].append(number)
    return lacking


def _unread(pages: Sequence[Page]) -> Iterator[Dropped]:
    for number, page in enumerate(pages, 1):
        yield from (Dropped((1, 1), "", what, str(number)) for what in page.unread)


def _has_dynamic_form(file: "pypdfium2.PdfDocument") -> bool:
    from pypdfium2 import raw

    return bool(file.get_formtype() == raw.FORMTYPE_XFA_FULL)


def _outline(file: "pypdfium2.PdfDocument") -> dict[str, int]:
    levels: dict[str, int] = {}
    for entry in file.get_toc(max_depth=6):
        key = heading_key(entry.get_title() or "")
        if key:
            levels.setdefault(key, entry.level + 1)
        if len(levels) >= PAGES:
            break
    return levels


def _title(file: "pypdfium2.PdfDocument") -> str | None:
    title = tidy(file.get_metadata_value("Title"))[:200]
    return None if _NO_TITLE.fullmatch(title) else title


def _large_title(content: Content) -> str | None:
    """The one heading of the highest level, if it stands before all else."""
    top = [block for block in content.blocks if block.kind == "heading" and block.level == 1]
    return top[0].text if len(top) == 1 and top[0] is content.blocks[0] else None


def _date(file: "pypdfium2.PdfDocument") -> str | None:
    match = _DATE.match(file.get_metadata_value("CreationDate"))
    found = find_date("-".join(match.groups())) if match else None
    return found[0] if found else None
