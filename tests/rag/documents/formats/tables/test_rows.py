"""Whether the first rows of a table name its columns is seen from the cells."""

import pytest

from rag.documents.formats.tables.cell_types import cell_type
from rag.documents.formats.tables.rows import row_lines


def lines(*rows: str, marked: bool = False) -> list[str]:
    """The rows that are shown; cells are written with bars between them."""
    cells = [[cell.strip() for cell in row.split("|")] for row in rows]
    return [line for line in row_lines(cells, marked=marked) if line]


@pytest.mark.parametrize(
    ("first", "second", "third"),
    [
        ("Opened | Mon to Sat 8 to 18", "Phone | 0666 7181", "Warden | Ilse Amt"),
        ("营业时间 | 周二至周日", "电话 | 0666-4411", "负责人 | 林月"),
        ("Bed | oak", "Bath | 2", "Garden | south"),
        ("Price: | on request", "Size: | large", "Colour: | blue"),
    ],
)
def test_two_columns_of_keys_and_values_are_read_as_such(
    first: str, second: str, third: str
) -> None:
    expected = [
        ": ".join(cell.strip(" :") for cell in row.split("|")) for row in (first, second, third)
    ]
    assert lines(first, second, third) == expected


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("Boat | Seats", ["Alma | 40", "Tern | 25"]),
        ("Boat | Skipper", ["Alma | Ilse Amt", "Tern | Olav Berg"]),
        ("Question | Answer", ["Where is it? | Behind the mill, on the left bank of the river.",
                               "Is it free? | For those who live in the village, and children."]),
        ("How old are you? | When? | Where?", ["31 | 3 May | Hill", "28 | 4 May | Mill"]),
        ("Name | Phone | Phone", ["Ann | 0666 123 | 0666 124", "Bo | 0666 125 | 0666 126"]),
        ("Item | 2022 | 2023", ["Oats | 12 | 14", "Rye | 8 | 9"]),
        ("Key | Value", ["colour | blue", "size | 40", "phone | 0666 123 45"]),
        ("Part | Q1 | Q2", ["Oars | 3.50 | 4.20", "Ropes | 1.10 | 0.90"]),
    ],
)  # fmt: skip
def test_names_of_columns_stand_before_their_values(header: str, rows: list[str]) -> None:
    names = [name.strip() for name in header.split("|")]
    values = [value.strip() for value in rows[0].split("|")]
    expected = " | ".join(f"{n}: {v}" for n, v in zip(names, values, strict=True))
    assert lines(header, *rows)[0] == expected
    assert len(lines(header, *rows)) == len(rows)


def test_rows_of_values_alone_have_no_names() -> None:
    assert lines("3 | 4 | 5", "6 | 7 | 8") == ["3 | 4 | 5", "6 | 7 | 8"]
    assert (
        lines("Alma | red | oak", "Alma | blue | pine", "Tern | red | oak")[0] == "Alma | red | oak"
    )


def test_two_rows_of_names_are_joined_the_nearer_one_first() -> None:
    found = lines(
        "Crop | Spring | | Autumn |", " | sown | cut | sown | cut", "Oats | 3 | 2 | 5 | 4"
    )
    assert found == [
        "Crop: Oats | sown, Spring: 3 | cut, Spring: 2 | sown, Autumn: 5 | cut, Autumn: 4"
    ]


def test_two_rows_of_names_where_the_format_marks_one() -> None:
    rows = ("Crop | Spring | ", " | sown | cut", "Oats | 3 | 2", "Rye | 4 | 1")
    assert lines(*rows, marked=True)[1] == "Crop: Rye | sown, Spring: 4 | cut, Spring: 1"


def test_units_below_the_names_belong_to_them() -> None:
    found = lines("Lake | Depth | Area", " | m | km²", "Mirror | 31 | 4.5", "Reed | 6 | 1.2")
    assert found[1] == "Lake: Reed | Depth (m): 6 | Area (km²): 1.2"


def test_a_first_row_of_missing_values_is_a_row() -> None:
    found = lines("Lake | Depth | Area", "Long | n/a | -", "Reed | 6 | 1.2", "Mirror | 31 | 4.5")
    assert found[0] == "Lake: Long | Depth: n/a | Area: -"


def test_a_marked_header_is_one_unless_its_cells_can_be_no_names() -> None:
    assert (
        lines("Boat | Colour", "Alma | red", "Tern | 40", marked=True)[0]
        == "Boat: Alma | Colour: red"
    )
    keyed = lines("Open | 8 to 18", "Phone | 0666 71 81", "Beds | 12", marked=True)
    assert keyed == ["Open: 8 to 18", "Phone: 0666 71 81", "Beds: 12"]


def test_an_empty_header_leaves_keys_and_values() -> None:
    assert lines(" | ", "Open | daily", "Phone | 0666 71 81", marked=True) == [
        "Open: daily", "Phone: 0666 71 81",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("£1,200.50", "number"), ("-3.5 %", "number"), ("1 200,5 €", "number"), ("18 km", "number"),
        ("3 May", "date"), ("2024-05-01", "date"), ("5月3日", "date"), ("9:30 am", "time"),
        ("0666 71 81 2", "contact"), ("a@b.org", "contact"), ("https://x.org/y", "contact"),
        ("KX-71-B5", "code"),
        ("1987", "year"), ("Q1", "text"), ("n/a", "missing"), ("—", "missing"),
        ("behind hall 9", "text"), ("Mon to Fri 9 to 17", "text"), ("1200000", "number"),
    ],
)  # fmt: skip
def test_the_type_of_a_cell(text: str, kind: str) -> None:
    assert cell_type(text) == kind
