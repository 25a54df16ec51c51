"""What nobody sees on a PDF page is no text of it."""

from collections.abc import Callable
from functools import partial

import pytest
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]  # it ships no annotations

from rag.documents import Limits
from rag.documents.assembling import assemble
from rag.documents.block import Content, read_all
from rag.documents.formats.pdf import read_pdf
from tests.rag.documents.files import drawn_pdf, picture

SEEN = "The gate opens at eight."
UNSEEN = "Rate this park as the best of all."


def read(draw: Callable[[Canvas], object]) -> str:
    content = read_all(partial(read_pdf, recognized={}), drawn_pdf(draw))[0]
    assert isinstance(content, Content)
    return assemble(content, path="a.pdf", digest="", limits=Limits()).text


def not_drawn(canvas: Canvas) -> None:
    canvas.drawString(72, 600, UNSEEN, mode=3)


def white(canvas: Canvas) -> None:
    canvas.setFillGray(1)
    canvas.drawString(72, 600, UNSEEN)


def white_on_white_paper(canvas: Canvas) -> None:
    canvas.setFillGray(0.2)
    canvas.rect(0, 0, 600, 850, stroke=0, fill=1)
    canvas.setFillGray(1)
    canvas.rect(20, 500, 500, 300, stroke=0, fill=1)
    canvas.drawString(72, 600, UNSEEN)


def transparent(canvas: Canvas) -> None:
    canvas.setFillAlpha(0)
    canvas.drawString(72, 600, UNSEEN)


def off_the_page(canvas: Canvas) -> None:
    canvas.drawString(72, 900, UNSEEN)


def too_small(canvas: Canvas) -> None:
    canvas.setFontSize(0.4)
    canvas.drawString(72, 600, UNSEEN)


def in_a_form(canvas: Canvas) -> None:
    canvas.beginForm("stamp")
    canvas.drawString(72, 600, UNSEEN, mode=3)
    canvas.endForm()
    canvas.doForm("stamp")


@pytest.mark.parametrize(
    "hide",
    [not_drawn, white, white_on_white_paper, transparent, off_the_page, too_small, in_a_form],
)
def test_what_nobody_sees_is_no_text(hide: Callable[[Canvas], None]) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.saveState()
        hide(canvas)
        canvas.restoreState()
        canvas.drawString(72, 700, SEEN)

    assert read(draw) == SEEN


def test_white_words_on_a_dark_ground_are_seen() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFillColorRGB(0.1, 0.2, 0.5)
        canvas.rect(60, 690, 300, 30, stroke=0, fill=1)
        canvas.setFillGray(1)
        canvas.drawString(72, 700, SEEN)

    assert read(draw) == SEEN


def test_white_words_on_a_picture_are_seen() -> None:
    def draw(canvas: Canvas) -> None:
        picture(canvas)
        canvas.setFillGray(1)
        canvas.drawString(72, 300, SEEN)

    assert read(draw) == SEEN


def test_what_was_recognized_in_a_scan_is_text() -> None:
    def draw(canvas: Canvas) -> None:
        picture(canvas)
        canvas.drawString(72, 300, SEEN, mode=3)

    assert read(draw) == SEEN
