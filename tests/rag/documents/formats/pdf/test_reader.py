"""PDF files are read with pages, headings and whole paragraphs; what has no text says so."""

import re
from collections.abc import Callable
from functools import partial

import pytest
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]  # it ships no annotations
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]  # none shipped
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]  # it ships no annotations

from rag.documents import Document, Limits
from rag.documents.assembling import assemble
from rag.documents.block import Content, Omitted, read_all
from rag.documents.document import PICTURE_PAGE
from rag.documents.formats.pdf import read_pdf
from rag.errors import DocumentError
from tests.rag.documents.files import drawn_pdf, pdf, picture

FIRST = (
    "截至11月底，盘锦市新增创业的有11331人，由此带动就业20352人，零就业家庭动态为零，全市各类园区和平台"
    "还为返乡人员提供了培训、贷款和场地等多项服务，受到居民的普遍欢迎和好评。"
)
SECOND = (
    "全市改造老旧小区45个，惠及居民1.9万户；新建口袋公园12处，铺设步道36公里，安装健身器材800套。"
)


#: Where nothing recognizes text in pictures.
unrecognized = partial(read_pdf, recognized={})


def read(data: bytes) -> tuple[Document, list[Omitted]]:
    found = read_all(unrecognized, data)
    content = found[0]
    assert isinstance(content, Content)
    omitted = [item for item in found[1:] if isinstance(item, Omitted)]
    return assemble(content, path="a.pdf", digest="", limits=Limits()), omitted


def told(document: Document) -> list[tuple[int | None, str, str]]:
    return [(p.page, p.section, document.text[p.start : p.end]) for p in document.paragraphs]


def test_lines_are_joined_without_spaces_under_their_headings_with_their_pages() -> None:
    document, omitted = read(
        pdf(
            ("title", "盘锦市2022年民生工作"),
            ("heading", "一、就业"),
            ("body", FIRST),
            ("page", ""),
            ("heading", "二、城市"),
            ("body", SECOND),
        )
    )
    assert told(document) == [(1, "一、就业", FIRST), (2, "二、城市", SECOND)]
    assert document.title == "盘锦市2022年民生工作"
    assert not omitted


def test_lines_are_counted_through_all_pages() -> None:
    document, _ = read(pdf(("body", FIRST), ("page", ""), ("body", SECOND)))
    first, second = document.paragraphs
    assert first.lines[0] == 1
    assert first.lines[1] > 1
    assert second.lines[0] == first.lines[1] + 1


def test_a_sentence_over_a_page_break_is_whole_and_the_running_head_is_gone() -> None:
    bodies = [("body", f"第{n}条。{SECOND}{FIRST}其{n}。") for n in range(40)]
    document, _ = read(pdf(*bodies, running="盘锦市人民政府公报"))
    texts = [text for _, _, text in told(document)]
    assert texts == [text for _, text in bodies]
    assert {p.page for p in document.paragraphs} >= {1, 2, 3}


def test_english_lines_are_joined_with_spaces_and_hyphens_stay() -> None:
    text = "The council publishes a well-known report on work and housing each year in spring. " * 4
    document, _ = read(pdf(("body", text), ("body", "Next one."), font="Helvetica"))
    assert [t for _, _, t in told(document)] == [text.strip(), "Next one."]


def test_words_divided_at_the_ends_of_lines_are_whole_and_compounds_keep_their_hyphen() -> None:
    def draw(canvas: Canvas) -> None:
        for row, line in enumerate(
            [
                "The ferry is run by the village itself, and its time-table is on a post. In win-",
                "ter it runs only by daylight. Whoever has missed the last boat reads the time-",
                "table again and waits. Goods from abroad need the stamp of the cross-",
                "border office, which is open on market days.",
            ]
        ):
            canvas.drawString(72, 700 - 14 * row, line)

    document, _ = read(drawn_pdf(draw))
    text = " ".join(text for _, _, text in told(document))
    assert "In winter it runs" in text
    assert "reads the time-table again" in text
    assert "the cross-border office" in text


def test_a_table_is_read_row_by_row_with_the_names_of_its_columns() -> None:
    rows = [["县区", "新增就业", "完成率"], ["双台子区", "5012人", "102%"]]
    document, _ = read(pdf(("body", FIRST), rows))
    assert told(document)[-1][2] == "县区: 双台子区 | 新增就业: 5012人 | 完成率: 102%"


def test_the_files_own_outline_makes_headings() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.bookmarkPage("a")
        canvas.addOutlineEntry("Method", "a", 0)
        canvas.drawString(72, 700, "Method")
        canvas.drawString(72, 680, "We asked a hundred people in the town.")
        canvas.bookmarkPage("b")
        canvas.addOutlineEntry("Result", "b", 0)
        canvas.drawString(72, 660, "Result")
        canvas.drawString(72, 640, "Most of them had found work.")

    document, _ = read(drawn_pdf(draw))
    assert told(document) == [
        (1, "Method", "We asked a hundred people in the town."),
        (1, "Result", "Most of them had found work."),
    ]


