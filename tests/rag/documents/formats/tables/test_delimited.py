"""Each row of a table in a text file is a paragraph with the names of its columns."""

import pytest

from rag.documents.formats.tables.delimited import read_tab_separated, read_table
from rag.documents.limits import COLUMNS
from rag.errors import DocumentError


def rows(text: str | bytes) -> list[tuple[str, tuple[int, int]]]:
    data = text if isinstance(text, bytes) else text.encode()
    return [(block.text, block.lines) for block in read_table(data).blocks]


def test_a_row_has_the_names_of_its_columns_and_its_lines_in_the_file() -> None:
    text = '姓名,出生年份,简介\r\n张三,1980,"他是医生，\r\n住在北京。"\r\n\r\n李四,,"说""好"""\r\n'
    assert rows(text) == [
        ("姓名: 张三 | 出生年份: 1980 | 简介: 他是医生，住在北京。", (2, 3)),
        ('姓名: 李四 | 简介: 说"好"', (5, 5)),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "，"])
def test_the_separator_is_found(delimiter: str) -> None:
    text = f"地区{delimiter}人口\n盘锦{delimiter}139万, 约\n洮北{delimiter}50万"
    if delimiter == ",":
        text = text.replace(", 约", "")
    assert rows(text)[-1] == ("地区: 洮北 | 人口: 50万", (3, 3))


def test_years_name_columns_and_numbers_do_not() -> None:
    assert rows("指标,2020,2021年\n就业,1,2")[0][0] == "指标: 就业 | 2020: 1 | 2021年: 2"
    assert rows("就业,100\n创业,200") == [("就业: 100", (1, 1)), ("创业: 200", (2, 2))]


def test_an_index_column_without_a_name_is_kept() -> None:
    assert rows(",name,age\n0,Ann,31")[0][0] == "0 | name: Ann | age: 31"


def test_a_header_alone_is_text() -> None:
    assert rows("name,age\n") == [("name | age", (1, 1))]


def test_old_encodings_are_recognized() -> None:
    text = "县区,新增就业\n双台子区,这一年新增就业的人数是五千人\n"
    assert "新增就业: 这一年" in rows(text.encode("gb18030"))[0][0]


def test_direction_marks_and_controls_do_not_come_through() -> None:
    assert rows("a,b\nx\u202ey,\x1b[31mz\n")[0][0] == "a: xy | b: [31mz"


def test_an_open_quote_takes_the_rest_without_failing() -> None:
    assert rows('a,b\n1,"never closed\nx,y\n') == [("a: 1 | b: never closed x,y", (2, 3))]


def test_too_many_columns_are_refused() -> None:
    with pytest.raises(DocumentError, match=r"Line 1 has more than.*columns"):
        rows("," * COLUMNS + "x")


def test_binary_data_is_refused() -> None:
    with pytest.raises(DocumentError, match="binary"):
        rows(b"\x00\x01,\x02")


@pytest.mark.parametrize(
    "header",
    ["指标,1月,2月", "name,1st place,2nd place", "地区,2021年,100,备注,说明", "Room,3D model"],
)
def test_names_of_columns_may_begin_with_digits(header: str) -> None:
    first, second = header.split(",")[:2]
    assert rows(f"{header}\n就业,x")[0][0] == f"{first}: 就业 | {second}: x"


@pytest.mark.parametrize(
    "cells", ["张三,1200元,35%", "Ann,2024-05-01", "Ann,$1,200.50", "Ann,-3.5"]
)
def test_a_row_of_numbers_amounts_and_dates_names_no_columns(cells: str) -> None:
    assert len(rows(f"{cells}\n{cells}")) == 2


def test_a_title_and_notes_above_a_table_are_kept_and_name_no_columns() -> None:
    above = "Ferries of the lake\nAll times are those of summer.\n"
    text = f"{above}Boat,Leaves,Seats\nAlma,9:10,40\nTern,11:30,25"
    found = read_table(text.encode()).blocks
    assert [(block.kind, block.text) for block in found] == [
        ("heading", "Ferries of the lake"),
        ("paragraph", "All times are those of summer."),
        ("paragraph", "Boat: Alma | Leaves: 9:10 | Seats: 40"),
        ("paragraph", "Boat: Tern | Leaves: 11:30 | Seats: 25"),
    ]
    assert [block.form for block in found[1:]] == ["text", "table", "table"]


@pytest.mark.parametrize(
    "padded", ["Ferries of the lake,,\n\n", "# made on Monday\nFerries of the lake\n"]
)
def test_titles_may_be_filled_up_with_empty_cells_or_be_comments(padded: str) -> None:
    found = rows(f"{padded}Boat,Leaves,Seats\nAlma,9:10,40\nTern,11:30,25")
    assert [words for words, _ in found][-2:] == [
        "Boat: Alma | Leaves: 9:10 | Seats: 40",
        "Boat: Tern | Leaves: 11:30 | Seats: 25",
    ]
    assert "Ferries of the lake" in [words for words, _ in found]


def test_facts_above_a_table_are_keys_with_values() -> None:
    text = "Club:,Rowers\nSaved:,€80.00\n\nDay,Paid to,Euros\n3 May,Oars,88.00\n9 May,Hill,30.00"
    assert [words for words, _ in rows(text)] == [
        "Club: Rowers",
        "Saved: €80.00",
        "Day: 3 May | Paid to: Oars | Euros: 88.00",
        "Day: 9 May | Paid to: Hill | Euros: 30.00",
    ]


def test_a_second_table_below_a_blank_line_has_its_own_columns() -> None:
    text = "Boat,Seats\nAlma,40\nTern,25\n\nPort,Depth,Light\nEast,3.5,red\nWest,2.1,green"
    assert [words for words, _ in rows(text)][-1] == "Port: West | Depth: 2.1 | Light: green"


def test_a_header_that_is_repeated_is_no_row() -> None:
    assert len(rows("Boat,Seats\nAlma,40\nTern,25\nBoat,Seats\nGull,7")) == 3


def test_tabs_separate_whatever_else_there_is() -> None:
    found = read_tab_separated(b"Boat\tSeats, about\nAlma\t40, at most\nTern\t25, at most").blocks
    assert found[0].text == "Boat: Alma | Seats, about: 40, at most"
