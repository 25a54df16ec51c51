"""The server as a process: what people and machines do to it, kindly or not."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.api.live import Server, serving, until
from tests.fakes import write_files

pytestmark = pytest.mark.slow

TOKEN = "secret-token"  # noqa: S105 - of servers that live for a test
SETTINGS = {"ADMIN_TOKEN": TOKEN, "RATE_LIMIT": "off"}
QUESTION = "城镇新增就业多少人？"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that nothing here may bring down."""
    with serving(tmp_path_factory.mktemp("live"), settings=SETTINGS) as server:
        yield server


def head(method: str = "POST", path: str = "/ask", *lines: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *lines, "", ""]).encode()


def posted(body: bytes, *lines: str) -> bytes:
    return head("POST", "/ask", "Content-Type: application/json", *lines) + body


def status(said: bytes) -> int:
    return int(said.split(b" ", 2)[1]) if said.startswith(b"HTTP/1.1 ") else 0


def sized(body: bytes) -> bytes:
    return posted(body, f"Content-Length: {len(body)}", "Connection: close")


def test_it_builds_an_index_first_and_answers(server: Server) -> None:
    answer = server.get("ask", q=QUESTION).json()
    assert "3960人" in answer["answer"]
    assert server.get("index").json()["job"]["state"] == "done"


@pytest.mark.parametrize(
    ("request_bytes", "expected"),
    [
        (sized(b'{"question": "\xff\xfe"}'), {400}),
        (sized(b"{" * 10), {422}),
        (sized(b"[" * 100_000), {400, 422}),
        (sized(b'{"a":' * 40_000 + b"1" + b"}" * 40_000), {400, 422}),
        (sized(b'{"question": NaN}'), {422}),
        (sized(b'{"question": "x", "top_k": 1e999}'), {422}),
        (sized(b'{"question": "x", "top_k": ' + b"9" * 5000 + b"}"), {400, 422}),
        (sized(b'{"question": "\\ud800"}'), {422}),
        (sized(b'{"question": "\\u0000 a \\u202e b"}'), {200}),
        (sized(b""), {422}),
        (sized(b"null"), {422}),
        (sized(b"x" * 300_000), {413}),
        (head("POST", "/ask", "Content-Length: 1000000000000"), {408, 413}),
        (head("POST", "/ask", "Content-Length: -1"), {400}),
        (head("POST", "/ask", "Content-Length: 5", "Content-Length: 6"), {400}),
        (head("POST", "/ask", "Content-Length: 5", "Transfer-Encoding: chunked"), {400, 422, 408}),
        (head("GET", "/healthz", *(f"X-{n}: y" for n in range(10_000))), {400}),
        (head("GET", "/healthz", "X: " + "y" * 100_000), {400}),
        (head("GET", "/" + "a" * 100_000), {400}),
        (head("GET", "/ask?q=%ff%fe%00", "Connection: close"), {200, 422}),
        (head("GET", "/page/../../etc/passwd", "Connection: close"), {404}),
        (head("GET", "/documents/..%2f..%2fetc%2fpasswd", "Connection: close"), {404}),
        (head("GET", "http://evil.example/healthz", "Connection: close"), {404}),
        (head("TRACE", "/ask", "Connection: close"), {405}),
        (head("CONNECT", "evil.example:443", "Connection: close"), {400, 404}),
        (head("OPTIONS", "*", "Connection: close"), {400, 404, 405}),
        (head("BREW", "/ask", "Connection: close"), {405}),
        ("GET /ask?q=多少 HTTP/1.1\r\nHost: x\r\n\r\n".encode(), {400}),
        (b"GET /healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", {400}),
        (b"GET /healthz HTTP/1.1\r\n\r\n", {400}),
        (b"GET /healthz HTTP/9.9\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", {200, 400}),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", {400, 0}),
        (b"\0" * 1000 + b"\r\n\r\n", {400}),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400}),
        (head("GET", "/ask", "Upgrade: websocket", "Connection: Upgrade"), {400, 422}),
    ],
)
def test_what_is_not_a_request_is_refused_and_the_server_lives(
    server: Server, request_bytes: bytes, expected: set[int]
) -> None:
    said = server.talk(request_bytes, seconds=3)
    assert status(said) in expected | ({0} if 408 in expected else set())
    assert b"Traceback" not in said
    if status(said) >= 400:
        assert b"application/problem+json" in said
    assert server.lives()


def test_a_body_in_endless_chunks_is_refused(server: Server) -> None:
    chunk = b"2000\r\n" + b"x" * 0x2000 + b"\r\n"
    said = server.talk(posted(b"", "Transfer-Encoding: chunked"), *[chunk] * 400)
    assert status(said) in (413, 0)  # the connection may be gone before the answer is read
    assert server.lives()


def test_a_body_a_little_too_large_is_told_so(server: Server) -> None:
    response = httpx.post(server.url + "ask", content=b"x" * 1_000_000, timeout=30)
    assert response.status_code == 413
    assert response.json()["code"] == "too_large"


def test_heads_that_do_not_come_are_not_waited_for(server: Server) -> None:
    slow = [socket.create_connection(("127.0.0.1", server.port), timeout=30) for _ in range(50)]
    assert server.lives()  # others are served meanwhile

    def closed(connection: socket.socket, piece: bytes) -> bool:
        """Whether the server has closed it, after another piece of a head."""
        try:
            connection.sendall(piece)
            connection.setblocking(False)
            return connection.recv(1000) == b""
        except BlockingIOError:
            return False
        except ConnectionError:
            return True
        finally:
            connection.settimeout(30)

    def all_closed() -> bool:
        pieces = (b"a", b"")  # half of them say something every time
        states = [closed(each, pieces[n % 2]) for n, each in enumerate(slow)]
        return all(states)

    until(all_closed)
    for connection in slow:
        connection.close()
    assert server.lives()


