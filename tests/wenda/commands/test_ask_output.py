"""On a terminal the quoted sentence stands out."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from rag.answering.service import Service
from tests.fakes import CALIBRATION, open_index
from wenda.commands.ask_output import print_answer

QUOTED = "\x1b[1;32m城镇新增就业3960人。\x1b[0m"


@pytest.fixture
def printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.delenv("NO_COLOR", raising=False)
    texts = {"a.md": "居民很满意并且公路也已经通车。城镇新增就业3960人。"}
    answer = Service(open_index(tmp_path, texts), CALIBRATION.with_threshold(0)).ask(
        "城镇新增就业多少人？"
    )
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, color_system="standard", soft_wrap=True)
    print_answer(console, answer, passages=True)
    return screen.getvalue()


def test_the_quote_stands_out_as_the_answer_and_in_its_passage(printed: str) -> None:
    answer, passages = printed.split("相关段落")
    assert answer.startswith(QUOTED)
    assert QUOTED in passages
    assert "居民" not in answer
    assert "\x1b[2m    居民很满意并且公路也已经通车。\x1b[0m" in passages
