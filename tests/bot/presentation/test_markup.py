"""Messages are cut where people would cut them, and Telegram takes every one."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.presentation.markup import LONGEST_MESSAGE, StyledText, clipped, html, plain, split, units
from tests.bot.telegram_html import parse

FAMILY = "👨‍👩‍👧‍👦"
#: What is torn, escaped, cut off or counted twice.
ALPHABET = st.sampled_from(
    [*"ab <>&\"'\n\t。.é中", "😀", "\u0301", "\u200d", "\ud83d", "\0", "</b>"]
)
TEXTS = st.lists(ALPHABET, max_size=60).map("".join)
RUNS = st.lists(
    st.builds(
        StyledText,
        TEXTS,
        bold=st.booleans(),
        italic=st.booleans(),
        quote=st.booleans(),
        link=st.none() | st.just('https://x.org/?a=1&b="2"'),
    ),
    max_size=6,
)


def visible(text: str) -> str:
    return "".join(text.split())


@example([StyledText("aaaa"), StyledText("aaa\x00")], 7)
@given(RUNS, st.integers(min_value=4, max_value=40))
def test_nothing_is_lost_and_nothing_is_too_long(runs: list[StyledText], limit: int) -> None:
    parts = split(runs, limit)
    assert visible("".join(map(plain, parts))) == visible(plain(runs))
    for part in parts:
        assert 0 < units(plain(part)) <= limit


@given(RUNS)
def test_telegram_reads_the_markup_as_it_was_meant(runs: list[StyledText]) -> None:
    for part in split(runs):
        marked = parse(html(part))
        assert marked.text == plain(part).strip()
        assert units(marked.text) <= LONGEST_MESSAGE


def test_a_message_ends_with_a_paragraph() -> None:
    runs = [StyledText("one\ntwo\n", bold=True), StyledText("three")]
    assert [plain(part) for part in split(runs, 8)] == ["one\ntwo", "three"]
    assert [html(part) for part in split(runs, 8)] == ["<b>one\ntwo</b>", "three"]


def test_a_long_paragraph_is_cut_after_a_sentence() -> None:
    assert [plain(each) for each in split([StyledText("一二三四。五六七八。九")], 8)] == [
        "一二三四。",
        "五六七八。九",
    ]


def test_what_fits_exactly_is_not_cut() -> None:
    assert len(split([StyledText("a" * LONGEST_MESSAGE)])) == 1
    assert len(split([StyledText("a" * LONGEST_MESSAGE + "\n")])) == 1
    assert len(split([StyledText("😀" * (LONGEST_MESSAGE // 2))])) == 1
    assert [len(plain(each)) for each in split([StyledText("😀" * 2049)])] == [2048, 1]
    assert [units(plain(each)) for each in split([StyledText("a" + "😀" * 2048)])] == [4095, 2]


def test_characters_of_several_code_points_stay_whole() -> None:
    parts = [plain(each) for each in split([StyledText(FAMILY * 10)], 25)]
    assert parts == [FAMILY * 2] * 5
    assert clipped(FAMILY * 3, 10) == FAMILY + "…"
    assert clipped("e\u0301" * 3, 4) == "e\u0301…"


def test_a_quotation_is_expandable_and_holds_its_bold_sentence() -> None:
    runs = [
        StyledText("a "),
        StyledText("b ", quote=True),
        StyledText("<c>", quote=True, bold=True),
    ]
    assert html(runs) == "a <blockquote expandable>b <b>&lt;c&gt;</b></blockquote>"


@pytest.mark.parametrize(
    ("text", "length"), [("", 0), ("a中", 2), ("😀", 2), (FAMILY, 11), ("\ud83d", 1)]
)
def test_lengths_are_counted_as_telegram_does(text: str, length: int) -> None:
    assert units(text) == length
