"""A serving process notices a new generation by itself, and nobody waits or sees half of it."""

import threading
from pathlib import Path

import pytest

from rag.answering.service import Service
from rag.errors import StoreError
from rag.index.generation import open_generation
from rag.index.generations import Store
from rag.serving import live as module
from rag.serving.live import LiveService
from tests.fakes import CALIBRATION, index, open_hashing_encoder

JOBS = {"a.md": "城镇新增就业3960人。"}
ROADS = {"a.md": "修建农村公路12.5公里。"}


@pytest.fixture
def serving(tmp_path: Path) -> LiveService:
    store = Store(tmp_path)

    def open_service() -> Service:
        return Service(open_generation(store, open_hashing_encoder), CALIBRATION)

    return LiveService([store.current_file, tmp_path / "calibration.json"], open_service)


def test_without_an_index_it_says_what_to_do_until_there_is_one(
    serving: LiveService, tmp_path: Path
) -> None:
    with pytest.raises(StoreError, match="wenda index"):
        _ = serving.service
    assert not serving.refresh()
    assert "wenda index" in (serving.problem or "")
    report = index(tmp_path, JOBS)
    assert serving.refresh()
    assert serving.problem is None
    assert serving.service.generation.name == report.generation


def test_a_new_generation_is_swapped_in_and_the_old_one_goes_on_for_who_holds_it(
    serving: LiveService, tmp_path: Path
) -> None:
    index(tmp_path, JOBS)
    assert serving.refresh()
    assert not serving.refresh()
    old = serving.service
    for texts in (ROADS, {"b.md": "又一篇。"}, {"c.md": "再一篇。"}):  # the first one is removed
        index(tmp_path, texts)
    assert serving.refresh()
    assert serving.service is not old
    assert old.ask_question("新增就业多少人？").passages[0].text == JOBS["a.md"]
    assert serving.service.ask_question("再一篇").passages[0].text == "再一篇。"


def test_a_damaged_generation_is_told_and_the_one_before_is_served(
    serving: LiveService, tmp_path: Path
) -> None:
    first = index(tmp_path, JOBS)
    second = index(tmp_path, ROADS)
    (Store(tmp_path).folder(second.generation) / "scripts.npy").write_bytes(b"damaged")
    assert serving.refresh()
    assert serving.service.generation.name == first.generation


def test_what_cannot_be_opened_leaves_the_old_one_serving_and_is_tried_again(
    serving: LiveService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = index(tmp_path, JOBS)
    assert serving.refresh()
    second = index(tmp_path, ROADS)
    store = Store(tmp_path)
    hidden = []
    for report in (first, second):
        folder = store.folder(report.generation)
        hidden.append(folder.rename(tmp_path / folder.name))
    assert not serving.refresh()
    assert serving.service.generation.name == first.generation
    assert serving.problem is not None
    for folder in hidden:
        folder.rename(store.folder(folder.name))
    assert not serving.refresh()  # nothing told of it, and it was tried just now
    monkeypatch.setattr(module, "_AGAIN", 0.0)
    assert serving.refresh()
    assert serving.service.generation.name == second.generation
    assert serving.problem is None


def test_an_error_that_nobody_foresaw_is_told_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first = index(tmp_path, JOBS)
    store = Store(tmp_path)
    failing = False

    def open_service() -> Service:
        if failing:
            raise RuntimeError("a library's own words")
        return Service(open_generation(store, open_hashing_encoder), CALIBRATION)

    serving = LiveService([store.current_file], open_service)
    assert serving.refresh()
    second = index(tmp_path, ROADS)
    failing = True
    assert not serving.refresh()
    assert serving.service.generation.name == first.generation
    assert "RuntimeError" in (serving.problem or "")
    assert "a library's own words" in caplog.text
    caplog.clear()
    monkeypatch.setattr(module, "_AGAIN", 0.0)
    assert not serving.refresh()
    assert not caplog.text  # once is enough
    failing = False
    assert serving.refresh()
    assert serving.service.generation.name == second.generation
    assert serving.problem is None


def test_a_new_calibration_is_noticed(serving: LiveService, tmp_path: Path) -> None:
    index(tmp_path, JOBS)
    assert serving.refresh()
    (tmp_path / "calibration.json").write_text("{}")
    assert serving.refresh()


def test_a_call_while_another_is_at_it_returns_at_once(tmp_path: Path) -> None:
    index(tmp_path, JOBS)
    opening, go_on = threading.Event(), threading.Event()
    store = Store(tmp_path)

    def open_slowly() -> Service:
        opening.set()
        go_on.wait(20)
        return Service(open_generation(store, open_hashing_encoder), CALIBRATION)

    serving = LiveService([store.current_file], open_slowly)
    first = threading.Thread(target=serving.refresh)
    first.start()
    assert opening.wait(20)
    assert not serving.refresh()
    go_on.set()
    first.join(20)
    assert serving.service.generation.name == store.live_name()


def test_a_generation_that_is_removed_while_it_is_opened_is_passed_over_for_the_newest(
    tmp_path: Path,
) -> None:
    index(tmp_path, JOBS)
    store = Store(tmp_path)
    opened: list[Path] = []

    def open_late(folder: Path) -> object:
        if not opened:
            opened.append(folder)
            for number in range(3):
                index(tmp_path, {"a.md": f"第{number}个新的。"})
            raise FileNotFoundError(folder)
        return open_hashing_encoder(folder)

    generation = open_generation(store, open_late)  # type: ignore[arg-type]
    assert generation.name == store.live_name()
