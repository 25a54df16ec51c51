"""A process that compiles tells its progress and its errors, and takes nobody with it."""

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rag.embedding.compiling.compile_process import compile_apart
from rag.embedding.folder import ModelFolder
from rag.errors import ModelError
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


@pytest.mark.model
def test_a_model_that_cannot_be_loaded_is_refused_in_the_same_words(
    model: ModelFolder, cache: Path
) -> None:
    told: list[tuple[str, int, int]] = []
    with pytest.raises(ModelError, match=r"some model cannot be loaded .*Check WENDA_MODEL"):
        compile_apart(model, cache, cache, lambda *progress: told.append(progress))
    assert told == [("compiling the question encoder", 0, 4)]
    assert list(cache.iterdir()) == []


def test_a_process_that_the_system_ends_is_told_with_the_likely_reason_and_what_to_do(
    model: ModelFolder, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced(tmp_path, monkeypatch, "kill -9 $$")
    message = rf"some/model was ended .*memory.*swap space.*copy the folder {cache}"
    with pytest.raises(ModelError, match=message):
        compile_apart(model, cache, cache, silent)
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize(
    ("commands", "code"),
    [
        (["echo some library says hello", "exit 3"], 3),
        (["kill -11 $$"], -11),
        (["exit 0"], 0),
        (["echo '{}'"], 0),
        ([r"printf '\344\366\n'"], 0),
    ],
)
def test_a_process_that_made_nothing_has_failed(
    model: ModelFolder,
    cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    commands: list[str],
    code: int,
) -> None:
    replaced(tmp_path, monkeypatch, *commands)
    with pytest.raises(ModelError, match=rf"some/model ended unexpectedly \(exit code {code}\)"):
        compile_apart(model, cache, cache, silent)


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


def test_the_process_ends_when_the_one_that_asked_is_killed() -> None:
    """Here the test is the one that asks: it lets go of the process's standard input."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", _WAITING], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"exporting\n"
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(timeout=120) == 1
    process.stdout.close()


#: `main` with an export that never ends.
_WAITING = """
import sys, threading, types
exporting = types.ModuleType("rag.embedding.compiling.exporter")
def export(source, target):
    print("exporting", flush=True)
    threading.Event().wait()
exporting.export = export
sys.modules["rag.embedding.compiling.exporter"] = exporting
from rag.embedding.compiling import compile_process as compiling_process
compiling_process.line_of_json = lambda *_: None
compiling_process.main("some/model", "folder", "exported")
"""