def test_a_large_sign_in_a_line_makes_it_no_heading() -> None:
    def draw(canvas: Canvas) -> None:
        for row, text in enumerate(["Boats are rented out by the hour", "until the sun has set."]):
            line = canvas.beginText(72, 700 - 16 * row)
            line.setFont("Helvetica", 12 if row else 16)
            line.textOut("" if row else "(")
            line.setFont("Helvetica", 12)
            line.textOut(text)
            canvas.drawText(line)

    document, _ = read(drawn_pdf(draw))
    (paragraph,) = document.paragraphs
    assert paragraph.section == ""


@pytest.mark.parametrize(
    ("title", "known"),
    [("民生报告", "民生报告"), ("untitled", "a"), ("Microsoft Word - x.doc", "a")],
)
def test_the_title_of_the_file_counts_unless_a_program_wrote_it(title: str, known: str) -> None:
    data = pdf(("body", FIRST), title=title)
    content = next(item for item in read_all(unrecognized, data) if isinstance(item, Content))
    document = assemble(content, path="report.pdf", digest="", limits=Limits())
    assert document.title == (known if known != "a" else "report")


def test_the_date_is_the_files_unless_the_text_has_one() -> None:
    document, _ = read(pdf(("body", FIRST)))
    assert document.date is not None
    assert len(document.date) == 10
    document, _ = read(pdf(("title", "民生工作"), ("body", "2022年12月8日"), ("body", FIRST)))
    assert document.date == "2022-12-08"


def test_a_scan_is_refused_with_what_to_do() -> None:
    with pytest.raises(DocumentError, match=r"None of its 2 pages.*scan.*wenda\[ocr\]"):
        read_all(unrecognized, drawn_pdf(picture, picture))


def test_scanned_pages_among_others_are_named() -> None:
    def words(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "Words on a page.")

    document, omitted = read(drawn_pdf(words, picture, picture, picture, words, picture))
    assert [p.page for p in document.paragraphs] == [1, 5]
    assert [item.where for item in omitted] == ["pages 2–4, 6"]
    assert "wenda[ocr]" in omitted[0].reason
    assert (omitted[0].what, omitted[0].place, omitted[0].count) == (PICTURE_PAGE, "2–4, 6", 4)


def test_pages_with_a_picture_and_few_words_are_read_and_named() -> None:
    def words(canvas: Canvas) -> None:
        for row in range(20):
            canvas.drawString(72, 700 - 14 * row, "Words that fill a page with what they say.")

    def captioned(canvas: Canvas) -> None:
        picture(canvas)
        canvas.drawString(72, 720, "Map of the valley")

    def illustrated(canvas: Canvas) -> None:
        picture(canvas)
        words(canvas)

    def recognized(canvas: Canvas) -> None:
        picture(canvas)
        canvas.drawString(72, 300, "Cover", mode=3)

    document, omitted = read(drawn_pdf(words, captioned, illustrated, recognized))
    assert "Map of the valley" in document.text
    assert [(item.where, "few words" in item.reason) for item in omitted] == [("page 2", True)]


def nameless(*pages: Callable[[Canvas], object]) -> bytes:
    """A PDF file whose font `Vera` does not say which letters it draws."""
    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
    return re.sub(rb"/ToUnicode \d+ \d+ R", lambda match: b" " * len(match[0]), drawn_pdf(*pages))


def in_vera(canvas: Canvas) -> None:
    canvas.setFont("Vera", 12)
    # Of these the program that sets the page makes codes of its own.
    canvas.drawString(72, 700, "éàüö çñåø ëïâê îôûù éàüö çñåø ëïâê îôûù")


def test_pages_whose_letters_have_no_names_are_named_and_the_others_read() -> None:
    def words(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "Words on a page.")

    document, omitted = read(nameless(words, in_vera, words))
    assert [(p.page, document.text[p.start : p.end]) for p in document.paragraphs] == [
        (1, "Words on a page."),
        (3, "Words on a page."),
    ]
    assert [item.where for item in omitted] == ["page 2"]
    assert "without saying which" in omitted[0].reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (drawn_pdf(lambda c: c.drawString(9, 9, "x"), locked="p"), "password.*Save a copy"),
        (b"%PDF-1.7\nnothing", "damaged.*Export"),
        (b"PK\x03\x04 zip", "ZIP archive.*not a PDF"),
        (b"plain words", "not a PDF file.*ending"),
        (drawn_pdf(lambda c: c.rect(0, 0, 9, 9)), "no text on its pages"),
        (nameless(in_vera), r"without saying which.*wenda\[ocr\]"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_to_do(data: bytes, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        read_all(unrecognized, data)
