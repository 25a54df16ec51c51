"""What the cache holds is whole, whoever was killed or came second."""

import threading
from pathlib import Path

import pytest

from rag.embedding.cache import made_once
from rag.errors import ModelError
from tests.fakes import write_files


def fill(folder: Path) -> None:
    write_files(folder, {"weights": "w"})


def folders(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.iterdir() if path.is_dir())


def test_a_folder_is_made_once(tmp_path: Path) -> None:
    target = tmp_path / "cache" / "model"
    assert made_once(target, fill) == target
    assert made_once(target, lambda _folder: pytest.fail("made twice")) == target
    assert (target / "weights").read_text(encoding="utf-8") == "w"


def test_what_fails_leaves_nothing_and_is_made_the_next_time(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        fill(folder)
        raise ModelError("It is wrong.")

    with pytest.raises(ModelError, match=r"It is wrong\."):
        made_once(tmp_path / "model", fail)
    assert folders(tmp_path) == []
    made_once(tmp_path / "model", fill)
    assert folders(tmp_path) == ["model"]


def test_what_a_killed_run_left_is_deleted(tmp_path: Path) -> None:
    class Killed(BaseException):
        """Ends a run so that it cannot clean up."""

    def die(folder: Path) -> None:
        fill(folder)
        folder.rename(tmp_path / f"{folder.name}-left")
        raise Killed

    with pytest.raises(Killed):
        made_once(tmp_path / "model", die)
    assert len(folders(tmp_path)) == 1
    made_once(tmp_path / "model", fill)
    assert folders(tmp_path) == ["model"]


def test_who_comes_second_waits_and_takes_what_the_first_made(tmp_path: Path) -> None:
    began, go_on = threading.Event(), threading.Event()
    made: list[str] = []

    def slowly(folder: Path) -> None:
        began.set()
        assert go_on.wait(60)
        fill(folder)
        made.append("first")

    first = threading.Thread(target=made_once, args=(tmp_path / "model", slowly))
    first.start()
    assert began.wait(60)
    second = threading.Thread(
        target=made_once, args=(tmp_path / "model", lambda _folder: made.append("second"))
    )
    second.start()
    second.join(0.3)
    assert second.is_alive()
    go_on.set()
    first.join(60)
    second.join(60)
    assert made == ["first"]
    assert folders(tmp_path) == ["model"]


def test_a_cache_that_cannot_be_written_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ModelError, match=r"cannot be put into .*file: .*free some space.*_MODELS"):
        made_once(tmp_path / "file" / "model", fill)


def test_a_disk_that_fills_up_leaves_nothing(tmp_path: Path) -> None:
    def full(folder: Path) -> None:
        fill(folder)
        raise OSError(28, "No space left on device")

    with pytest.raises(ModelError, match=r"No space left on device.*700 MB"):
        made_once(tmp_path / "model", full)
    assert folders(tmp_path) == []
