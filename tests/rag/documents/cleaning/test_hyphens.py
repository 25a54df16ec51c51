"""A hyphen at the end of a line stays only where it is a compound's."""

import pytest

from rag.documents.cleaning.hyphens import broken_word, compounds, keeps_hyphen


@pytest.mark.parametrize(
    ("left", "right", "kept"),
    [
        ("permit", "ted in spring", False),
        ("cross", "border trade", True),
        ("cross", "ing the river", False),
        ("sister", "in-law of the mayor", True),
        ("state", "of-the-art", True),
        ("Eliza", "beth came", False),
    ],
)
def test_compounds_keep_it_and_divided_words_do_not(left: str, right: str, kept: bool) -> None:
    assert keeps_hyphen(left, right, frozenset()) is kept


def test_a_compound_of_the_text_keeps_it_elsewhere() -> None:
    known = compounds(["A water-tight hull is needed.", "The hull was water-", "tight at last."])
    assert keeps_hyphen("water", "tight at last.", known)


def test_two_words_of_the_text_are_a_compound_unless_it_has_them_as_one() -> None:
    lines = ["We sell price lists with", "many a factor determining the price-", "determining rule"]
    assert "price-determining" in compounds(lines)
    whole = ["a foot and a path are here", "one footpath leads on, the foot-", "path is old"]
    assert "foot-path" not in compounds(whole)


def test_only_letters_before_it_make_a_broken_word() -> None:
    assert broken_word("see page 12-") is None
    assert broken_word("the well-") == "well"
