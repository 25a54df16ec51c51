"""Which language a part of a document is in: its own where that is sure, else the document's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.documents.text import languages
from rag.documents.text.languages import (
    fitting_language,
    language_of_pieces,
    paragraph_language,
    sure_language,
)

LONG = {
    "zh": "图书馆每天早上九点开门，晚上六点关门。" * 5,
    "ja": "図書館は毎朝九時に開いて、夕方六時に閉まります。" * 4,
    "en": "The library opens at nine every morning, and it closes late in the evening. "
    "Nobody is there at night.",
    "de": "Die Bibliothek öffnet jeden Morgen um neun Uhr und schließt am Abend. "
    "Nachts ist niemand da.",
    "fr": "La bibliothèque ouvre tous les matins à neuf heures et ferme le soir vers six heures.",
    "ru": "Библиотека открывается каждое утро в девять часов и закрывается вечером около шести.",
    "uk": "Бібліотека відкривається щоранку о дев'ятій годині й зачиняється о шостій вечора.",
}


@pytest.mark.parametrize("language", LONG)
@pytest.mark.parametrize("of_document", ["zh", "en", "ru", "und", ""])
def test_a_long_part_says_itself_which_language_it_is_in(language: str, of_document: str) -> None:
    assert len(LONG[language]) >= languages._SURE  # noqa: SLF001
    assert paragraph_language(LONG[language], of_document) == language


@pytest.mark.parametrize(
    ("text", "of_document", "expected"),
    [
        ("Bibliothek", "de", "de"),
        ("Wien, Graz", "en", "en"),
        ("Москва", "uk", "uk"),
        ("图书馆", "zh", "zh"),
        ("圖書館", "zh", "zh"),
        ("图书馆", "en", "zh"),
        ("Where is the library?", "zh", "en"),
        ("Wien, Graz", "zh", "und"),
        ("図書館はどこ", "zh", "ja"),
        ("Η βιβλιοθήκη", "ru", "el"),
    ],
)
def test_a_short_part_is_in_the_documents_language_unless_its_script_says_otherwise(
    text: str, of_document: str, expected: str
) -> None:
    assert paragraph_language(text, of_document) == expected


@pytest.mark.parametrize("text", ["", "2021", "1,5 | 2,7 | 3,9 | " * 20, "😀"])
@pytest.mark.parametrize("of_document", ["zh", "en", "und"])
def test_what_has_no_letters_is_in_the_documents_language(text: str, of_document: str) -> None:
    assert paragraph_language(text, of_document) == of_document


@given(st.text(), st.sampled_from(["zh", "en", "ru", "und"]))
def test_any_part_has_a_language(text: str, of_document: str) -> None:
    found = paragraph_language(text, of_document)
    assert found == "und" or (len(found) == 2 and found.isascii())


@pytest.mark.parametrize(
    ("declared", "text", "expected"),
    [
        ("zh-CN", "图书馆", "zh"),
        ("en_US", "The library", "en"),
        ("en", "图书馆", None),
        ("ja", "The library", None),
        ("ru", "Москва", "ru"),
        ("en", "Москва", None),
        (None, "The library", None),
        ("english", "The library", None),
        ("中文", "图书馆", None),
    ],
)
def test_a_declared_language_counts_where_the_script_allows_it(
    declared: str | None, text: str, expected: str | None
) -> None:
    assert fitting_language(declared, text) == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where is the library?", "en"),
        ("Wo ist die Bibliothek?", "de"),
        ("Сколько стоит билет на паром?", "ru"),
        ("图书馆在哪里？", "zh"),
        ("thanks", "und"),
        ("timeout", "und"),
        ("42", "und"),
    ],
)
def test_a_short_text_has_a_language_where_it_is_sure(text: str, language: str) -> None:
    assert sure_language(text) == language


def test_codes_and_names_are_in_no_language() -> None:
    rows = [f"part: KR-{n}-A7 | maker: Garnet | bin: {n % 90}" for n in range(200, 260)]
    assert language_of_pieces(rows) == "und"
    assert language_of_pieces([]) == "und"


def test_a_table_is_in_the_language_of_most_of_its_rows() -> None:
    rows = ["Das Schwimmbad ist montags geschlossen", "Der Eintritt kostet für Kinder nichts", "B7"]
    assert language_of_pieces(rows) == "de"
