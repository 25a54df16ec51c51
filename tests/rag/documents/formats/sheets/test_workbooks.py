"""Each row of a workbook can be quoted alone, with its sheet and the names of its columns."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
import xlwt  # type: ignore[import-untyped]  # it ships no annotations
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.workbook import Workbook

from rag.documents import Document, Limits
from rag.documents.assembling import assemble
from rag.documents.block import Content
from rag.documents.formats.sheets import read_old_workbook, read_workbook
from rag.errors import DocumentError


def made(build: Callable[[Workbook], object]) -> bytes:
    book = openpyxl.Workbook()
    build(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def document(content: Content) -> Document:
    return assemble(content, path="a.xlsx", digest="", limits=Limits())


def rows(data: bytes) -> list[tuple[str, str, int]]:
    found = document(read_workbook(data))
    return [(p.section, found.text[p.start : p.end], p.lines[0]) for p in found.paragraphs]


def fees(book: Workbook) -> None:
    sheet = book.worksheets[0]
    sheet.title = "Fees"
    for row in (["Boat", "Fee", "Paid"], ["Heron", 80.5, dt.date(2024, 5, 2)], ["Teal", 95, None]):
        sheet.append(row)
    sheet["B2"].number_format = '#,##0.00 "€"'
    sheet["C2"].number_format = "d mmm yyyy"


def test_a_row_is_a_passage_with_sheet_and_columns_as_shown() -> None:
    assert rows(made(fees)) == [
        ("Fees", "Boat: Heron | Fee: 80.50 € | Paid: 2 May 2024", 2),
        ("Fees", "Boat: Teal | Fee: 95", 3),
    ]


def test_an_only_sheet_without_a_name_of_its_own_opens_no_section() -> None:
    assert rows(made(lambda book: book.worksheets[0].append(["Boat", "Heron"])))[0][0] == ""


def test_several_tables_of_a_sheet_have_their_own_columns() -> None:
    def build(book: Workbook) -> None:
        sheet = book.worksheets[0]
        sheet["A1"] = "Harbour, summer 2024"
        boats: list[tuple[str, str | int]] = [("Boat", "Fee"), ("Heron", 80), ("Teal", 95)]
        gates: list[tuple[str, str | int]] = [("Gate", "Width"), ("North", 4), ("South", 6)]
        for first, table in ((3, boats), (8, gates)):
            for at, (name, value) in enumerate(table, first):
                sheet.cell(at, 2, name)
                sheet.cell(at, 3, value)

    assert [text for _, text, _ in rows(made(build))] == [
        "Harbour, summer 2024",
        "Boat: Heron | Fee: 80",
        "Boat: Teal | Fee: 95",
        "Gate: North | Width: 4",
        "Gate: South | Width: 6",
    ]


def test_merged_cells_count_for_each_row_and_name_both_columns() -> None:
    def build(book: Workbook) -> None:
        sheet = book.worksheets[0]
        for row in (
            ["Boat", "Length", None],
            [None, "hull", "mast"],
            ["Heron", 7, 9],
            [None, 6, 8],
        ):
            sheet.append(row)
        for area in ("A1:A2", "B1:C1", "A3:A4"):
            sheet.merge_cells(area)

    assert [text for _, text, _ in rows(made(build))] == [
        "Boat: Heron | Length hull: 7 | Length mast: 9",
        "Boat: Heron | Length hull: 6 | Length mast: 8",
    ]


def test_what_is_hidden_or_struck_out_is_no_text() -> None:
    def build(book: Workbook) -> None:
        fees(book)
        sheet = book.worksheets[0]
        sheet.append(["Gone", 1])
        sheet.row_dimensions[4].hidden = True
        sheet["B3"].font = Font(strike=True)
        sheet.column_dimensions["C"].hidden = True
        book.create_sheet("Secret").append(["Never", "seen"])
        book["Secret"].sheet_state = "hidden"

    assert [text for _, text, _ in rows(made(build))] == [
        "Boat: Heron | Fee: 80.50 €",
        "Boat: Teal",
    ]


def test_comments_follow_their_row_and_say_whose_they_are() -> None:
    def build(book: Workbook) -> None:
        fees(book)
        book.worksheets[0]["B2"].comment = Comment("Ida:\nhalf in winter", "Ida")

    assert rows(made(build))[1][1] == "Comment on B2 by Ida: half in winter"


def test_iso_strict_workbooks_are_read() -> None:
    data, target = made(fees), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            inner = source.read(name)
            for kind in (b"spreadsheetml", b"officeDocument"):
                inner = inner.replace(
                    b"http://schemas.openxmlformats.org/" + kind + b"/2006/",
                    b"http://purl.oclc.org/ooxml/" + kind + b"/",
                )
            archive.writestr(name, inner)
    assert len(rows(target.getvalue())) == 2


def old(build: Callable[[xlwt.Workbook], object]) -> bytes:
    book = xlwt.Workbook()
    build(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_old_workbooks_are_read_as_new_ones() -> None:
    def build(book: xlwt.Workbook) -> None:
        sheet = book.add_sheet("费用")
        for column, name in enumerate(("船", "费用", "日期")):
            sheet.write(0, column, name)
        sheet.write_merge(1, 2, 0, 0, "苍鹭")
        sheet.write(1, 1, 80.5, xlwt.easyxf(num_format_str="0.00"))
        day = xlwt.easyxf(num_format_str='yyyy"年"m"月"d"日"')
        sheet.write(1, 2, dt.date(2024, 5, 2), day)
        sheet.write(2, 1, 95)
        sheet.write(3, 0, "绿头鸭")
        sheet.write(3, 1, 7, xlwt.easyxf("font: struck_out on"))

    found = document(read_old_workbook(old(build)))
    texts = [found.text[p.start : p.end] for p in found.paragraphs]
    assert texts[:2] == ["船: 苍鹭 | 费用: 80.50 | 日期: 2024年5月2日", "船: 苍鹭 | 费用: 95"]
    assert "7" not in texts[2]
    assert found.paragraphs[0].section == "费用"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"words", "not an Excel workbook"),
        (made(fees)[:900], "damaged"),
        (b"PK\x03\x04", "damaged"),
    ],
)
def test_what_is_no_workbook_is_named(data: bytes, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        read_workbook(data)


def test_what_is_no_old_workbook_is_named() -> None:
    with pytest.raises(DocumentError, match="not an old Excel workbook"):
        read_old_workbook(b"words")
