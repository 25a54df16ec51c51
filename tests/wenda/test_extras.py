"""What works where only the base is installed, and what the other commands say there."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rag.extras import EXTRAS

pytestmark = pytest.mark.slow

_BLOCKED = [module for _, modules in EXTRAS.values() for module in modules]
#: Runs commands one after the other; each ends with a line that has its exit code.
_RUN = f"""
import json, sys
sys.modules.update(dict.fromkeys({_BLOCKED!r}))
from wenda.cli import main
for arguments in json.loads(sys.argv[1]):
    sys.argv = ["wenda", *arguments]
    try:
        main()
    except SystemExit as ended:
        print(f"exit {{ended.code}}", file=sys.stderr, flush=True)
"""
_NEEDS = {
    "index --seeds .": "index",
    "serve --watch": "index",
    "mcp": "mcp",
    "bot": "telegram",
    "eval questions.jsonl --calibrate": "eval",
    "eval questions.jsonl --report report.html": "eval",
}
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


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each command says on standard error, and its exit code; in one process for all."""
    home = str(tmp_path_factory.mktemp("home"))
    commands = json.dumps([command.split() for command in _NEEDS])
    ran = base_only(_RUN, commands, WENDA_HOME=home)
    told = re.findall(r"(.*?^exit \d+)\n", ran.stderr, re.DOTALL | re.MULTILINE)
    return dict(zip(_NEEDS, told, strict=True))


@pytest.mark.parametrize(("command", "extra"), _NEEDS.items())
def test_a_command_names_the_extra_that_it_needs(
    command: str, extra: str, refusals: dict[str, str]
) -> None:
    assert f"pip install 'wenda[{extra}]'" in refusals[command]
    assert refusals[command].endswith("exit 1")
    assert "Traceback" not in refusals[command]


def test_a_token_in_the_settings_needs_the_bot() -> None:
    ran = base_only(_RUN, '[["serve"]]', TELEGRAM_BOT_TOKEN="1:x")  # noqa: S106 - of no bot
    assert ran.stderr.endswith("exit 1\n")
    assert "pip install 'wenda[telegram]'" in ran.stderr


def test_a_rebuild_for_programs_tells_the_same(tmp_path: Path) -> None:
    command = ["index", "--json", "--seeds", ".", "--home", str(tmp_path)]
    ran = base_only(_RUN, json.dumps([command]))
    assert '{"error": "Building an index needs packages' in ran.stdout
