"""The command line, run in this process with a model that takes no time."""

import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes import CALIBRATION, HASHING_SCALE, hashing_model, open_hashing_encoder
from wenda import cli
from wenda.commands import evaluate as evaluating
from wenda.composition import models


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str


Shell = Callable[..., Ran]


@pytest.fixture
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder without settings."""
    for name in os.environ:
        if name.startswith("WENDA_") or name in ("FORCE_COLOR", "COLUMNS"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERMINAL_WIDTH", "200")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def shell(
    clean: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    """Runs `wenda` with arguments in an empty folder; `stdin` is what is piped into it."""
    home = clean / ".wenda"
    home.mkdir()
    CALIBRATION.save(home / "calibration.json", HASHING_SCALE)
    monkeypatch.setattr("rag.embedding.model.LocalModel", hashing_model)
    monkeypatch.setattr(evaluating, "LocalModel", hashing_model)
    monkeypatch.setattr(models, "QuestionEncoder", open_hashing_encoder)

    def run(*arguments: str | Path, stdin: str = "") -> Ran:
        monkeypatch.setattr(sys, "argv", ["wenda", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capsys.readouterr()
        with pytest.raises(SystemExit) as caught:
            cli.main()
        printed = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return Ran(caught.value.code, printed.out, printed.err)

    return run
