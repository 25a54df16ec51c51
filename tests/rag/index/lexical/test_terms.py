"""What is written in two ways is one term."""

import pytest

from rag.index.lexical.terms import terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("第二十三号", "第23号"),
        ("一千二百人", "1200人"),
        ("二〇二四年", "2024年"),
        ("两百零五个", "205个"),
        ("三亿五千万元", "350000000元"),
        ("٤٢ كتابا", "42 كتابا"),
        ("२३ लोग", "23 लोग"),
        ("４２ rooms", "42 rooms"),
    ],
)
def test_a_number_is_found_in_other_digits(one: str, other: str) -> None:
    number = next(term for term in terms(other) if term.isdigit())
    assert number in terms(one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("كِتَابٌ", "كتاب"),
        ("سلـــام", "سلام"),
        ("שָׁלוֹם", "שלום"),
        ("Καφές", "ΚΑΦΕΣ"),
        ("naïve café", "naive cafe"),
        ("Straße", "STRASSE"),
        ("ёлка", "елка"),
        ("libraries", "library"),
        ("cats", "cat"),
        ("圖書館", "图书馆"),
    ],
)
def test_a_word_is_found_in_another_spelling(one: str, other: str) -> None:
    assert terms(one) == terms(other)


def test_words_keep_the_vowel_signs_of_their_script() -> None:
    assert terms("हिन्दी में कितने") == ["हिन्दी", "में", "कितने"]
    assert terms("தமிழ் நாடு") == ["தமிழ்", "நாடு"]


def test_scripts_without_spaces_are_cut_into_syllables_that_find_each_other() -> None:
    assert set(terms("ราคา")) <= set(terms("ราคาตั๋วเท่าไร"))
    assert set(terms("ຫ້ອງ")) <= set(terms("ຫ້ອງສະໝຸດ"))


def test_a_plain_character_is_no_number() -> None:
    assert terms("一条路") == ["一条", "条路"]
    assert terms("三三两两") == ["三三", "三两", "两两", "3322"]


def test_what_is_no_plural_stays() -> None:
    assert terms("bus analysis glass is") == ["bus", "analysis", "glass", "is"]
