"""Tables of Word files keep each value under its column, however cells are merged or shifted."""

import pytest

from rag.documents.formats.word import read_word
from rag.errors import DocumentError
from tests.rag.documents.formats.word.samples import filled, said, texts


def cell(text: str, facts: str = "", looks: str = "") -> str:
    return f"<w:tc><w:tcPr>{facts}</w:tcPr>{said(text, looks)}</w:tc>"


def row(*cells: str, facts: str = "") -> str:
    made = "".join(each if each.startswith("<") else cell(each) for each in cells)
    return f"<w:tr><w:trPr>{facts}</w:trPr>{made}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


DOWN, ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
TWO = '<w:gridSpan w:val="2"/>'


def test_two_rows_of_names_are_read_together() -> None:
    body = table(
        row(cell("Boat", DOWN), cell("Length", TWO)),
        row(cell("", ON), "hull", "mast"),
        row("Heron", "7 m", "9 m"),
    )
    assert texts(body) == ["Boat: Heron | Length hull: 7 m | Length mast: 9 m"]


def test_a_row_that_begins_further_right_keeps_its_columns() -> None:
    body = table(
        row("Boat", "Berth", "Fee"),
        row("Heron", "12", "80"),
        row("14", "95", facts='<w:gridBefore w:val="1"/>'),
    )
    assert texts(body)[0].split("\n")[1] == "Berth: 14 | Fee: 95"


def test_marked_rows_are_the_header_whatever_is_in_them() -> None:
    marked = "<w:tblHeader/>"
    body = table(row("2023", "2024", facts=marked), row("12 boats", "14 boats"))
    assert texts(body) == ["2023: 12 boats | 2024: 14 boats"]


def test_a_row_of_one_cell_in_the_middle_stands_alone() -> None:
    body = table(
        row("Boat", "Fee"),
        row(cell("Members", TWO)),
        row("Heron", "80"),
        row(cell("Guests", TWO)),
        row("Teal", "95"),
    )
    assert texts(body)[0].split("\n") == [
        "Members", "Boat: Heron | Fee: 80", "Guests", "Boat: Teal | Fee: 95",
    ]  # fmt: skip


def test_labels_with_values_beside_them_are_no_header() -> None:
    body = table(row("Open", "9 to 5"), row("Warden", "Ida Lund 4"), row("Parking", "at the weir"))
    assert texts(body) == ["Open: 9 to 5\nWarden: Ida Lund 4\nParking: at the weir"]


def test_content_controls_around_cells_and_rows_are_looked_into() -> None:
    inner = f"<w:sdt><w:sdtContent>{row('Heron', '80')}</w:sdtContent></w:sdt>"
    held = f"<w:tc><w:sdt><w:sdtContent>{said('Fee')}</w:sdtContent></w:sdt></w:tc>"
    assert texts(table(row("Boat", held), inner)) == ["Boat: Heron | Fee: 80"]


def test_a_deleted_row_is_gone() -> None:
    body = table(row("Boat", "Fee"), row("Heron", "80"), row("Teal", "95", facts="<w:del/>"))
    assert texts(body) == ["Boat: Heron | Fee: 80"]


def test_a_table_around_tables_only_lays_out_the_page() -> None:
    nested = f"<w:tc>{table(row('Boat', 'Fee'), row('Heron', '80'))}<w:p/></w:tc>"
    assert texts(table(row("The fees of this year:", nested))) == [
        "The fees of this year:",
        "Boat: Heron | Fee: 80",
    ]


def test_a_table_with_too_many_columns_is_refused() -> None:
    wide = table(row(*["x"] * 1001))
    with pytest.raises(DocumentError, match="columns"):
        read_word(filled(wide))
