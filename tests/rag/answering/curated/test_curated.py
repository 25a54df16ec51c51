"""Answers that were named by hand: given verbatim, only to their questions, while they stand."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.answering.answer import Answer
from rag.answering.conversation import Turn
from rag.answering.curated import CuratedPairs
from rag.answering.service import Service
from rag.errors import StoreError
from rag.index.corpus import DocumentFilter
from tests.fakes import CALIBRATION, index, open_index

MILL = "The mill opens at nine. It is closed on Mondays."
TEXTS = {
    "mill.txt": MILL,
    "2024/parks.txt": "The city opened seven new parks. People are content.",
    "jobs.txt": "城镇新增就业3960人。居民很满意。",
}
CLOSED = "It is closed on Mondays."
ASKED = "On which days can nobody visit?"

Open = Callable[[], Service]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    index(tmp_path / "home", TEXTS)
    return tmp_path / "home"


@pytest.fixture
def pairs(tmp_path: Path) -> CuratedPairs:
    return CuratedPairs(tmp_path / "curated.json")


@pytest.fixture
def opened(home: Path, pairs: CuratedPairs) -> Open:
    return lambda: Service(open_index(home), CALIBRATION, curated=pairs)


def is_given(answer: Answer) -> bool:
    return answer.curated is not None


def test_a_named_sentence_is_quoted_and_cited_where_it_stands(
    opened: Open, pairs: CuratedPairs
) -> None:
    service = opened()
    before = service.ask_question(ASKED)
    assert not before.answered
    pair = pairs.add_pair("mill.txt", CLOSED, [ASKED])
    answer = service.ask_question("on which days can nobody visit")  # case and marks do not count
    assert (answer.answer, answer.curated, answer.confidence) == (CLOSED, pair.id, 1.0)
    (citation,) = answer.citations
    document = service.generation.corpus.document(citation.document_id)
    assert document is not None
    assert document.text[citation.start : citation.end] == citation.quote == CLOSED
    assert (answer.suggestions, answer.short_answer) == ((), None)
    # Nothing else has moved.
    assert [each.text for each in answer.passages] == [each.text for each in before.passages]
    assert service.ask_question("How many parks did the city open?").curated is None


def test_other_words_with_the_same_meaning_are_enough_and_other_numbers_are_not(
    opened: Open, pairs: CuratedPairs
) -> None:
    service = opened()
    pairs.add_pair("mill.txt", CLOSED, ["When is the old mill closed in 2024?"])
    assert is_given(service.ask_question("When is the old mill closed in 2024, please?"))
    assert not is_given(service.ask_question("When is the old mill closed in 2023?"))
    assert not is_given(service.ask_question("When is the mill open?"))


def test_questions_that_it_is_not_for_do_not_get_it(opened: Open, pairs: CuratedPairs) -> None:
    service = opened()
    alike = "When is the old mill by the river closed?"
    pair = pairs.add_pair("mill.txt", CLOSED, ["When is the old mill by the river closed today?"])
    assert is_given(service.ask_question(alike))
    pairs.change_pair(pair.id, pair.questions, [alike])
    assert not is_given(service.ask_question(alike))
    assert not is_given(service.ask_question("When's the old mill by the river closed?"))
    assert is_given(service.ask_question(pair.questions[0]))


def test_it_is_given_within_a_filter_only_from_there(opened: Open, pairs: CuratedPairs) -> None:
    service = opened()
    pairs.add_pair("mill.txt", CLOSED, [ASKED])
    assert not is_given(service.ask_question(ASKED, within=DocumentFilter(folder="2024")))
    assert is_given(service.ask_question(ASKED, within=DocumentFilter(document="mill")))
    assert is_given(service.ask_question(f"document:mill {ASKED}"))


def test_it_follows_its_sentence_and_expires_with_it(
    home: Path, opened: Open, pairs: CuratedPairs, caplog: pytest.LogCaptureFixture
) -> None:
    pair = pairs.add_pair("mill.txt", CLOSED, [ASKED])
    index(home, TEXTS | {"mill.txt": f"A new first sentence. {MILL}"})
    moved = opened().ask_question(ASKED)
    assert moved.citations[0].quote == CLOSED
    assert moved.citations[0].start > MILL.index(CLOSED)
    index(
        home, TEXTS | {"mill.txt": "The mill opens at nine. It is closed on Mondays and Tuesdays."}
    )
    with caplog.at_level(logging.WARNING):
        service = opened()
    assert f"The curated answer {pair.id} has expired" in caplog.text
    assert not is_given(service.ask_question(ASKED))
    (located,) = service.curated_pairs()
    assert located.quote is None
    index(home, TEXTS)  # it is there again
    assert is_given(opened().ask_question(ASKED))


def test_only_whole_sentences_count(opened: Open, pairs: CuratedPairs) -> None:
    pairs.add_pair("mill.txt", "closed on Mondays", [ASKED])
    assert not is_given(opened().ask_question(ASKED))
    pairs.add_pair("mill.txt", MILL, [ASKED])  # two that follow each other
    assert opened().ask_question(ASKED).answer == MILL


def test_a_follow_up_gets_it_when_it_is_completed_to_its_question(
    opened: Open, pairs: CuratedPairs
) -> None:
    service = opened()
    history = [Turn("How many parks did the city open?", "seven")]
    understood = service.ask_question("And jobs?", history=history).understood_as
    pairs.add_pair("mill.txt", CLOSED, [understood or "And jobs?"])
    answer = service.ask_question("And jobs?", history=history)
    assert (is_given(answer), answer.understood_as) == (True, understood)


def test_the_file_is_bounded_read_again_and_named_when_damaged(
    tmp_path: Path, pairs: CuratedPairs, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.answering.curated.pairs.MOST_PAIRS", 2)
    first = pairs.add_pair("mill.txt", CLOSED, ["a?"])
    CuratedPairs(tmp_path / "curated.json").add_pair("mill.txt", CLOSED, [ASKED])
    assert len(pairs.pairs()) == 2
    with pytest.raises(StoreError, match="Remove some"):
        pairs.add_pair("mill.txt", CLOSED, ["b?"])
    assert pairs.remove_pair(first.id)
    assert not pairs.remove_pair(first.id)
    assert pairs.change_pair("none", ["a?"], []) is None
    service = opened()
    (tmp_path / "curated.json").write_text('[{"id": 1}]', encoding="utf-8")
    with pytest.raises(StoreError, match=r"curated\.json cannot be used"):
        pairs.pairs()
    assert is_given(service.ask_question(ASKED))  # those of before go on


def test_a_question_that_does_not_fit_the_model_is_matched_by_its_words(
    opened: Open, pairs: CuratedPairs
) -> None:
    pairs.add_pair("mill.txt", CLOSED, ["x " * 300, ASKED])
    assert is_given(opened().ask_question(ASKED))
