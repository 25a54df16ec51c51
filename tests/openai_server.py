"""A strict server of OpenAI's chat protocol over HTTP, which writes what a test says."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODEL = "small-1b"
KEY = "sk-of-nobody"
_FIELDS = {"model", "messages", "stream", "temperature", "max_tokens"}

#: Gets the question and the quotations by number, and gives the text in pieces.
Writes = Callable[[str, dict[int, str]], Sequence[str] | str]


@dataclass
class OpenAIServer:
    """What it writes, and what goes wrong. `asked` are the bodies of the requests that it took."""

    url: str = ""
    writes: Writes = lambda _question, _quotations: "[0]"
    #: "", "500", "404", "silence", "html", "nonsense", "endless", "broken", "plain", "redirect".
    fault: str = ""
    #: Seconds between two pieces.
    pause: float = 0.0
    asked: list[dict[str, Any]] = field(default_factory=list)
    #: Clients that went before the end of the text.
    left: int = 0
    closing: threading.Event = field(default_factory=threading.Event)


@contextmanager
def openai_server() -> Iterator[OpenAIServer]:
    """The server on a free port of this machine, its `url` as WENDA_WRITER_URL takes it."""
    state = OpenAIServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.closing.set()
        server.shutdown()
        server.server_close()


def _refusal(headers: Any, path: str, body: dict[str, Any]) -> tuple[int, str] | None:
    """The status and the reason with which a request is refused."""
    if path != "/v1/chat/completions":
        return 404, f"no such route: {path}"
    if headers.get("Authorization") != f"Bearer {KEY}":
        return 401, "wrong key"
    if headers.get("Content-Type") != "application/json":
        return 415, "not JSON"
    if set(body) != _FIELDS or body["stream"] is not True or body["temperature"] != 0:
        return 400, f"fields: {sorted(body)}"
    if body["model"] != MODEL:
        return 404, f"no such model: {body['model']}"
    if [each.get("role") for each in body["messages"]] != ["system", "user"]:
        return 400, "roles"
    if any(set(each) != {"role", "content"} for each in body["messages"]):
        return 400, "a message has a role and content"
    return None


def _handler(state: OpenAIServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            refused = _refusal(self.headers, self.path, body)
            if refused is not None:
                self._whole(refused[0], json.dumps({"error": {"message": refused[1]}}))
                return
            state.asked.append(body)
            try:
                self._answer(body)
            except OSError:
                state.left += 1
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

        def _answer(self, body: dict[str, Any]) -> None:
            given = json.loads(body["messages"][1]["content"])
            quotations = {each["number"]: each["text"] for each in given["quotations"]}
            match state.fault:
                case "500" | "404":
                    self._whole(int(state.fault), '{"error": {"message": "out of memory"}}')
                case "redirect":
                    self._whole(307, "", Location="http://127.0.0.1:9/v1/chat/completions")
                case "silence":
                    state.closing.wait(60)
                case "html":
                    self._whole(200, "<h1>Welcome</h1>", kind="text/html")
                case "plain":
                    self._whole(200, '{"choices": [{"message": {"content": "no stream"}}]}')
                case _:
                    self._stream(state.writes(given["question"], quotations))

        def _stream(self, text: Sequence[str] | str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream; charset=utf-8")
            self.send_header("Connection", "close")
            self.end_headers()
            self._event({"role": "assistant", "content": None})
            pieces = (
                [text[at : at + 7] for at in range(0, len(text), 7)]
                if (isinstance(text, str))
                else text
            )
            for number, piece in enumerate(pieces):
                if number and state.fault == "broken":
                    return
                if state.fault == "nonsense":
                    self.wfile.write(b"data: \xff\xfe{not json\n\n")
                self._event({"content": piece})
                if state.closing.wait(state.pause):
                    return
            while state.fault == "endless" and not state.closing.is_set():
                self._event({"content": "又" * 30_000})
            self._event({}, finish_reason="stop")
            self.wfile.write(b"data: [DONE]\n\n")

        def _event(self, delta: dict[str, Any], finish_reason: str | None = None) -> None:
            choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
            chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": MODEL}
            event = json.dumps({**chunk, "created": int(time.time()), "choices": [choice]})
            self.wfile.write(f"data: {event}\n\n".encode())
            self.wfile.flush()

        def _whole(
            self, status: int, text: str, kind: str = "application/json", **more: str
        ) -> None:
            content = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            for name, value in more.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

    return Handler
