"""A word of the documents that was typed with one slip is found, and no other word is touched."""

import pytest

from rag.answering.service import Service
from rag.answering.spelling.misspelled_words import MisspelledWords, as_written
from tests.fakes import CALIBRATION, open_index

TEXTS = {
    "mill.md": "The tannery of Dunmore opens at ten. It has many visitors.",
    "halle.md": "Die Schmetterlingshalle und die Gärtnerei öffnen um neun.",
    "ru.md": "Кузница открывается в полдень.",
    "twins.md": "Marina and Marine are two boats.",
    "park.md": "盘锦市建成口袋公园9个，进度很快。",
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    return Service(open_index(tmp_path_factory.mktemp("home"), TEXTS), CALIBRATION)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("When does the tanery open?", "When does the tannery open?"),
        ("when does Dunmroe open", "when does Dunmore open"),
        ("Schmeterlingshalle", "Schmetterlingshalle"),
        ("кузнеца", "кузница"),
        ("gartnerie", "gartnerei"),
        ("gertnerie", None),  # two slips
        ("marino", None),  # Marina or Marine
        ("tan", None),
        ("the tannery", None),
        ("盘锦", None),
        ("", None),
    ],
)
def test_one_slip_is_corrected(service: Service, typed: str, meant: str | None) -> None:
    assert MisspelledWords(service.generation).corrected(typed) == meant


def test_a_correction_is_written_as_the_documents_have_it() -> None:
    meant = as_written("how many visitor", "how many vistors", ["It has many visitors."])
    assert meant == "how many visitors"


def test_what_was_meant_is_said_where_only_that_is_answered(service: Service) -> None:
    answer = service.ask_question("Dunmroe")
    assert (answer.answered, answer.did_you_mean) == (False, "Dunmore")
    assert service.ask_question("Schmetterlingshalle").did_you_mean is None
    assert service.ask_question("Schmeterlingshaus").did_you_mean is None


def test_pinyin_is_answered_as_what_it_says(service: Service) -> None:
    answer = service.ask_question("pan jin shi jian cheng kou dai gong yuan")
    assert answer.answered
    assert answer.understood_as == "盘锦市建成口袋公园"