def test_a_second_head_on_a_connection_is_not_waited_for_either(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(head("GET", "/healthz"))
        said = b""
        while not said.endswith(b"}"):
            said += connection.recv(65536)
        assert status(said) == 200
        connection.sendall(b"GET /healthz HT")
        assert connection.recv(1000) == b""  # closed, or the test runs into its timeout


def test_several_requests_on_one_connection_are_answered_in_order(server: Server) -> None:
    last = head("GET", "/nothing", "Connection: close")
    said = server.talk(head("GET", "/healthz") * 3 + last)
    assert said.count(b"HTTP/1.1 200") == 3
    assert said.count(b"HTTP/1.1 404") == 1


def test_the_log_has_neither_questions_nor_secrets(server: Server) -> None:
    server.get("ask", q="PRIVATE QUESTION")
    httpx.post(server.url + "ask", json={"question": "PRIVATE BODY", "top_k": "PRIVATE"})
    server.get("PRIVATE/PATH")
    httpx.post(server.url + "index/rebuild", headers={"Authorization": f"Bearer {TOKEN}"})
    httpx.post(server.url + "index/rebuild", headers={"Authorization": "Bearer wrong-token"})
    until(lambda: "POST /index/rebuild 401" in server.log)
    assert "GET /ask 200" in server.log
    for secret in ("PRIVATE", TOKEN, "wrong-token"):
        assert secret not in server.log


def test_a_taken_port_is_said_in_words(server: Server, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "WENDA_HOST": "127.0.0.1",
        "WENDA_PORT": str(server.port),
        "WENDA_HOME": str(tmp_path),
    }
    ran = subprocess.run(
        [sys.executable, "-m", "wenda", "serve"],
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 1
    assert f"port {server.port}" in ran.stderr
    assert "--port" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_a_running_answer_end(tmp_path: Path, number: int) -> None:
    with serving(tmp_path, "tests.api.fake_server", "1.5") as server:
        got: list[httpx.Response] = []
        asking = threading.Thread(target=lambda: got.append(server.get("ask", q=QUESTION)))
        asking.start()
        until(lambda: 'stage="queue"' in server.get("metrics").text)
        time.sleep(0.3)
        assert server.stop(number) == 0
        asking.join(timeout=30)
        assert got[0].status_code == 200
        assert "3960人" in got[0].json()["answer"]


def test_a_signal_ends_a_stream_of_events(tmp_path: Path) -> None:
    with serving(tmp_path):
        pass  # it has built an index
    with serving(tmp_path, "tests.api.fake_server", "60", settings=SETTINGS) as server:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        job = httpx.post(server.url + "index/rebuild", headers=headers).json()
        told: list[str] = []

        def follow() -> None:
            accept = {"Accept": "text/event-stream"}
            with httpx.stream("GET", server.url + job["url"][1:], headers=accept) as stream:
                told.extend(stream.iter_lines())

        following = threading.Thread(target=follow)
        following.start()
        until(lambda: "POST /index/rebuild 202" in server.log)
        time.sleep(0.5)
        assert server.stop() == 0
        following.join(timeout=30)
        assert "event: job" in told
        assert "Cancel" not in server.log


def test_two_servers_share_an_index_that_changes(tmp_path: Path) -> None:
    with serving(tmp_path, settings=SETTINGS) as one:
        first = one.get("index").json()["generation"]
        other_log = tmp_path / "other"
        other_log.mkdir()
        (other_log / "home").symlink_to(tmp_path / "home")
        (other_log / "seeds").symlink_to(tmp_path / "seeds")
        with serving(other_log, settings=SETTINGS) as other:
            assert other.get("index").json()["generation"] == first
            failed: list[int] = []
            done = threading.Event()

            def ask() -> None:
                while not done.is_set():
                    for server in (one, other):
                        response = server.get("ask", q=QUESTION)
                        if response.status_code != 200:
                            failed.append(response.status_code)

            asking = threading.Thread(target=ask)
            asking.start()
            for number in range(3):
                write_files(one.seeds, {f"new{number}.md": f"新的文件，第{number}个。"})
                headers = {"Authorization": f"Bearer {TOKEN}"}
                job = httpx.post(one.url + "index/rebuild", headers=headers).json()
                newest = _rebuilt(one, job["url"])
            for server in (one, other):
                until(partial(_serves, server, newest))
            done.set()
            asking.join(timeout=30)
            assert failed == []
            assert newest != first


def _rebuilt(server: Server, url: str) -> str:
    """The generation of a job that has ended."""
    until(lambda: server.get(url[1:]).json()["state"] != "running")
    return str(server.get(url[1:]).json()["report"]["generation"])


def _serves(server: Server, generation: str) -> bool:
    return bool(server.get("index").json()["generation"] == generation)


def test_without_documents_it_serves_and_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    with serving(tmp_path, ready=False) as server:
        assert server.get("healthz").status_code == 200
        until(lambda: "holds no documents" in server.get("readyz").text)
        assert server.get("readyz").status_code == 503
        assert json.loads(server.get("ask", q="x").text)["code"] == "unavailable"


def test_serving_imports_neither_torch_nor_sentence_transformers() -> None:
    code = (
        "import sys, wenda.commands.serve\n"
        "heavy = {'torch', 'sentence_transformers', 'transformers', 'sklearn', 'matplotlib'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
