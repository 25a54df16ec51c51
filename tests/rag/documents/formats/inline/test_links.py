"""Addresses behind links are told where the words of the link do not say them."""

import pytest

from rag.documents.formats.inline.links import Addresses, shown_address


@pytest.mark.parametrize(
    ("target", "words", "shown"),
    [
        ("https://pool.example/tickets", "the ticket page", "https://pool.example/tickets"),
        ("mailto:desk@pool.example?subject=x", "the desk", "desk@pool.example"),
        ("tel:+4955501", "call us", "+4955501"),
        ("https://www.pool.example/", "pool.example", None),
        ("mailto:desk@pool.example", "desk@pool.example", None),
        ("tel:+49555012345", "0555 012345", None),
        ("#top", "up", None),
        ("page2.html", "next", None),
        ("javascript:void(0)", "open", None),
        ("https://[bad", "broken", None),
        ("https://pool.example/" + "a" * 300, "long", None),
        ("https://pool.example/a.png", " ", None),
    ],
)
def test_an_address_is_shown_where_it_says_something_new(
    target: str, words: str, shown: str | None
) -> None:
    assert shown_address(target, words) == shown


def test_a_paragraph_tells_each_address_once_and_few_of_them() -> None:
    addresses = Addresses()
    assert addresses.address_after("https://a.example/", "one") == " (https://a.example/)"
    assert addresses.address_after("https://a.example/", "again") == ""
    told = [addresses.address_after(f"https://b{n}.example/", "more") for n in range(9)]
    assert [bool(each) for each in told] == [True] + [False] * 8
