"""Slides are read with titles, texts in order, tables, charts and notes; a slide is a page."""

import io
from collections.abc import Callable
from typing import Any

import pptx
import pytest
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from rag.documents import Document, Limits
from rag.documents.assembling import assemble
from rag.documents.formats.slides import read_slides
from rag.errors import DocumentError


def made(build: Callable[[Any], object]) -> bytes:
    presentation = pptx.Presentation()
    build(presentation)
    target = io.BytesIO()
    presentation.save(target)
    return target.getvalue()


def slide(presentation: Any, title: str, *texts: str) -> Any:
    found = presentation.slides.add_slide(presentation.slide_layouts[1])
    found.shapes.title.text = title
    frame = found.placeholders[1].text_frame
    frame.text = texts[0] if texts else ""
    for text in texts[1:]:
        frame.add_paragraph().text = text
    return found


def box(on: Any, text: str, left: float, top: float) -> Any:
    shape = on.shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(1))
    shape.text_frame.text = text
    return shape.text_frame.paragraphs[0]


def told(data: bytes) -> list[tuple[str, str, int | None]]:
    found: Document = assemble(read_slides(data), path="a.pptx", digest="", limits=Limits())
    return [(p.section, found.text[p.start : p.end], p.page) for p in found.paragraphs]


def test_titles_lists_and_notes_with_the_number_of_the_slide() -> None:
    def build(file: Any) -> None:
        slide(file, "The harbour", "It has nine berths.")
        second = slide(file, "Fees", "Boats 80", "Rafts 20")
        second.notes_slide.notes_text_frame.text = "Say that children are free."

    assert told(made(build)) == [
        ("The harbour", "It has nine berths.", 1),
        ("Fees", "- Boats 80\n- Rafts 20", 2),
        ("Fees", "Notes: Say that children are free.", 2),
    ]


def test_boxes_are_read_from_the_top_and_from_the_left() -> None:
    def build(file: Any) -> None:
        found = file.slides.add_slide(file.slide_layouts[6])
        for text, left, top in (
            ("Fourth.", 5, 4),
            ("Second.", 5, 1.1),
            ("First.", 1, 1),
            ("Third.", 1, 4.2),
        ):
            box(found, text, left, top)

    assert [text for _, text, _ in told(made(build))] == ["First.", "Second.", "Third.", "Fourth."]


def test_tables_and_charts_are_rows() -> None:
    def build(file: Any) -> None:
        found = file.slides.add_slide(file.slide_layouts[5])
        found.shapes.title.text = "Year"
        table = found.shapes.add_table(3, 2, 0, Inches(2), Inches(4), Inches(1)).table
        for row, cells in enumerate([["Boat", "Fee"], ["Heron", "80"], ["", "95"]]):
            for column, text in enumerate(cells):
                table.cell(row, column).text = text
        table.cell(1, 0).merge(table.cell(2, 0))
        data: Any = CategoryChartData()  # type: ignore[no-untyped-call]  # not annotated
        data.categories = ["May", "June"]
        data.add_series("Guests", (31, 45))
        found.shapes.add_chart(
            XL_CHART_TYPE.COLUMN_CLUSTERED, 0, Inches(4), Inches(4), Inches(2), data
        )

    texts = [text for _, text, _ in told(made(build))]
    assert "Boat: Heron | Fee: 80\nBoat: Heron | Fee: 95" in texts
    assert "May | Guests: 31\nJune | Guests: 45" in texts


def test_struck_words_raised_figures_and_links() -> None:
    def build(file: Any) -> None:
        found = file.slides.add_slide(file.slide_layouts[6])
        line = box(found, "", 1, 1)
        for text, name, value in (
            ("The fee is ", "", ""), ("70 ", "strike", "sngStrike"), ("80", "", ""),
            ("1", "baseline", "30000"), (", see ", "", ""),
        ):  # fmt: skip
            run = line.add_run()
            run.text = text
            if name:
                run._r.get_or_add_rPr().set(name, value)  # noqa: SLF001 - python-pptx has no name for it
        run = line.add_run()
        run.text = "the form"
        run.hyperlink.address = "https://port.example/f"

    assert told(made(build))[0][1] == "The fee is 80[1], see the form (https://port.example/f)"


def test_hidden_slides_are_left_out_and_still_count() -> None:
    def build(file: Any) -> None:
        slide(file, "A", "Never seen.")._element.set("show", "0")  # noqa: SLF001 - as above
        slide(file, "B", "Seen here.")

    assert told(made(build)) == [("B", "Seen here.", 2)]


@pytest.mark.parametrize(
    ("data", "reason"), [(b"x", "not a PowerPoint file"), (made(lambda _: 0)[:999], "damaged")]
)
def test_what_is_no_presentation_is_named(data: bytes, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        read_slides(data)
