"""A process that compiles tells its progress and its errors, and takes nobody with it."""

import os
import stat
import sys
import time
from pathlib import Path

import pytest

from rag.compiling import compile_apart
from rag.errors import ModelError
from rag.model_folder import ModelFolder
from rag.progress import silent
from tests.fakes import write_files


@pytest.fixture
def model(tmp_path: Path) -> ModelFolder:
    """A folder that is no model."""
    write_files(tmp_path / "some model", {"tokenizer.json": "{}", "config.json": "{"})
    return ModelFolder("some/model", tmp_path / "some model")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    (tmp_path / "cache").mkdir()
    return tmp_path / "cache"


def replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *commands: str) -> None:
    """Another program takes the place of the one that compiles."""
    program = tmp_path / "program"
    program.write_text("\n".join(["#!/bin/sh", *commands]) + "\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "executable", str(program))


def test_a_model_that_cannot_be_loaded_is_refused_in_the_same_words(
    model: ModelFolder, cache: Path
) -> None:
    told: list[tuple[str, int, int]] = []
    with pytest.raises(ModelError, match=r"some model cannot be loaded .*Check WENDA_MODEL"):
        compile_apart(model, cache, cache, lambda *progress: told.append(progress))
    assert told == [("compiling the question encoder", 0, 4)]
    assert list(cache.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="a shell's programs")
def test_a_process_that_the_system_ends_is_told_with_the_likely_reason_and_what_to_do(
    model: ModelFolder, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced(tmp_path, monkeypatch, "kill -9 $$")
    message = rf"some/model was ended .*signal 9.*memory.*swap space.*copy the folder {cache}"
    with pytest.raises(ModelError, match=message):
        compile_apart(model, cache, cache, silent)
    assert list(cache.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="a shell's programs")
def test_a_process_that_fails_is_told_by_its_exit_code(
    model: ModelFolder, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced(tmp_path, monkeypatch, "echo some library says hello", "exit 3")
    with pytest.raises(ModelError, match=r"some/model ended unexpectedly \(exit code 3\)"):
        compile_apart(model, cache, cache, silent)


@pytest.mark.skipif(os.name == "nt", reason="a shell's programs")
def test_who_stops_waiting_ends_the_process(
    model: ModelFolder, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = '{"stage": "compiling", "done": 0, "total": 4}'
    replaced(tmp_path, monkeypatch, f"echo $$ > {tmp_path}/pid", f"echo '{line}'", "exec sleep 600")

    def interrupted(stage: str, done: int, total: int) -> None:
        raise KeyboardInterrupt(stage, done, total)

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        compile_apart(model, cache, cache, interrupted)
    assert time.monotonic() - began < 300
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text(encoding="utf-8")), 0)
