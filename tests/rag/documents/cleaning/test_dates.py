"""Dates as people write them."""

import pytest

from rag.documents.cleaning.dates import find_date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2021-04-19 山村网", "2021-04-19"),
        ("发布时间：2021年4月9日 10:30", "2021-04-09"),
        ("2021/4/9", "2021-04-09"),
        ("2021.04.09", "2021-04-09"),
        ("2021年4月", "2021-04"),
        ("二〇二一年四月十九日", "2021-04-19"),
        ("二零二一年十二月三十日", "2021-12-30"),
        ("Published on April 9, 2021", "2021-04-09"),
        ("9 Sept. 2021", "2021-09-09"),
        ("2021-13-45", None),
        ("120211-04-19", None),
        ("2021", None),
        ("no date", None),
    ],
)
def test_a_date_is_found_in_any_usual_form(text: str, date: str | None) -> None:
    found = find_date(text)
    assert (found[0] if found else None) == date
