"""PDF pages are read as people read them: column by column, tables row by row."""

from collections.abc import Callable, Sequence

import pytest
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]  # it ships no annotations
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]  # none shipped
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]  # it ships no annotations

from rag.documents import Document, Limits
from rag.documents.assembling import assemble
from rag.documents.block import Content, read_all
from rag.documents.formats.pdf import read_pdf
from tests.rag.documents.files import drawn_pdf
from tests.rag.documents.formats.pdf.samples import LEFT, RIGHT


def read(*pages: Callable[[Canvas], object]) -> list[str]:
    content = read_all(read_pdf, drawn_pdf(*pages))[0]
    assert isinstance(content, Content)
    document: Document = assemble(content, path="a.pdf", digest="", limits=Limits())
    return [document.text[p.start : p.end] for p in document.paragraphs]


def columns(canvas: Canvas, lines: Sequence[tuple[float, float, str]]) -> None:
    canvas.setFont("Times-Roman", 10)
    for left, top, text in lines:
        canvas.drawString(left, top, text)


def by_row(*texts: Sequence[str], gap: float = 12) -> list[tuple[float, float, str]]:
    rows = enumerate(zip(*texts, strict=True))
    return [
        (60 + 190 * at, 700 - gap * row, text)
        for row, cells in rows
        for at, text in enumerate(cells)
        if text
    ]


@pytest.mark.parametrize("interleaved", [False, True])
def test_columns_are_read_one_after_the_other_however_they_are_drawn(interleaved: bool) -> None:
    lines = by_row(LEFT, RIGHT)
    if not interleaved:
        lines.sort()
        lines = lines[4::-1] + lines[:4:-1]
    texts = read(lambda canvas: columns(canvas, lines))
    assert " ".join(texts) == " ".join([*LEFT, *RIGHT])


def test_a_line_across_both_columns_parts_what_is_above_from_what_is_below() -> None:
    across = (60, 620, "Below are the rules that the assembly of the valley has passed this year.")
    below = [(left, top - 100, text) for left, top, text in by_row(LEFT, RIGHT)]
    texts = read(lambda canvas: columns(canvas, [*by_row(LEFT, RIGHT), across, *below]))
    joined = " ".join(texts)
    half = " ".join([*LEFT, *RIGHT])
    assert joined == f"{half} {across[2]} {half}"


def test_lines_of_a_wrapped_cell_stay_in_their_row() -> None:
    lines = [
        (60, 700, "Boat"), (200, 700, "Toll"), (320, 700, "Remark"),
        (60, 680, "Raft"), (200, 680, "7 crowns"),
        (320, 680, "Only by day and"), (320, 668, "with two men"),
        (60, 648, "Barge"), (200, 648, "4 crowns"), (320, 648, "At all hours"),
    ]  # fmt: skip
    texts = read(lambda canvas: columns(canvas, lines))
    assert "\n".join(texts) == (
        "Boat: Raft | Toll: 7 crowns | Remark: Only by day and with two men\n"
        "Boat: Barge | Toll: 4 crowns | Remark: At all hours"
    )


def test_names_that_stand_beside_their_figures_are_theirs() -> None:
    lines = [(60, 700, "Village"), (150, 700, "Households"), (300, 700, "Sheep")]
    for row, (village, households, sheep) in enumerate(
        [("Aldbeck", "112", "940"), ("Burham", "87", "1,310"), ("Cold Ash", "45", "260")]
    ):
        lines += [(60, 684 - 14 * row, village), (210, 684 - 14 * row, households)]
        lines += [(300, 684 - 14 * row, sheep)]
    texts = read(lambda canvas: columns(canvas, lines))
    assert "Village: Burham | Households: 87 | Sheep: 1,310" in texts[0].split("\n")


