"""A hyphen at the end of a line stays only where it is a compound's."""

import pytest

from rag.documents.cleaning.hyphens import before_rest, broken_word, compounds


@pytest.mark.parametrize(
    ("left", "right", "end"),
    [
        ("permit-", "ted in spring", "permit"),
        ("cross-", "border trade", "cross-"),
        ("cross-", "ing the river", "cross"),
        ("sister-", "in-law of the mayor", "sister-"),
        ("state-", "of-the-art", "state-"),
        ("Eliza-", "beth came", "Eliza"),
        ("Ein-", "und Ausgang", "Ein- "),
        ("two-", "or three-year terms", "two- "),
        ("Baden-", "Baden lies", "Baden-"),
        ("file 2019-", "0042", "file 2019-"),
        ("pages 12–", "15", "pages 12–"),
        ("a break -", "then more", None),
        ("the end", "of it", None),
    ],
)
def test_the_end_of_a_line_before_the_next(left: str, right: str, end: str | None) -> None:
    assert before_rest(left, right, frozenset()) == end


def test_a_compound_of_the_text_keeps_it_elsewhere() -> None:
    known = compounds(["A water-tight hull is needed.", "The hull was water-", "tight at last."])
    assert before_rest("water-", "tight at last.", known) == "water-"


def test_two_words_of_the_text_are_a_compound_unless_it_has_them_as_one() -> None:
    lines = ["We sell price lists with", "many a factor determining the price-", "determining rule"]
    assert "price-determining" in compounds(lines)
    whole = ["a foot and a path are here", "one footpath leads on, the foot-", "path is old"]
    assert "foot-path" not in compounds(whole)


def test_only_letters_before_it_make_a_broken_word() -> None:
    assert broken_word("see page 12-") is None
    assert broken_word("the well-") == "well"
