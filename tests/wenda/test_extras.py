"""What works where only the base is installed, and what the other commands say there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rag.extras import EXTRAS

_BLOCKED = [module for _, modules in EXTRAS.values() for module in modules]
_RUN = f"""
import sys
sys.modules.update(dict.fromkeys({_BLOCKED!r}))
from wenda.cli import main
sys.argv = ["wenda", *sys.argv[1:]]
main()
"""
_SERVE = f"""
import sys
sys.modules.update(dict.fromkeys({_BLOCKED!r}))
import api.app, rag.evaluation.evaluate, rag.serving.examples
import wenda.commands.evaluate, wenda.commands.serve
"""


def base_only(code: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs Python where no module of an extra can be imported."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "NO_COLOR": "1", **environment},
        timeout=300,
        check=False,
    )


def test_serving_asking_and_measuring_import_no_extra() -> None:
    ran = base_only(_SERVE)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(
    ("command", "extra"),
    [
        (["index", "--seeds", "."], "index"),
        (["serve", "--watch"], "index"),
        (["bot"], "telegram"),
        (["eval", "questions.jsonl", "--calibrate"], "eval"),
        (["eval", "questions.jsonl", "--report", "report.html"], "eval"),
    ],
)
def test_a_command_names_the_extra_that_it_needs(
    command: list[str], extra: str, tmp_path: Path
) -> None:
    ran = base_only(_RUN, *command, WENDA_HOME=str(tmp_path / "home"))
    assert ran.returncode == 1
    assert f"pip install 'wenda[{extra}]'" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_token_in_the_settings_needs_the_bot() -> None:
    ran = base_only(_RUN, "serve", TELEGRAM_BOT_TOKEN="1:x")  # noqa: S106 - of no bot
    assert ran.returncode == 1
    assert "pip install 'wenda[telegram]'" in ran.stderr


def test_a_rebuild_for_programs_tells_the_same(tmp_path: Path) -> None:
    ran = base_only(_RUN, "index", "--json", "--seeds", ".", "--home", str(tmp_path))
    assert '{"error": "Building an index needs packages' in ran.stdout
