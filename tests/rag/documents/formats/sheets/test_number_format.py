"""Numbers and dates of cells are shown as a spreadsheet shows them."""

import datetime as dt

import pytest

from rag.documents.formats.sheets.number_format import is_date, shown_date, shown_number


def at(*moment: int) -> dt.datetime:
    """Cells have no time zones."""
    return dt.datetime(*moment)  # type: ignore[arg-type]  # noqa: DTZ001


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (3.0, "General", "3"),
        (0.1 + 0.2, "General", "0.3"),
        (1234.5, "#,##0.00", "1,234.50"),
        (0.256, "0.0%", "25.6%"),
        (0.5, "0%", "50%"),
        (7, "000", "007"),
        (1200, '"¥"#,##0', "¥1,200"),
        (1200, "#,##0 [$€-407]", "1,200 €"),
        (-5.5, "0.00;(0.00)", "(5.50)"),
        (-5.5, "0.00", "-5.50"),
        (-0.2, "0", "0"),
        (0, '0;-0;"none"', "0"),
        (2500000, "0.0,,", "2.5"),
        (12, '0"号楼"', "12号楼"),
        (1.5, "0.0#", "1.5"),
        (1e20, "General", "1e+20"),
        (float("nan"), "0", ""),
    ],
)
def test_a_number_in_a_format(value: float, code: str, shown: str) -> None:
    assert shown_number(value, code) == shown


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (at(2024, 3, 5), "yyyy-mm-dd", "2024-03-05"),
        (at(2024, 3, 5), "d/m/yy", "5/3/24"),
        (at(2024, 3, 5), 'yyyy"年"m"月"d"日"', "2024年3月5日"),
        (at(2024, 3, 5, 14, 7), "dd.mm.yyyy hh:mm", "05.03.2024 14:07"),
        (at(2024, 3, 5, 14, 7), "h:mm AM/PM", "2:07 PM"),
        (at(2024, 3, 5), "[$-409]d mmm yyyy;@", "5 Mar 2024"),
        (dt.time(9, 5), "h:mm", "9:05"),
        (dt.time(9, 5, 7), "mm:ss", "05:07"),
        (at(2024, 3, 5), "General", "2024-03-05"),
        (at(2024, 3, 5, 6, 30), "General", "2024-03-05 06:30"),
    ],
)
def test_a_date_in_a_format(value: dt.datetime | dt.time, code: str, shown: str) -> None:
    assert shown_date(value, code) == shown


def test_formats_of_dates_are_told_from_others() -> None:
    assert is_date("yyyy-mm-dd")
    assert is_date("[h]:mm")
    assert not is_date('0.00 "days"')
    assert not is_date("[Red]0.00")
