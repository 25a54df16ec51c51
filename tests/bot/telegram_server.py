"""A strict Bot API server over HTTP, with people who write to the bot and look at its replies."""

import json
import socket
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.bot.telegram_html import RefusedError
from tests.bot.telegram_methods import METHODS, answer_to
from tests.bot.telegram_world import Message, Person, World

TOKEN = "123456789:AAaaBBbbCCccDDddEEeeFFffGGggHHhhIIi"  # noqa: S105 - of nobody
_LONGEST_POLL = 50


@dataclass
class Fault:
    """What goes wrong. `done` first does what was asked, and only then loses the answer."""

    kind: str  # "status", "drop" or "silence"
    status: int = 500
    description: str = "Internal Server Error"
    parameters: dict[str, int] = field(default_factory=dict)
    done: bool = False
    seconds: float = 60.0
    times: int = 1


@dataclass(frozen=True)
class Call:
    """A request of the bot, and what came of it."""

    method: str
    parameters: dict[str, Any]
    at: float
    error: str | None = None


class TelegramServer:
    """Telegram, as far as a bot can tell. All methods may be called from any thread."""

    def __init__(self) -> None:
        self.world = World()
        self.calls: list[Call] = []
        self.faults: dict[str, list[Fault]] = {}
        self.refused_tokens = False
        self.accepting = True
        self._polls = 0
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()
        threading.Thread(target=self._deliver, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def polls(self) -> int:
        """How often the bot has asked for updates."""
        return self._polls

    def close(self) -> None:
        self.world.closed = True
        with self.world.changed:
            self.world.changed.notify_all()
        self._server.shutdown()
        self._server.server_close()

    def wait(self, condition: Callable[[], Any], seconds: float = 90.0) -> Any:
        """What the condition gives once it is true; fails when that takes too long."""
        until = time.monotonic() + seconds
        while True:
            with self.world.changed:
                if given := condition():
                    return given
            if time.monotonic() > until:
                last = [(call.method, call.error) for call in self.calls[-12:]]
                raise AssertionError(f"It did not come to that. The last calls: {last}")
            time.sleep(0.02)

    def replies(self, asked: Message, count: int = 1, seconds: float = 90.0) -> list[Message]:
        """The messages of the bot in a chat since a message, at least so many."""
        return self.wait(  # type: ignore[no-any-return]
            lambda: (
                found if len(found := self.world.bot_messages(asked.chat, asked)) >= count else None
            ),
            seconds,
        )

    def reply(self, asked: Message, seconds: float = 90.0) -> Message:
        """The first message of the bot after a message."""
        return self.replies(asked, 1, seconds)[0]

    def ask_until(self, person: Person, question: str, fact: str, tries: int = 30) -> Message:
        """Asks again and again, until the answer has the fact."""
        for _ in range(tries):
            answer = self.reply(person.say(question))
            if fact in answer.text:
                return answer
            time.sleep(0.5)
        raise AssertionError(f"The last answer was {answer.text!r}")

    def settle(self, quiet: float = 0.5) -> None:
        """Waits until the bot has done nothing for a while, and nothing waits for it."""
        last, since = len(self.calls), time.monotonic()
        while time.monotonic() - since < quiet or self.world.undelivered():
            time.sleep(0.05)
            made = len([call for call in self.calls if call.method != "getUpdates"])
            if made != last:
                last, since = made, time.monotonic()

    def inject(self, method: str, fault: Fault) -> None:
        """Makes the next calls of a method fail."""
        self.faults.setdefault(method, []).append(fault)

    @contextmanager
    def away(self) -> Iterator[None]:
        """Meanwhile no connection is answered."""
        self.accepting = False
        try:
            yield
        finally:
            self.accepting = True

    def called(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    def take_fault(self, method: str) -> Fault | None:
        with self.world.changed:
            waiting = self.faults.get(method) or []
            if not waiting:
                return None
            fault = waiting[0]
            fault.times -= 1
            if fault.times <= 0:
                waiting.pop(0)
            return fault

    def answer(self, method: str, parameters: dict[str, Any]) -> Any:
        """Does what is asked. Raises RefusedError."""
        if method == "getUpdates":
            return self._poll(parameters)
        if method not in METHODS:
            raise RefusedError("Not Found", 404)
        with self.world.changed:
            try:
                return answer_to(self.world, method, parameters)
            finally:
                self.world.changed.notify_all()

    def _poll(self, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        """Holds the request until there are updates; the poll before it ends in a conflict."""
        world = self.world
        if world.webhook["url"]:
            raise RefusedError(
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook "
                "to delete the webhook first",
                409,
            )
        until = time.monotonic() + min(int(parameters.get("timeout", 0)), _LONGEST_POLL)
        with world.changed:
            self._polls += 1
            mine = self._polls
            world.changed.notify_all()
            world.confirm(parameters)
            while not world.closed:
                if self._polls != mine:
                    raise RefusedError(
                        "Conflict: terminated by other getUpdates request; make sure that only "
                        "one bot instance is running",
                        409,
                    )
                waiting = world.updates[: int(parameters.get("limit", 100))]
                left = until - time.monotonic()
                if waiting or left <= 0:
                    return waiting
                world.changed.wait(left)
        return []

    def _deliver(self) -> None:
        """Posts updates to the webhook, one by one, until each is taken."""
        world = self.world
        while not world.closed:
            with world.changed:
                world.changed.wait(0.05)
                url, update = world.webhook["url"], next(iter(world.updates), None)
            if not url or update is None:
                continue
            headers = {
                "Content-Type": "application/json",
                "X-Telegram-Bot-Api-Secret-Token": world.webhook["secret"],
            }
            request = urllib.request.Request(url, json.dumps(update).encode(), headers)  # noqa: S310
            try:
                with urllib.request.urlopen(request, timeout=10):  # noqa: S310
                    pass
            except OSError as error:
                world.webhook["error"] = str(error)
                time.sleep(0.2)
                continue
            with world.changed:
                world.updates = [each for each in world.updates if each is not update]
                world.changed.notify_all()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A bot that was killed closes its connections; all else is a mistake of this server."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def _handler(server: TelegramServer) -> type[BaseHTTPRequestHandler]:
    return type("Handler", (_Handler,), {"telegram": server})


class _Handler(BaseHTTPRequestHandler):
    telegram: TelegramServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Nothing: the record is kept by the server."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        given = urllib.parse.parse_qsl(body.decode(), keep_blank_values=True)
        if not self.telegram.accepting:
            self._drop()
            return
        _, bot, method = (*self.path.split("/", 2), "")[:3]
        method = method[:1].lower() + method[1:]  # names may be spelled in any case
        if self.telegram.refused_tokens or bot != f"bot{TOKEN}":
            self._send(401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
            return
        self._work(method, {name: _value(name, value) for name, value in given})

    def do_GET(self) -> None:
        """A file that is downloaded."""
        _, kind, bot, folder, file = (*urllib.parse.unquote(self.path).split("/"), "", "", "", "")[
            :5
        ]
        content = self.telegram.world.files.get(file)
        known = (kind, bot, folder) == ("file", f"bot{TOKEN}", "documents")
        fault = self.telegram.take_fault("download")
        if not self.telegram.accepting or fault is not None:
            self._drop()
        elif not known or content is None:
            self._send(404, {"ok": False, "error_code": 404, "description": "Not Found"})
        else:
            self._send_body(200, "application/octet-stream", content)

    def _work(self, method: str, parameters: dict[str, Any]) -> None:
        fault = self.telegram.take_fault(method)
        if fault is not None and not fault.done:
            self.telegram.calls.append(Call(method, parameters, time.monotonic(), fault.kind))
            self._fail(fault)
            return
        at = time.monotonic()
        try:
            result = self.telegram.answer(method, parameters)
        except RefusedError as refused:
            self.telegram.calls.append(Call(method, parameters, at, refused.description))
            answer: dict[str, Any] = {"ok": False, "error_code": refused.code}
            answer |= {"description": refused.description}
            if refused.parameters:
                answer |= {"parameters": refused.parameters}
            self._send(refused.code, answer)
            return
        lost = fault.kind if fault is not None else None
        self.telegram.calls.append(Call(method, parameters, at, lost))
        if fault is not None:
            self._fail(fault)
        else:
            self._send(200, {"ok": True, "result": result})

    def _fail(self, fault: Fault) -> None:
        if fault.kind == "drop":
            self._drop()
        elif fault.kind == "silence":
            until = time.monotonic() + fault.seconds
            while time.monotonic() < until and not self.telegram.world.closed:
                time.sleep(0.05)
            self._drop()
        else:
            answer: dict[str, Any] = {"ok": False, "error_code": fault.status}
            answer |= {"description": fault.description, "parameters": fault.parameters}
            self._send(fault.status, {key: value for key, value in answer.items() if value})

    def _drop(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _send(self, status: int, answer: dict[str, Any]) -> None:
        self._send_body(status, "application/json", json.dumps(answer).encode())

    def _send_body(self, status: int, kind: str, body: bytes) -> None:
        with suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)


def _value(name: str, text: str) -> Any:
    """Numbers, booleans, lists and objects come as JSON, texts as they are."""
    if name == "text":
        return text
    if text[:1] in "[{" or text in ("true", "false") or text.lstrip("-").isdecimal():
        with suppress(ValueError):
            return json.loads(text)
    return text


__all__ = ["TOKEN", "Call", "Fault", "Message", "Person", "TelegramServer"]
