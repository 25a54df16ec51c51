"""In the shell, what a language model writes is printed as it comes, above the quotations."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from rag.answering.service import Service
from rag.answering.writing import Writer
from rag.errors import SettingsError
from tests.fakes import CALIBRATION, open_index
from tests.openai_server import KEY, MODEL, OpenAIServer, openai_server
from wenda.commands.ask import answer_question
from wenda.composition.writing import make_writer
from wenda.settings import read_settings
from words import words_in

WORDS = words_in("zh-Hans").answers
HELD = "城镇新增就业3960人。"
QUESTION = "城镇新增就业多少人？"


@pytest.fixture
def model() -> Iterator[OpenAIServer]:
    with openai_server() as server:
        server.writes = lambda _question, _quotations: f"{HELD[:-1]}[1]。"
        yield server


@pytest.fixture
def writer(model: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> Writer:
    for name, value in (("URL", model.url), ("MODEL", MODEL), ("KEY", KEY), ("SECONDS", "5")):
        monkeypatch.setenv(f"WENDA_WRITER_{name}", value)
    made = make_writer(read_settings())
    assert made is not None
    return made


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(open_index(tmp_path, {"a.md": HELD}), CALIBRATION.with_threshold(0))


def printed(service: Service, writer: Writer | None) -> str:
    screen = io.StringIO()
    console = Console(file=screen, soft_wrap=True, width=200)
    answer_question(service, QUESTION, console, passages=None, as_json=False, writer=writer)
    return screen.getvalue()


def test_it_stands_above_the_quotations_and_says_what_it_is(
    service: Service, writer: Writer
) -> None:
    assert printed(service, writer).startswith(
        f"{WORDS.written}\n{HELD} [1]\n\n{HELD} [1]\n\n来源\n[1] "
    )


def test_without_it_all_is_as_before(service: Service, writer: Writer, model: OpenAIServer) -> None:
    model.fault = "500"
    assert printed(service, writer) == printed(service, None)


def test_what_is_not_finished_is_taken_back(
    service: Service, writer: Writer, model: OpenAIServer
) -> None:
    model.writes = lambda _question, _quotations: f"{HELD[:-1]}[1]。" + "盘锦很好[1]。" * 4
    said = printed(service, writer)
    assert f"{HELD} [1]\n{WORDS.withdrawn}\n\n{HELD}\n\n来源" in said


def test_programs_get_it_in_the_answer(
    service: Service, writer: Writer, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = Console(file=io.StringIO())
    answer_question(service, QUESTION, nowhere, passages=None, as_json=True, writer=writer)
    answer = json.loads(capsys.readouterr().out)
    assert answer["written"]["sentences"] == [{"text": HELD, "citations": [1]}]


def test_it_is_off_unless_a_server_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WENDA_WRITER_URL", raising=False)
    assert make_writer(read_settings()) is None


def test_what_is_missing_is_named(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert writer
    with pytest.raises(SettingsError, match="bundled embedding model"):
        make_writer(read_settings(model="other"))
    monkeypatch.delenv("WENDA_WRITER_MODEL")
    with pytest.raises(SettingsError, match="WENDA_WRITER_MODEL"):
        make_writer(read_settings())


def test_neither_key_nor_model_is_in_what_settings_say(writer: Writer) -> None:
    assert writer
    said = repr(read_settings())
    assert KEY not in said
    assert MODEL not in said
