"""Example questions: drawn from the documents, asked before they are shown, and remembered."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rag.answering.answer import Answer
from rag.answering.service import Service
from rag.index.generation import Generation
from rag.serving.examples import MOST, examples
from tests.fakes import CALIBRATION, open_index

TEXTS = {
    "a.txt": "图书馆的藏书共有777册。",
    "b.txt": "养老机构的床位共有850张。",
    "c.txt": "改造完成的小区有十个。",
    "d.txt": "志愿服务队伍共40支。",
    "e.txt": "The notice period is three months.",
}


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    return open_index(tmp_path_factory.mktemp("home"), TEXTS)


@pytest.fixture
def service(generation: Generation) -> Service:
    """One that remembers no examples yet."""
    return Service(generation, CALIBRATION)


def test_each_is_answered_by_the_sentence_that_it_is_drawn_from(service: Service) -> None:
    found = examples(service, "zh-Hans", 3)
    assert len(found) == 3
    answers = [service.ask_question(question) for question in found]
    assert all(answer.answered for answer in answers)
    assert len({answer.citations[0].document_id for answer in answers}) == 3


def test_what_is_answered_from_elsewhere_or_not_at_all_is_left_out(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Service.ask_question

    def ask(self: Service, question: str, passages: int = 5) -> Answer:
        return real(self, "图书馆的藏书共有多少册？" if "床位" in question else question, passages)

    monkeypatch.setattr(Service, "ask_question", ask)
    found = examples(service, "zh-Hans", MOST)
    assert not any("床位" in question for question in found)
    assert any("志愿" in question for question in found)


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
@pytest.mark.parametrize("count", [-1, 0, 1, 4, 1000])
def test_never_more_than_wanted_and_none_twice(service: Service, language: str, count: int) -> None:
    found = examples(service, language, count)
    assert len(found) <= max(0, min(count, MOST))
    assert len(set(found)) == len(found)


def test_english_readers_get_english_documents_first(service: Service) -> None:
    assert examples(service, "en", 1) == ["What is the notice period?"]


def test_what_was_found_is_remembered(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    found = examples(service, "zh-Hans", 2)
    monkeypatch.setattr(Service, "ask_question", None)
    assert examples(service, "zh-Hans", 2) == found
    assert examples(service, "zh-Hans", 1) == found[:1]


def test_more_are_looked_for_when_more_are_wanted(service: Service) -> None:
    first = examples(service, "zh-Hans", 1)
    assert examples(service, "zh-Hans", 3)[:1] == first
    assert len(examples(service, "zh-Hans", 3)) == 3


def test_remembering_does_not_keep_an_old_index_alive(tmp_path: Path) -> None:
    service = Service(open_index(tmp_path, TEXTS), CALIBRATION)
    assert len(examples(service, "zh-Hans", 1)) == 1  # more could be found
    reference = weakref.ref(service)
    del service
    gc.collect()
    assert reference() is None


def test_many_may_ask_at_once(service: Service) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: examples(service, "zh-Hans", 3), range(16)))
    assert found == [found[0]] * 16


def test_no_document_says_anything_to_ask_for(tmp_path: Path) -> None:
    service = Service(open_index(tmp_path, {"a.txt": "。"}), CALIBRATION)
    assert isinstance(examples(service, "en"), list)
