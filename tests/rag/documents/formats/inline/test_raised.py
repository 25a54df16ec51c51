"""Raised figures are notes or powers, and never part of the number before them."""

import pytest

from rag.documents.formats.inline.raised import lowered, note_mark, raised, ruby, with_figures


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"a toll of $40{raised('2')} a day", "a toll of $40[2] a day"),
        (f"in 1987{raised('3')}, not before", "in 1987[3], not before"),
        (f"the guild{raised('1,4')}.", "the guild[1,4]."),
        (f"the guild{raised('1')}{raised('2')}", "the guild[1][2]"),
        (f"already set{raised('[5]')}", "already set[5]"),
        (f"收入360元{raised('①')}，比去年多", "收入360元[①]，比去年多"),
        (f"total{raised('a')}", "total[a]"),
        (f"about 10{raised('7')} cells", "about 10^7 cells"),
        (f"3 × 10{raised('-4')} g", "3 × 10^-4 g"),
        (f"it costs €10{raised('2')}", "it costs €10[2]"),
        (f"60 m{raised('2')} of floor", "60 m^2 of floor"),
        (f"水面80米{raised('2')}", "水面80米^2"),
        (f"x{raised('n+1')} grows", "x^(n+1) grows"),
        (f"Mg{raised('2+')} ions", "Mg^2+ ions"),
        (f"the 22{raised('nd')} of May", "the 22nd of May"),
        (f"le XIX{raised('e')} siècle", "le XIXe siècle"),
        (f"C{lowered('2')}H{lowered('6')}", "C2H6"),
        (f"log{lowered('2')}8", "log_2 8"),
        (f"1{raised('1')}/{lowered('2')} cups", "1 1/2 cups"),
        (f"{raised('13')}C is rare", "13C is rare"),
        (f"{raised('1')} See the annex", "[1] See the annex"),
        (f"a week{note_mark('i')} only", "a week[i] only"),
        (f"20{note_mark('7')}30", "20[7] 30"),
        ("nothing raised 10 6", "nothing raised 10 6"),
    ],
)
def test_what_is_raised_is_shown_as_what_it_is(text: str, shown: str) -> None:
    assert with_figures(text) == shown


def test_readings_stand_after_the_word_as_a_whole() -> None:
    assert with_figures(f"{ruby('京', 'きょう')}{ruby('都', 'と')}に行く") == "京都(きょうと)に行く"
    assert with_figures(ruby("字", "")) == "字"
