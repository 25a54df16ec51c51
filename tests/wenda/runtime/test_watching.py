"""A folder that changes is noticed once it has come to rest; what is no document is not."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import watchfiles

from rag.errors import StoreError
from rag.progress import Progress
from rag.serving.rebuilds import Rebuilds
from wenda.runtime import watching
from wenda.runtime.watching import changes, follow

pytestmark = pytest.mark.slow

_LONG = 20.0


class Watch:
    """A watch in a thread, counting what it is told."""

    def __init__(self, folder: Path) -> None:
        self.count = 0
        self.stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(folder,))
        self._thread.start()

    def _run(self, folder: Path) -> None:
        for _ in changes(folder, self.stop):
            self.count += 1

    def waits_for(self, count: int) -> bool:
        return waits(lambda: self.count >= count)

    def end(self) -> None:
        self.stop.set()
        self._thread.join(_LONG)
        assert not self._thread.is_alive()


def waits(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + _LONG
    while time.monotonic() < end and not condition():
        time.sleep(0.02)
    return condition()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(watching, "_TOGETHER", 100)
    monkeypatch.setattr(watching, "_STILL", 0.2)
    monkeypatch.setattr(watching, "_MISSING", 0.1)
    monkeypatch.setattr(watching, "_TOLD_EVERY", 200)
    (tmp_path / "seeds").mkdir()
    return tmp_path / "seeds"


@pytest.fixture
def watch(folder: Path) -> Iterator[Watch]:
    watch = Watch(folder)
    assert watch.waits_for(1)
    yield watch
    watch.end()


def test_it_tells_once_that_it_watches(watch: Watch) -> None:
    time.sleep(1)
    assert watch.count == 1


def test_a_new_a_changed_a_renamed_and_a_removed_file_are_noticed(
    watch: Watch, folder: Path
) -> None:
    (folder / "a.md").write_text("甲")
    assert watch.waits_for(2)
    (folder / "a.md").write_text("乙")
    assert watch.waits_for(3)
    (folder / "a.md").rename(folder / "b.md")
    assert watch.waits_for(4)
    (folder / "b.md").unlink()
    assert watch.waits_for(5)


def test_a_file_in_a_new_folder_is_noticed(watch: Watch, folder: Path) -> None:
    (folder / "深" / "处").mkdir(parents=True)
    assert watch.waits_for(2)
    (folder / "深" / "处" / "a.md").write_text("甲")
    assert watch.waits_for(3)


@pytest.mark.parametrize("name", [".hidden.md", "~$a.docx", "a.md~", "a.swp", ".git/index"])
def test_what_is_no_document_is_not_noticed(watch: Watch, folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("甲")
    time.sleep(1)
    assert watch.count == 1


def test_a_file_that_is_being_written_is_waited_for(watch: Watch, folder: Path) -> None:
    with (folder / "a.md").open("w") as file:
        for _ in range(12):
            file.write("还没有写完")
            file.flush()
            time.sleep(0.1)
            assert watch.count == 1
    assert watch.waits_for(2)


def test_a_file_that_never_rests_does_not_keep_the_others_out(
    watch: Watch, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_PATIENCE", 1.0)
    with (folder / "log.txt").open("w") as file:
        end = time.monotonic() + _LONG
        while watch.count == 1 and time.monotonic() < end:
            file.write("一行\n")
            file.flush()
            time.sleep(0.05)
    assert watch.count > 1


def test_a_folder_that_goes_away_is_waited_for(watch: Watch, folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    time.sleep(0.5)
    folder.mkdir()
    assert watch.waits_for(2)
    told = watch.count
    (folder / "a.md").write_text("甲")
    assert watch.waits_for(told + 1)


def test_another_folder_in_its_place_is_watched_from_then_on(watch: Watch, folder: Path) -> None:
    other = folder.with_name("other")
    other.mkdir()
    folder.rename(folder.with_name("old"))
    other.rename(folder)
    assert watch.waits_for(2)
    told = watch.count
    time.sleep(0.5)
    (folder / "a.md").write_text("甲")
    assert watch.waits_for(told + 1)


def test_a_link_to_another_folder_is_followed(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    (folder / "link").symlink_to(tmp_path / "one")
    watch = Watch(folder / "link")
    assert watch.waits_for(1)
    (folder / "new").symlink_to(tmp_path / "two")
    (folder / "new").replace(folder / "link")
    assert watch.waits_for(2)
    told = watch.count
    time.sleep(0.5)
    (tmp_path / "two" / "a.md").write_text("甲")
    assert watch.waits_for(told + 1)
    watch.end()


def test_a_folder_that_cannot_be_watched_is_looked_at(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = watchfiles.watch

    def refused(*arguments: Any, **settings: Any) -> Any:
        if not settings["force_polling"]:
            raise OSError(28, "inotify watch limit reached")
        return watched(*arguments, **settings)

    monkeypatch.setattr(watching, "watch", refused)
    watch = Watch(folder)
    assert watch.waits_for(1)
    (folder / "a.md").write_text("甲")
    assert watch.waits_for(2)
    watch.end()


def test_a_rebuild_that_fails_is_tried_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "AGAIN", (0.1, 0.1, 0.1))
    monkeypatch.setattr(watching, "_LOOKED", 0.05)
    runs: list[int] = []

    def rebuild(_progress: Progress) -> Mapping[str, object]:
        runs.append(len(runs))
        if len(runs) < 3:
            raise StoreError("Another process is building the index.")
        return {}

    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(folder, Rebuilds(rebuild), stop))
    thread.start()
    assert waits(lambda: len(runs) >= 3)
    time.sleep(0.5)
    assert len(runs) == 3
    stop.set()
    thread.join(_LONG)


def test_a_folder_that_tells_nothing_is_looked_at_now_and_then(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_ANYWAY", 0.5)
    watch = Watch(folder)
    assert watch.waits_for(3)
    watch.end()


def test_a_change_during_a_rebuild_is_followed_by_another(folder: Path) -> None:
    going_on, ready = threading.Event(), threading.Semaphore(0)
    runs: list[str] = []

    def rebuild(_progress: Progress) -> Mapping[str, object]:
        runs.append("started")
        ready.release()
        going_on.wait(_LONG)
        return {}

    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(folder, Rebuilds(rebuild), stop))
    thread.start()
    assert ready.acquire(timeout=_LONG)  # the first, when the watch begins
    (folder / "a.md").write_text("甲")
    time.sleep(1)
    assert runs == ["started"]
    going_on.set()
    assert ready.acquire(timeout=_LONG)
    assert len(runs) == 2
    stop.set()
    thread.join(_LONG)
    assert not thread.is_alive()