def test_a_table_goes_on_over_the_page_with_the_names_of_its_columns() -> None:
    head = [(60.0, 740.0, "Village"), (200.0, 740.0, "Sheep")]

    def page(first: int, *, headed: bool) -> Callable[[Canvas], object]:
        rows = [
            cell
            for at in range(5)
            for cell in (
                (60.0, 720.0 - 14 * at, f"Hamlet {'ABCDEFGHIJKLMNO'[first + at]}"),
                (200.0, 720.0 - 14 * at, f"{first + at}00"),
            )
        ]
        return lambda canvas: columns(canvas, [*(head if headed else []), *rows])

    texts = read(page(0, headed=True), page(5, headed=False), page(10, headed=True))
    rows = "\n".join(texts).split("\n")
    assert rows[7] == "Village: Hamlet H | Sheep: 700"
    assert rows[14] == "Village: Hamlet O | Sheep: 1400"
    assert len(rows) == 15


def test_where_no_header_is_sure_cells_have_no_names() -> None:
    lines = [
        (60, 700, "Opening hours"), (200, 700, "daily except Monday"),
        (60, 684, "Telephone"), (200, 684, "ask at the gate"),
    ]  # fmt: skip
    texts = read(lambda canvas: columns(canvas, lines))
    assert texts == ["Opening hours | daily except Monday\nTelephone | ask at the gate"]


def test_questions_and_their_answers_are_no_columns_with_names() -> None:
    lines = [
        (60, 700, "Keeper"), (200, 700, "Orla Finn"),
        (60, 684, "Opened on"), (200, 684, "3 May 1954"),
        (60, 668, "Berths"), (200, 668, "48"),
    ]  # fmt: skip
    texts = read(lambda canvas: columns(canvas, lines))
    assert texts == ["Keeper | Orla Finn\nOpened on | 3 May 1954\nBerths | 48"]


def test_the_number_of_an_entry_belongs_to_its_words() -> None:
    lines = [
        (60, 700, "1."), (90, 700, "Close the gate behind you."),
        (60, 684, "2."), (90, 684, "Keep the dogs on a lead."),
        (60, 668, "(3)"), (90, 668, "Leave no fire burning."),
        (60, 652, "4.1"), (90, 652, "Ask the keeper."),
    ]  # fmt: skip
    texts = read(lambda canvas: columns(canvas, lines))
    assert texts == [
        "1. Close the gate behind you.",
        "2. Keep the dogs on a lead.",
        "(3) Leave no fire burning.",
        "4.1 Ask the keeper.",
    ]


def test_words_on_their_side_are_read_after_the_page() -> None:
    def draw(canvas: Canvas) -> None:
        columns(canvas, [(60, 700, "Sheep are counted in spring."), (60, 686, "Then they go up.")])
        canvas.rotate(90)
        canvas.drawString(300, -500, "Print of the county")

    assert read(draw) == [
        "Sheep are counted in spring. Then they go up.",
        "Print of the county",
    ]


