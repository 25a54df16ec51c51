"""Hebrew and Arabic lines of PDF files are read in the order in which people read them."""

from rag.documents.formats.pdf.characters.glyphs import Glyph
from rag.documents.formats.pdf.characters.wording import wording


def from_right(*shapes: str) -> list[Glyph]:
    """Glyphs of the shapes, from right to left on the page, each ten points wide.

    The characters of a shape share its box.
    """
    return [
        Glyph(char, 500 - 10.0 * at, 0, 510 - 10.0 * at, 10, 10, 2)
        for at, shape in enumerate(shapes)
        for char in shape
    ]


def test_a_full_stop_left_of_a_number_is_read_after_it() -> None:
    glyphs = from_right("\u05d4", "\u05d5", "\u05d0", " ")
    number = Glyph("52", 430, 0, 450, 10, 10, 2)
    stop = Glyph(".", 425, 0, 430, 10, 10, 2)
    assert wording([*glyphs, stop, number]) == "\u05d4\u05d5\u05d0 52."


def test_a_full_stop_inside_a_number_stays() -> None:
    glyphs = from_right("\u05d4", " ")
    parts = [
        Glyph(char, 400 + 10 * at, 0, 410 + 10 * at, 10, 10, 2) for at, char in enumerate("4.5")
    ]
    assert wording([*glyphs, *parts]) == "\u05d4 4.5"


def test_lam_and_alef_in_one_shape_are_read_lam_first() -> None:
    assert wording(from_right("\u0628", "\u0627\u0644", "\u062f")) == "\u0628\u0644\u0627\u062f"


def test_alef_and_lam_in_two_shapes_stay() -> None:
    assert wording(from_right("\u0627", "\u0644", "\u0628")) == "\u0627\u0644\u0628"


def test_a_vowel_sign_belongs_to_the_letter_before_the_full_stop() -> None:
    assert wording(from_right("\u0631", "\u0627", ".\u064b")) == "\u0631\u0627\u064b."


def test_brackets_open_before_they_close() -> None:
    assert wording(from_right("\u05d0", ")", "\u05d1", "(")) == "\u05d0(\u05d1)"
    assert wording(from_right("\u05d0", "(", "\u05d1", ")")) == "\u05d0(\u05d1)"


def test_presentation_forms_are_the_letters() -> None:
    assert wording(from_right("\ufe91", "\ufefc")) == "\u0628\u0644\u0627"


def test_a_word_that_was_turned_round_once_too_often_is_turned_back() -> None:
    one, other = from_right("\u05d0", "\u05d1", " "), from_right(*"    \u05d2\u05d3\u05d4")[4:]
    assert wording([*one, *reversed(other)]) == "\u05d0\u05d1 \u05d2\u05d3\u05d4"
