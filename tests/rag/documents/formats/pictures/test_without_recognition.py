"""What is done with recognized lines, and with pictures where nothing recognizes them."""

import importlib.util
import io
import struct
import zlib
from collections.abc import Iterator

import pytest
from PIL import Image

from rag.documents import Document, Limits, Sandbox
from rag.documents.assembling import assemble
from rag.documents.block import (
    Content,
    Dropped,
    Found,
    Looks,
    Omitted,
    Picture,
    Reader,
    RecognizedLine,
    RecognizedPage,
    read_all,
)
from rag.documents.document import UNREAD_PAGES
from rag.documents.formats.pdf import read_pdf
from rag.documents.formats.pdf.omissions import UNRECOGNIZED
from rag.documents.formats.pictures import read_picture
from rag.documents.formats.pictures.images import image_of
from rag.documents.reading import check_kind
from rag.errors import DocumentError
from tests.rag.documents.files import drawn_pdf, picture

pytestmark = pytest.mark.slow


def pictures_asked(_data: bytes) -> Iterator[Found]:
    yield from map(Picture, (1, 2))


def pictures_recognized(_data: bytes) -> Iterator[Found]:
    yield Looks("abc")
    yield RecognizedPage((line("Words", 1.0, 20.0),), failure="None.")
    yield Omitted("page 1", "Why. What to do.", UNRECOGNIZED, "1", 1)
    yield Content((), dropped=(Dropped((1, 1), "", "picture"),), recognized=((1, 0.5),))


def line(text: str, left: float, top: float, confidence: float = 0.9) -> RecognizedLine:
    return RecognizedLine(text, left, top - 12, left + 6 * len(text), top, confidence)


def png(width: int = 200, height: int = 200) -> bytes:
    target = io.BytesIO()
    Image.new("L", (width, height), 255).save(target, "PNG")
    return target.getvalue()


def document(content: object) -> Document:
    assert isinstance(content, Content)
    return assemble(content, path="a.png", digest="", limits=Limits())


@pytest.fixture
def no_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        "rag.extras.find_spec", lambda name: None if name == "rapidocr" else find(name)
    )


@pytest.mark.usefixtures("no_extra")
def test_without_the_extra_pictures_and_scans_name_it() -> None:
    with pytest.raises(DocumentError, match=r"pip install 'wenda\[ocr\]'"):
        check_kind("map.JPG")
    with pytest.raises(DocumentError, match=r"(?s)scan.*pip install 'wenda\[ocr\]'"):
        read_all(read_pdf, drawn_pdf(picture))


def test_columns_are_read_one_after_the_other_and_paragraphs_have_their_confidence() -> None:
    left = [line(f"Left column line {n} goes on and", 50, 700 - 15 * n) for n in range(6)]
    right = [line(f"Right column line {n} goes on and", 320, 700 - 15 * n, 0.7) for n in range(6)]
    mixed = [each for pair in zip(left, right, strict=True) for each in pair]
    (content,) = read_picture(png(), recognized={1: RecognizedPage((*mixed,))})
    found = document(content)
    assert found.text.index("Left column line 5") < found.text.index("Right column line 0")
    # Both columns are one paragraph: no sentence ends.
    assert [p.recognized for p in found.paragraphs] == [pytest.approx(0.8)]
    assert found.paragraphs[0].page is None


def test_what_was_recognized_on_a_page_with_few_words_comes_in_their_place() -> None:
    words = "The valley has three mills, and each of them grinds the wheat of one village."
    page = RecognizedPage((line("Map of the valley", 72, 720), line(words, 72, 600)))

    def captioned(canvas: object) -> None:
        picture(canvas)
        canvas.drawString(72, 720, "Map of the valley")  # type: ignore[attr-defined]

    data = drawn_pdf(captioned)
    found = [*read_pdf(data, recognized={1: page})]
    assert len(found) == 1
    told = document(found[0])
    assert told.text.count("Map of the valley") == 1
    assert words in told.text
    kept = [*read_pdf(data, recognized={1: RecognizedPage()})]
    assert "Map of the valley" in document(kept[0]).text


def test_pages_on_which_nothing_is_recognized_are_named_and_not_tried_again() -> None:
    def words(canvas: object) -> None:
        canvas.drawString(72, 700, "Words on a page.")  # type: ignore[attr-defined]

    data = drawn_pdf(words, picture, picture)
    pages = {2: RecognizedPage(failure="It took too long."), 3: RecognizedPage()}
    _, *omitted = read_pdf(data, recognized=pages)
    assert all(isinstance(item, Omitted) for item in omitted)
    told = [(o.place, o.reason) for o in omitted if isinstance(o, Omitted)]
    assert told == [("2", "It took too long."), ("3", "No text could be recognized on it.")]
    assert not {o.what for o in omitted if isinstance(o, Omitted)} & UNREAD_PAGES


def test_icons_and_what_is_no_picture_are_refused() -> None:
    with pytest.raises(DocumentError, match="icon"):
        read_all(read_picture, png(16, 16))
    for data, said in ((b"%PDF-1.4 words", "a PDF file"), (b"words", "no picture")):
        with pytest.raises(DocumentError, match=said):
            read_all(read_picture, data)


@pytest.mark.parametrize("installed", [True, False])
def test_pages_that_are_pictures_ask_to_be_recognized_where_that_can_be(
    monkeypatch: pytest.MonkeyPatch, *, installed: bool
) -> None:
    monkeypatch.setattr("rag.documents.formats.pdf.reader.is_installed", lambda _extra: installed)

    def words(canvas: object) -> None:
        canvas.drawString(72, 700, "Words on a page.")  # type: ignore[attr-defined]

    found = read_all(read_pdf, drawn_pdf(picture, words, picture))
    assert ([each == Picture(n) for each, n in zip(found, (1, 3), strict=False)] == [True] * 2) is (
        installed
    )
    assert read_all(read_picture, png()) == [Picture(1)]


@pytest.mark.parametrize("reader", [pictures_asked, pictures_recognized])
def test_what_is_said_of_pictures_comes_through_the_sandbox(reader: Reader) -> None:
    with Sandbox() as sandbox:
        assert sandbox.read_apart(reader, b"x") == read_all(reader, b"x")


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked() -> None:
    data = bytearray(png(300, 300))
    data[16:24] = struct.pack(">II", 200_000, 200_000)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    with pytest.raises(DocumentError, match=r"more than 60,000,000 pixels\. Make"):
        image_of(bytes(data), 1)


def test_pictures_are_set_upright_on_white_and_no_larger_than_needed() -> None:
    target = io.BytesIO()
    turned = Image.new("RGB", (3000, 900), "white")
    turned.save(target, "JPEG", exif=_turned_by_camera())
    pixels, points = image_of(target.getvalue(), 1)
    assert pixels.shape == (2000, 600, 3)
    assert points == pytest.approx(842 / 2000)
    target = io.BytesIO()
    Image.new("RGBA", (50, 40), (0, 0, 0, 0)).save(target, "PNG")
    assert image_of(target.getvalue(), 1)[0].min() == 255


def _turned_by_camera() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif.tobytes()


def test_a_recognized_line_is_no_heading_for_the_size_of_its_box() -> None:
    def words(canvas: object) -> None:
        for row in range(6):
            canvas.drawString(72, 700 - 14 * row, "Words of the file.")  # type: ignore[attr-defined]

    tall = RecognizedLine("The ferry runs every day.", 60, 340, 450, 366, 0.99)
    (content,) = read_pdf(drawn_pdf(words, picture), recognized={2: RecognizedPage((tall,))})
    assert [p.recognized for p in document(content).paragraphs] == [None, 0.99]