def test_vertical_japanese_is_read_from_the_right_column_to_the_left() -> None:
    font = "HeiseiMin-W3"
    pdfmetrics.registerFont(UnicodeCIDFont(font, isVertical=True))

    def draw(canvas: Canvas) -> None:
        canvas.setFont(font, 12)
        for column, text in enumerate(["水車は村の北にある。", "春になると回る。"]):
            canvas.drawString(500 - 24 * column, 700, text)

    assert "".join(read(draw)) == "水車は村の北にある。春になると回る。"


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_page_that_lies_on_its_side_or_its_head_is_read_as_if_turned(angle: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.translate(300, 400)
        canvas.rotate(angle)
        columns(canvas, [(left - 250, top - 600, text) for left, top, text in by_row(LEFT, RIGHT)])

    assert " ".join(read(draw)) == " ".join([*LEFT, *RIGHT])


def test_a_line_drawn_twice_to_make_it_bold_is_read_once() -> None:
    def draw(canvas: Canvas) -> None:
        columns(canvas, [(60, 700, "Closed in winter."), (60.4, 700, "Closed in winter.")])
        columns(canvas, [(60, 680, "Open"), (60, 660, "Open")])

    assert " ".join(read(draw)) == "Closed in winter. Open Open"


def test_rows_drawn_column_by_column_stay_rows() -> None:
    names = ["Boat", "Raft", "Barge", "Punt"]
    tolls = ["Toll", "7", "4", "2"]
    lines = [(60.0, 700.0 - 14 * at, name) for at, name in enumerate(names)]
    lines += [(160.0, 700.0 - 14 * at, toll) for at, toll in enumerate(tolls)]
    texts = read(lambda canvas: columns(canvas, lines))
    assert texts == ["Boat: Raft | Toll: 7\nBoat: Barge | Toll: 4\nBoat: Punt | Toll: 2"]


def test_a_table_inside_a_column_does_not_mix_the_columns() -> None:
    fees = [("Raft", "7 crowns"), ("Barge", "4 crowns"), ("Punt", "2 crowns"), ("Skiff", "1 crown")]
    left = [
        cell
        for row, (boat, fee) in enumerate(fees)
        for cell in ((60.0, 640.0 - 12 * row, boat), (150.0, 640.0 - 12 * row, fee))
    ]
    prose = [(60.0, 700.0 - 12 * row, text) for row, text in enumerate(LEFT)]
    right = [(260.0, 700.0 - 12 * row, text) for row, text in enumerate([*RIGHT, *LEFT])]
    texts = read(lambda canvas: columns(canvas, [*prose, *left, *right]))
    rows = "\n".join(f"{boat} | {fee}" for boat, fee in fees)
    assert " ".join(texts) == " ".join([*LEFT, rows, *RIGHT, *LEFT])


def test_lines_drawn_between_rows_tell_which_lines_are_one_row() -> None:
    cells = [
        (60, 700, "Craft"), (160, 700, "Rule"),
        (60, 666, "Rafts"), (160, 672, "Only by day, and with two"), (160, 660, "men on board."),
        (60, 626, "Barges"), (160, 632, "At any hour the keeper"), (160, 620, "has agreed to."),
        (60, 592, "Punts"), (160, 592, "Never."),
    ]  # fmt: skip

    def draw(canvas: Canvas) -> None:
        for height in (715, 690, 650, 610, 585):
            canvas.line(50, height, 320, height)
        columns(canvas, sorted(cells, key=lambda cell: (-cell[1], cell[0])))

    rows = "\n".join(read(draw)).split("\n")
    assert rows[-3:] == [
        "Rafts | Only by day, and with two men on board.",
        "Barges | At any hour the keeper has agreed to.",
        "Punts | Never.",
    ]


def test_a_table_drawn_column_by_column_with_empty_cells_stays_a_table() -> None:
    table = [
        ("Village", "Sheep", "Goats", "Total"),
        *((f"Hamlet {at}", f"{at}1", f"{at}2" if at % 2 else "", f"{at}3") for at in range(1, 9)),
    ]
    drawn = [
        (60.0 + 90 * column, 700.0 - 14 * row, cells[column])
        for column in range(4)
        for row, cells in enumerate(table)
        if cells[column]
    ]
    rows = "\n".join(read(lambda canvas: columns(canvas, drawn))).split("\n")
    assert rows[2] == "Village: Hamlet 3 | Sheep: 31 | Goats: 32 | Total: 33"
    assert rows[3] == "Village: Hamlet 4 | Sheep: 41 | Total: 43"


def test_words_of_a_line_stretched_to_fill_its_column_are_no_cells() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Times-Roman", 10)
        canvas.drawString(60, 712, "The keeper of the lock was always called by name")
        line = canvas.beginText(60, 700)
        line.setWordSpace(14)
        line.textOut("whenever boats came down the river")
        line.setWordSpace(0)
        canvas.drawText(line)
        canvas.drawString(60, 688, "in spring.")

    assert " ".join(read(draw)) == (
        "The keeper of the lock was always called by name "
        "whenever boats came down the river in spring."
    )
