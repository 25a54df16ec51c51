"""Pages as pictures, and the places of sentences on them, compared with the letters' own boxes."""

import ctypes
import io
import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

import pypdfium2  # type: ignore[import-untyped]  # it ships no annotations
import pytest
from PIL import Image
from pypdfium2 import raw
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]  # it ships no annotations
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]  # none shipped
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]  # it ships no annotations

from rag.documents import Document, Limits, Sandbox
from rag.documents.assembling import assemble
from rag.documents.block import Content, MarkedPage, PagePicture, read_all
from rag.documents.formats.pdf import read_pdf
from rag.documents.formats.pdf.marking import aligned, cells_of_rows, plain_letters
from rag.documents.formats.pdf.showing import find_sentence, show_page
from rag.errors import DocumentError
from tests.rag.documents.files import drawn_pdf
from tests.rag.documents.formats.pdf.drawn_to_left import ARABIC, HEBREW, pdf_to_left
from tests.rag.documents.formats.pdf.samples import LEFT, RIGHT

CHINESE = [
    "镇上的小学有321名学生。新桥在去年十月通车，",
    "两岸的人不必再绕路。图书馆藏书七百七十七册，周一闭馆。",
]


def columns(canvas: Canvas) -> None:
    canvas.setFont("Times-Roman", 10)
    for at, lines in enumerate((LEFT, RIGHT)):
        for row, text in enumerate(lines):
            canvas.drawString(60 + 250 * at, 700 - 13 * row, text)


def turned(canvas: Canvas) -> None:
    """A page that is turned for reading, as those with wide tables are."""
    canvas.setPageRotation(90)
    canvas.translate(842, 0)
    canvas.rotate(90)
    columns(canvas)


def head_down(canvas: Canvas) -> None:
    """A page that was scanned the wrong way round, and turned for reading."""
    canvas.setPageRotation(180)
    canvas.translate(595, 842)
    canvas.rotate(180)
    columns(canvas)


def turned_back(canvas: Canvas) -> None:
    canvas.setPageRotation(270)
    canvas.translate(0, 595)
    canvas.rotate(-90)
    columns(canvas)


def headed(canvas: Canvas) -> None:
    """A heading in other letters, and a paragraph on either side of a picture's place."""
    canvas.setFont("Times-Bold", 18)
    canvas.drawString(60, 760, "The mill. Its history.")
    canvas.setFont("Times-Roman", 10)
    for at, lines in enumerate((LEFT, RIGHT)):
        for row, text in enumerate(lines):
            canvas.drawString(60, 720 - 13 * row - 300 * at, text)


def on_its_side(canvas: Canvas) -> None:
    canvas.saveState()
    canvas.translate(800, 0)
    canvas.rotate(90)
    columns(canvas)
    canvas.restoreState()


def chinese(canvas: Canvas) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas.setFont("STSong-Light", 12)
    for row, text in enumerate(CHINESE):
        canvas.drawString(60, 700 - 18 * row, text)


def cut(canvas: Canvas) -> None:
    """Of the sheet only a part is shown."""
    canvas.setCropBox((40, 500, 560, 760))
    columns(canvas)


def first_half(canvas: Canvas) -> None:
    canvas.setFont("Times-Roman", 10)
    for row in range(44):
        canvas.drawString(
            60, 760 - 15 * row, f"Line {row + 1} of the first page says nothing new about it"
        )
    canvas.drawString(60, 95, "The ferry across the sound leaves at seven in the")


def second_half(canvas: Canvas) -> None:
    canvas.setFont("Times-Roman", 10)
    canvas.drawString(60, 760, "morning and comes back at noon. Nobody lives there.")


def document(data: bytes) -> Document:
    content = read_all(read_pdf, data)[0]
    assert isinstance(content, Content)
    return assemble(content, path="a.pdf", digest="", limits=Limits())


