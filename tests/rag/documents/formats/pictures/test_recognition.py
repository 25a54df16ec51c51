"""Text in pictures and on scanned pages is recognized, as it stands, in three scripts."""

import io
import itertools
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped]  # none shipped
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]  # none shipped

from rag.documents import Document, Recognizer, Sandbox, Skipped, read_documents, recognizing
from rag.documents.block import RecognizedPage
from rag.errors import DocumentError
from rag.extras import is_installed
from tests.rag.documents.files import drawn_pdf

pytestmark = [
    pytest.mark.ocr,
    pytest.mark.slow,
    pytest.mark.skipif(not is_installed("ocr"), reason="needs the extra ocr"),
]

_FONTS = sorted(Path("/usr/share/fonts").glob("**/NotoSansCJK-Regular.tt[cf]"))
SIMPLIFIED = "渡口在冬天只开到晚上六点。自行车不收费。"
TRADITIONAL = "渡船載客九十人，機車每輛收費十二元。"
ENGLISH = "The ferry runs every forty minutes until 9:40 in the evening."


@cache
def image(*lines: str) -> Image.Image:
    """A page with the lines on it, as a program sets them."""
    page = Image.new("L", (1000, 120 + 70 * len(lines)), 255)
    font = ImageFont.truetype(_FONTS[0], 30) if _FONTS else ImageFont.load_default(30)
    for row, line in enumerate(lines):
        ImageDraw.Draw(page).text((60, 60 + 70 * row), line, font=font, fill=0)
    return page


def saved(page: Image.Image, kind: str = "PNG", **facts: object) -> bytes:
    target = io.BytesIO()
    page.save(target, kind, **facts)
    return target.getvalue()


def read(
    data: bytes, name: str, kept: Path | None = None, told: list[tuple[str, int, int]] | None = None
) -> Sequence[Document | Skipped]:
    def progress(stage: str, done: int, total: int) -> None:
        if told is not None:
            told.append((stage, done, total))

    recognizer = Recognizer(kept, progress)
    try:
        with Sandbox() as sandbox:
            return [
                *read_documents(
                    data, relative=name, digest="", sandbox=sandbox, recognizer=recognizer
                )
            ]
    finally:
        recognizer.close()


@pytest.mark.skipif(not _FONTS, reason="needs a Chinese font")
def test_three_scripts_turned_grey_and_askew_are_recognized() -> None:
    page = image("渡口", SIMPLIFIED, TRADITIONAL, ENGLISH)
    noisy = Image.blend(page, Image.effect_noise(page.size, 90), 0.25)
    askew = noisy.rotate(2.5, expand=True, fillcolor=240).filter(ImageFilter.GaussianBlur(0.6))
    for data, name in (
        (saved(page), "a.png"),
        (saved(askew, "JPEG", quality=60), "a.jpg"),
        (saved(page.rotate(90, expand=True)), "lying.png"),
    ):
        (document,) = read(data, name)
        assert isinstance(document, Document)
        for line in (SIMPLIFIED, TRADITIONAL, ENGLISH):
            assert line in document.text, name
        assert all(p.recognized is not None and p.recognized > 0.8 for p in document.paragraphs)


def test_pages_are_recognized_where_they_stand_once_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def typed(canvas: Canvas) -> None:
        for row in range(6):
            canvas.drawString(72, 700 - 14 * row, "Words that the file has as text of its own.")

    kept = tmp_path / "home" / "recognized.cache"

    def scanned(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(image(ENGLISH)), 30, 300, 535, 100)

    first = drawn_pdf(typed, scanned)
    told: list[tuple[str, int, int]] = []
    (document,) = read(first, "a.pdf", kept, told)
    assert isinstance(document, Document)
    ours = [p for p in document.paragraphs if p.recognized is not None]
    assert [p.page for p in ours] == [2]
    assert document.text[ours[0].start : ours[0].end] == ENGLISH
    assert told == [("recognizing pages", 0, 1), ("recognizing pages", 1, 1)]
    monkeypatch.setattr(recognizing, "recognize_page", refuses)
    (again,) = read(first, "a.pdf", kept)
    assert again == document


def refuses(data: bytes, *, page: int) -> Iterator[RecognizedPage]:
    raise DocumentError(f"Page {page} of {len(data)} bytes is recognized again.")


def test_a_picture_without_words_says_so() -> None:
    blank = saved(Image.new("RGB", (300, 300), "white"))
    with pytest.raises(DocumentError, match="No text could be recognized"):
        read(blank, "a.png")


def test_pages_of_a_tiff_are_pages() -> None:
    pages = [image(ENGLISH), image("Dogs travel free of charge on a lead.")]
    data = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    (document,) = read(data, "a.tiff")
    assert isinstance(document, Document)
    assert [p.page for p in document.paragraphs] == [1, 2]
    assert all(a.lines < b.lines for a, b in itertools.pairwise(document.paragraphs))
