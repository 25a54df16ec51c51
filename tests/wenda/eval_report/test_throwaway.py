"""Indexes of evaluations do not pile up, and nobody's index is taken away."""

import os
from pathlib import Path

import pytest
from filelock import FileLock

from rag.errors import StoreError
from wenda.eval_report.throwaway import home_of, in_use, prune


def make(folder: Path, name: str, age: int) -> Path:
    """What an evaluation leaves that ran `age` seconds before 2001."""
    index = folder / f"{name:0>12}"
    (index / "generations/one").mkdir(parents=True)
    (index / "generations/one/vectors").write_bytes(b"x")
    (index / "lock").touch()
    (index / "used").touch()
    os.utime(index / "used", (978_307_200 - age, 978_307_200 - age))
    return index


def test_an_index_has_its_place_by_what_is_in_it(tmp_path: Path) -> None:
    assert home_of(tmp_path, ["a", "b"]) == home_of(tmp_path, ["a", "b"])
    assert home_of(tmp_path, ["a", "b"]) != home_of(tmp_path, ["ab"])
    assert home_of(tmp_path, ["\ud800"]).parent == tmp_path / "evaluations"


def test_the_three_that_were_used_last_are_kept(tmp_path: Path) -> None:
    indexes = [make(tmp_path, str(age), age) for age in (3, 1, 5, 2, 4)]
    prune(tmp_path)
    assert [index.exists() for index in indexes] == [True, True, False, True, False]
    assert len(list(tmp_path.iterdir())) == 3


def test_an_index_used_again_counts_as_new(tmp_path: Path) -> None:
    indexes = [make(tmp_path, str(age), age) for age in (1, 2, 3, 4)]
    with in_use(indexes[3]):
        assert all(index.exists() for index in indexes)
    assert [index.exists() for index in indexes] == [True, True, False, True]
    assert sorted(path.name for path in indexes[3].iterdir()) == ["generations", "lock", "used"]


def test_an_index_that_failed_is_tidied_up_too(tmp_path: Path) -> None:
    indexes = [make(tmp_path, str(age), age) for age in (1, 2, 3)]
    with pytest.raises(KeyError), in_use(tmp_path / "abcdefabcdef"):
        raise KeyError
    assert [index.exists() for index in indexes] == [True, True, False]


def test_an_index_in_use_stays(tmp_path: Path) -> None:
    indexes = [make(tmp_path, str(age), age) for age in (1, 2, 3, 4, 5)]
    with in_use(indexes[4]), in_use(indexes[4]):
        os.utime(indexes[4] / "used", (1, 1))
        prune(tmp_path)
        assert [index.exists() for index in indexes] == [True, True, True, False, True]


def test_an_index_that_is_being_written_stays(tmp_path: Path) -> None:
    indexes = [make(tmp_path, str(age), age) for age in (1, 2, 3, 4)]
    with FileLock(indexes[3] / "lock"):
        prune(tmp_path)
        assert indexes[3].exists()
    prune(tmp_path)
    assert not indexes[3].exists()


def test_a_process_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    indexes = [make(tmp_path, str(age), age) for age in (1, 2, 3, 4)]
    (indexes[3] / "using-0a0b0c0d.lock").touch()
    prune(tmp_path)
    assert not indexes[3].exists()


def test_what_is_not_an_index_of_an_evaluation_stays(tmp_path: Path) -> None:
    for age in (1, 2, 3):
        make(tmp_path, str(age), age)
    mine = make(tmp_path, "my-documents", 100)
    empty = tmp_path / "0123456789ab"
    empty.mkdir()
    elsewhere = make(tmp_path / "elsewhere", "9", 100)
    (tmp_path / "ffffffffffff").symlink_to(elsewhere)
    (tmp_path / "eeeeeeeeeeee").write_text("x")
    prune(tmp_path)
    assert len(list(tmp_path.iterdir())) == 8
    for path in (mine, empty, elsewhere, tmp_path / "ffffffffffff"):
        assert path.exists()


def test_what_a_killed_removal_left_goes(tmp_path: Path) -> None:
    make(tmp_path, "0", 1).rename(tmp_path / ".removing-000000000000-0a0b0c0d")
    prune(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "evaluations").write_text("x")
    with pytest.raises(StoreError, match=r"evaluations/0123456789ab cannot be written \("):
        in_use(tmp_path / "evaluations/0123456789ab").__enter__()


def test_pruning_never_raises(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    prune(tmp_path / "nowhere")
    assert "nowhere are left" in caplog.text