def sentences(read: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each sentence of a document, to be found in its file."""
    for paragraph in read.paragraphs:
        text = read.text[paragraph.start : paragraph.end]
        for sentence in paragraph.sentences:
            start, end = sentence.start - paragraph.start, sentence.end - paragraph.start
            given = {
                "page": paragraph.page,
                "paragraph": text,
                "start": start,
                "end": end,
                "table": paragraph.kind == "table",
            }
            yield text[start:end], given


def marked_letters(data: bytes, found: list[MarkedPage]) -> str:
    """The letters whose middles lie in the marks: PDFium is asked anew, letter by letter."""
    file = pypdfium2.PdfDocument(data)
    letters = ""
    for each in found:
        page = file[each.page - 1]
        text = page.get_textpage()
        for at in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(at)
            across, down = ctypes.c_int(), ctypes.c_int()
            raw.FPDF_PageToDevice(
                *(page.raw, 0, 0, 10_000, 10_000, 0, (left + right) / 2, (bottom + top) / 2),
                *(ctypes.byref(across), ctypes.byref(down)),
            )
            x, y = across.value / 10_000, down.value / 10_000
            if any(a <= x <= a + w and b <= y <= b + h for a, b, w, h in each.marks):
                letters += text.get_text_range(at, 1)
        text.close()
    file.close()
    return plain_letters(letters)


FILES = {
    **{
        draw.__name__: drawn_pdf(draw)
        for draw in (columns, turned, head_down, turned_back, on_its_side, chinese, cut, headed)
    },
    "hebrew": pdf_to_left(HEBREW),
    "hebrew, drawn from left": pdf_to_left(HEBREW, drawn_from_left=True),
    "arabic": pdf_to_left(ARABIC),
}


@pytest.mark.parametrize("name", FILES)
def test_each_sentence_is_marked_where_it_stands_and_nothing_else(name: str) -> None:
    data = FILES[name]
    checked = 0
    for sentence, given in sentences(document(data)):
        found = list(find_sentence(data, **given))
        assert Counter(marked_letters(data, found)) == Counter(plain_letters(sentence)), sentence
        (page,) = found
        assert (page.page, page.pages) == (1, 1)
        assert all(0 <= side <= 1 for mark in page.marks for side in mark)
        checked += 1
    assert checked >= 3


def test_a_sentence_over_the_end_of_a_page_is_marked_on_both() -> None:
    data = drawn_pdf(first_half, second_half)
    read = document(data)
    at = read.text.index("The ferry")
    whose = next(each for each in read.paragraphs if each.start <= at < each.end)
    sentence = "The ferry across the sound leaves at seven in the morning and comes back at noon."
    assert read.text[at:].startswith(sentence)
    paragraph = read.text[whose.start : whose.end]
    start = at - whose.start
    assert whose.page is not None
    found = list(
        find_sentence(
            data, page=whose.page, paragraph=paragraph, start=start, end=start + len(sentence)
        )
    )
    assert [each.page for each in found] == [1, 2]
    assert all(each.marks for each in found)
    assert marked_letters(data, found) == plain_letters(sentence)


def test_of_a_table_the_cells_are_marked() -> None:
    assert cells_of_rows("Load: 2 kg | Length: 28 min\nLoad: 3 kg | Length: 3:20 h") == (
        "2 kg | 28 min\n3 kg | 3:20 h"
    )

    def table(canvas: Canvas) -> None:
        canvas.setFont("Times-Roman", 10)
        rows = [
            ("Programme", "Load", "Length"),
            ("Quick", "2 kg", "28 min"),
            ("Wool", "1 kg", "40 min"),
            ("Cotton", "7 kg", "155 min"),
        ]
        for row, cells in enumerate(rows):
            for at, cell in enumerate(cells):
                canvas.drawString(60 + 150 * at, 700 - 16 * row, cell)

    data = drawn_pdf(table)
    read = document(data)
    row = next(each for each in sentences(read) if "Wool" in each[0])
    found = list(find_sentence(data, **row[1]))
    assert marked_letters(data, found) == "wool1kg40min"


def test_the_sentence_that_is_meant_is_marked_where_its_words_are_twice() -> None:
    def twice(canvas: Canvas) -> None:
        canvas.setFont("Times-Roman", 10)
        for row, text in enumerate(
            [
                "In spring the gate is open. It closes at ten.",
                "In autumn the gate is open. It closes at ten.",
            ]
        ):
            canvas.drawString(60, 700 - 60 * row, text)

    data = drawn_pdf(twice)
    tops = []
    for sentence, given in sentences(document(data)):
        if sentence == "It closes at ten.":
            (page,) = find_sentence(data, **given)
            ((_, top, _, _),) = page.marks
            tops.append(round(top, 2))
    assert len(tops) == 2
    assert tops[0] < tops[1]


def test_words_that_are_not_there_are_not_marked() -> None:
    (page,) = find_sentence(
        drawn_pdf(columns), page=1, paragraph="Quite another sentence", start=0, end=22
    )
    assert page.marks == ()


def test_what_goes_on_on_the_next_page_is_not_looked_for_above() -> None:
    above, end = "overallaccuracy972criticalitems", "theprimarydriverofthevarianceis"
    goes_on = "overallaccuracyandcriticalitems"
    places = aligned(end + goes_on, above + end)
    assert places == [*range(len(above), len(above + end)), *[None] * len(goes_on)]
    assert aligned(end + above, above + end, cells=True)[len(end)] == 0


def test_letters_are_aligned_across_what_the_page_has_besides() -> None:
    assert aligned("abcdefghijklmnop", "xxabcdefghYYijklmnopzz") == [*range(2, 10), *range(12, 20)]
    assert aligned("新桥在去年十月通车", "的新桥在去年十月通车了") == [*range(1, 10)]
    assert aligned("abc", "xyz") == [None] * 3
    assert aligned("", "xyz") == []
    # Of two places the one that goes on where the last part ended.
    assert aligned("aaaaaaaabbbbbbbb", "bbbbbbbbaaaaaaaabbbbbbbb") == [*range(8, 24)]


def test_a_page_is_a_picture_as_it_is_printed() -> None:
    (picture,) = show_page(drawn_pdf(chinese, columns), page=2)
    image = Image.open(io.BytesIO(picture.png))
    assert image.size == (1240, 1754)
    pixels = image.convert("L")
    assert pixels.getpixel((5, 5)) == 255
    dark = sum(pixels.histogram()[:128])
    assert 500 < dark < 100_000


def test_pictures_are_turned_and_cut_as_the_page_says() -> None:
    (picture,) = show_page(drawn_pdf(turned), page=1)  # of a sheet that lies across
    assert Image.open(io.BytesIO(picture.png)).size == (1240, 1754)
    (picture,) = show_page(drawn_pdf(cut), page=1)
    assert Image.open(io.BytesIO(picture.png)).size == (1240, 620)


def test_a_huge_page_makes_a_small_picture() -> None:
    def poster(canvas: Canvas) -> None:
        canvas.setPageSize((200, 14_000))

    (picture,) = show_page(drawn_pdf(poster), page=1)
    width, height = struct.unpack(">II", picture.png[16:24])
    assert width * height <= 4_000_000
    assert zlib.decompress(picture.png[41:-16])


@pytest.mark.parametrize("page", [0, 2, -1, 10**9])
def test_a_page_that_is_not_there_is_refused(page: int) -> None:
    with pytest.raises(DocumentError, match="no page"):
        list(show_page(drawn_pdf(columns), page=page))
    with pytest.raises(DocumentError, match="no page"):
        list(find_sentence(drawn_pdf(columns), page=page, paragraph="x", start=0, end=1))


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"", b"\0" * 1000])
def test_what_is_no_whole_file_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentError, match="damaged"):
        list(show_page(data, page=1))


@pytest.mark.slow
def test_it_is_done_in_the_reader_process() -> None:
    with Sandbox() as sandbox:
        data = drawn_pdf(columns)
        (picture,) = sandbox.read_apart(partial(show_page, page=1), data)
        assert isinstance(picture, PagePicture)
        find = partial(find_sentence, page=1, paragraph=" ".join(LEFT), start=0, end=30)
        (page,) = sandbox.read_apart(find, data)
        assert isinstance(page, MarkedPage)
        assert page.marks
