"""The words of a PDF's lines: raised figures apart, accents on, gaps between letters closed."""

from collections.abc import Callable

import pytest
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]  # it ships no annotations
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]  # none shipped
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]  # it ships no annotations

from rag.documents import Limits
from rag.documents.assembling import assemble
from rag.documents.block import Content, read_all
from rag.documents.formats.pdf import read_pdf
from tests.rag.documents.files import drawn_pdf


def read(draw: Callable[[Canvas], object]) -> str:
    content = read_all(read_pdf, drawn_pdf(draw))[0]
    assert isinstance(content, Content)
    return assemble(content, path="a.pdf", digest="", limits=Limits()).text


def parts(*texts: str) -> Callable[[Canvas], object]:
    """A line whose every second part is raised, or lowered where it begins with an underscore."""

    def draw(canvas: Canvas) -> None:
        line = canvas.beginText(72, 700)
        for at, text in enumerate(texts):
            small = at % 2 == 1
            line.setFont("Helvetica", 7 if small else 12)
            rise = -3 if text.startswith("_") else 4
            line.setRise(rise if small else 0)
            line.textOut(text.removeprefix("_"))
        canvas.drawText(line)

    return draw


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (("The toll is $75", "2", " for carts."), "The toll is $75[2] for carts."),
        (
            ("In 1931", "4", " the lock had 12", "5", " gates."),
            "In 1931[4] the lock had 12[5] gates.",
        ),
        (("It holds 3 × 10", "6", " litres."), "It holds 3 × 10^6 litres."),
        (("Its water is mostly H", "_2", "O."), "Its water is mostly H2O."),
        (("The 5", "th", " of May."), "The 5th of May."),
        (("", "1", "Carts with two wheels."), "[1] Carts with two wheels."),
    ],
)
def test_raised_figures_are_never_glued_to_numbers(texts: tuple[str, ...], words: str) -> None:
    assert read(parts(*texts)) == words


def test_an_accent_drawn_over_its_letter_is_part_of_it() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 12)
        x = 72 + canvas.stringWidth("A na")
        canvas.drawString(72, 700, "A na")
        canvas.drawString(x - 0.3, 700, "¨")
        canvas.drawString(x, 700, "ive guess.")

    assert read(draw) == "A naïve guess."


def test_an_accent_beside_a_letter_stays_a_sign() -> None:
    assert read(lambda canvas: canvas.drawString(72, 700, "The path ~ab and x^y.")) == (
        "The path ~ab and x^y."
    )


def chinese(draw: Callable[[Canvas], object]) -> str:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    return read(draw)


@pytest.mark.parametrize("gap", [4, 9, 15])
def test_chinese_letters_set_wide_are_whole_words(gap: float) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("STSong-Light", 12)
        canvas.drawString(72, 700, "渡口每日六时开放", charSpace=gap)

    assert chinese(draw) == "渡口每日六时开放"


def test_chinese_letters_placed_unevenly_are_whole_words() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("STSong-Light", 12)
        for left, letters in [(72, "渡口"), (102, "每日"), (127, "六时"), (157, "开放")]:
            canvas.drawString(left, 700, letters)

    assert chinese(draw) == "渡口每日六时开放"


def test_a_space_that_the_author_wrote_between_chinese_words_stays() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("STSong-Light", 12)
        canvas.drawString(72, 700, "渡口管理办法 第二章 船票")

    assert chinese(draw) == "渡口管理办法 第二章 船票"


def test_chinese_letters_that_all_have_spaces_between_them_are_whole_words() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("STSong-Light", 12)
        canvas.drawString(72, 700, "渡 口 管 理 办 法")

    assert chinese(draw) == "渡口管理办法"


def test_shapes_of_letters_are_the_letters() -> None:
    from rag.documents.formats.pdf.characters.glyphs import Glyph
    from rag.documents.formats.pdf.characters.wording import wording

    line = [Glyph(char, 10.0 * at, 0, 10.0 * at + 9, 9, 9, 2) for at, char in enumerate("ﬁ⽔︵﹁ﻼ")]
    assert wording(line) == "fi水（「لا"
