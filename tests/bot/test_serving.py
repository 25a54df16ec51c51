"""The bot beside the REST API in one process, by polling and by webhook."""

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.telegram.webhook import SECRET_HEADER, secret_of
from tests.bot.processes import free_port
from tests.bot.telegram_server import TOKEN, Fault, TelegramServer

pytestmark = pytest.mark.model

JOBS, FACT = "盘锦市新增创业多少人？", "11331人"


class Serving:
    """`wenda serve` with a bot."""

    def __init__(self, port: int, process: "subprocess.Popen[bytes]") -> None:
        self.port = port
        self.process = process

    def get(self, path: str) -> tuple[int, dict[str, Any]]:
        return self.request("GET", path)

    def request(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            content = answer.read()
        except OSError:
            return 0, {}
        finally:
            connection.close()
        return answer.status, json.loads(content) if content[:1] == b"{" else {}


Serve = Callable[..., Serving]


@pytest.fixture
def serve(server: TelegramServer, home: Path) -> Iterator[Serve]:
    """Starts `wenda serve` with settings; in the end it exits cleanly and named no token."""
    started: list[Serving] = []
    log = home / "serve.log"

    def begin(port: int | None = None, **settings: str) -> Serving:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("WENDA_", "TELEGRAM"))}
        kept |= {k: v for k, v in os.environ.items() if k == "WENDA_MODELS"}
        given = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "WENDA_TELEGRAM_API": server.url,
            "WENDA_TELEGRAM_POLL": "3",
            "WENDA_TELEGRAM_TIMEOUT": "2",
            "WENDA_HOME": str(home),
            "WENDA_SEEDS": str(home.parent / "seeds"),
            **settings,
        }
        port = port or free_port()
        with log.open("ab") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "wenda", "--verbose", "serve", "--port", str(port)],
                env={**kept, **given},
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        serving = Serving(port, process)
        started.append(serving)
        server.wait(lambda: serving.get("/healthz")[0] == 200)
        return serving

    yield begin
    for each in started:
        each.process.send_signal(signal.SIGTERM)
        assert each.process.wait(60) == 0
    text = log.read_text(encoding="utf-8")
    assert "Traceback" not in text, text
    assert "123456789:" not in text


def test_both_answer_and_share_what_people_thought(server: TelegramServer, serve: Serve) -> None:
    serving = serve()
    person = server.world.person()
    answer = server.reply(person.say(JOBS))
    assert FACT in answer.text
    server.wait(lambda: serving.get("/readyz")[1].get("bot") == "running")


def test_rest_goes_on_while_telegram_is_away_and_the_bot_comes_back(
    server: TelegramServer, serve: Serve
) -> None:
    person = server.world.person()
    with server.away():
        serving = serve()
        asked = person.say(JOBS)
        server.wait(lambda: "unreachable" in str(serving.get("/readyz")[1].get("bot")))
        status, answered = serving.get(
            "/ask?q=%E7%9B%98%E9%94%A6%E6%96%B0%E5%A2%9E%E5%88%9B%E4%B8%9A"
        )
        assert (status, answered["answered"]) == (200, True)
    assert FACT in server.reply(asked).text
    server.wait(lambda: serving.get("/readyz")[1].get("bot") == "running")


def test_rest_goes_on_without_a_bot_when_the_token_is_refused(
    server: TelegramServer, serve: Serve
) -> None:
    server.refused_tokens = True
    serving = serve()
    server.wait(lambda: "refused" in str(serving.get("/readyz")[1].get("bot")))
    assert serving.get("/readyz")[0] == 200


def test_updates_are_delivered_to_the_webhook(server: TelegramServer, serve: Serve) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/telegram/webhook"
    serving = serve(port, WENDA_TELEGRAM_WEBHOOK_URL=url)
    person = server.world.person()
    answer = server.reply(person.say(JOBS))
    assert FACT in answer.text
    person.press(answer, "[1]")
    server.wait(lambda: "‹‹ 返回" in answer.labels)
    assert server.polls == 0
    assert server.world.webhook["url"] == url
    # Nobody else can deliver, and what came before is not worked on again.
    update = {"update_id": 999_999, "message": person.say("/about").to_json()}
    server.settle()
    count = len(server.world.bot_messages(person.chat))
    body = json.dumps(update).encode()
    for secret in ("", "x", secret_of("123:other")):
        assert serving.request("POST", "/telegram/webhook", body, {SECRET_HEADER: secret})[0] == 403
    good = {SECRET_HEADER: secret_of(TOKEN)}
    for wrong in (b"", b"{", b"[]", b"1", b'{"update_id": "x", "message": 3}'):
        assert serving.request("POST", "/telegram/webhook", wrong, good)[0] == 400
    for _ in range(3):
        assert serving.request("POST", "/telegram/webhook", body, good)[0] == 200
    server.settle()
    assert len(server.world.bot_messages(person.chat)) == count + 1


def test_a_webhook_answer_that_was_being_sent_arrives_once_after_a_kill(
    server: TelegramServer, serve: Serve
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/hook/of/ours"
    serving = serve(port, WENDA_TELEGRAM_WEBHOOK_URL=url)
    person = server.world.person()
    server.inject("sendMessage", Fault("silence", done=True, seconds=1.0))
    asked = person.say(JOBS)
    server.wait(lambda: server.called("sendMessage"))
    serving.process.kill()
    serving.process.wait()
    again = serve(port, WENDA_TELEGRAM_WEBHOOK_URL=url)
    serving.process = again.process
    server.settle(2.0)
    assert [FACT in each.text for each in server.world.bot_messages(person.chat, asked)] == [True]
