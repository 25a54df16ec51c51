"""The package's own client over HTTP and over stdio, with servers as processes of their own."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import httpx2
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp_types import TextResourceContents

from tests.api.conftest import problem
from tests.api.live import FILES, Server, serving, until
from tests.api.mcp.conftest import MODES
from tests.fakes import CALIBRATION, HASHING_SCALE, write_files

pytestmark = pytest.mark.slow

JOBS = {"question": "城镇新增就业多少人？"}
KEY = "a key for the test"
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
ACCEPT = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with keys that finds nothing faster than in half a second."""
    folder = tmp_path_factory.mktemp("mcp")
    settings = {"API_KEYS": KEY, "RATE_LIMIT": "off", "THREADS": "1"}
    with serving(folder, "tests.api.fake_server", "0.5", settings=settings) as server:
        yield server


@asynccontextmanager
async def over_http(url: str, key: str | None = KEY, mode: str = "auto") -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=30) as http,
        Client(streamable_http_client(f"{url}mcp", http_client=http), mode=mode) as client,
    ):
        yield client


def program(folder: Path) -> StdioServerParameters:
    """`wenda mcp` over a folder's seeds."""
    home, seeds = folder / "home", folder / "seeds"
    if not home.exists():
        home.mkdir()
        CALIBRATION.save(home / "calibration.json", HASHING_SCALE)
        write_files(seeds, FILES)
    given = {"HOME": str(home), "SEEDS": str(seeds)}
    return StdioServerParameters(
        command=sys.executable,
        args=["-m", "tests.api.fake_server", "0", "mcp"],
        env={
            **{f"WENDA_{name}": value for name, value in given.items()},
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        },
        cwd=Path.cwd(),
    )


async def _all_tools(client: Client) -> None:
    """Every tool, an error, the resources, progress."""
    seen: list[str | None] = []

    async def follow(progress: float, total: float | None, message: str | None) -> None:
        assert (progress, total) == (len(seen) + 1, None)
        seen.append(message)

    answer = await client.call_tool("ask", JOBS, progress_callback=follow)
    assert not answer.is_error, answer.content
    assert answer.structured_content["citations"][0]["quote"] == "城镇新增就业3960人。"
    assert seen[-1] == "Looking through 2 documents"
    found = await client.call_tool("search_passages", {"query": "parks"})
    assert found.structured_content["passages"]
    listed = (await client.call_tool("list_documents", {})).structured_content["documents"]
    read = await client.call_tool("read_document", {"document": listed[0]["id"]})
    assert read.structured_content["paragraphs"]
    assert (await client.call_tool("ask", {"question": 3})).is_error
    resources = (await client.list_resources()).resources
    assert [each.uri for each in resources] == [f"wenda://documents/{d['id']}" for d in listed]
    (content,) = (await client.read_resource(resources[0].uri)).contents
    assert isinstance(content, TextResourceContents)
    assert content.text


@pytest.mark.parametrize("mode", MODES)
def test_every_tool_answers_over_http(server: Server, mode: str) -> None:
    async def run() -> None:
        async with over_http(server.url, mode=mode) as client:
            await _all_tools(client)
            answer = await client.call_tool("ask", JOBS)
            (citation,) = answer.structured_content["citations"]
            assert citation["url"].startswith(f"{server.url}documents/")

    asyncio.run(run())


@pytest.mark.parametrize("mode", MODES)
def test_every_tool_answers_over_stdio(tmp_path: Path, mode: str) -> None:
    """The first call builds the index, and is told of it."""

    async def run() -> None:
        async with Client(program(tmp_path), mode=mode) as client:
            await _all_tools(client)

    asyncio.run(run())


def test_a_key_is_needed_where_the_server_has_keys(server: Server) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        refused = httpx.post(f"{server.url}mcp", json=HELLO, headers=ACCEPT | headers)
        problem(refused, 401, "unauthorized")
    known = {"X-API-Key": KEY}
    answered = httpx.post(f"{server.url}mcp", json=HELLO, headers=ACCEPT | known, timeout=30)
    assert answered.status_code == 200
    assert '"serverInfo"' in answered.text


def test_pages_of_other_sites_and_streams_without_a_message_are_refused(server: Server) -> None:
    known = {"X-API-Key": KEY, **ACCEPT}
    foreign = known | {"Origin": "https://elsewhere.example"}
    refused = httpx.post(f"{server.url}mcp", json=HELLO, headers=foreign)
    problem(refused, 403, "foreign_origin")
    own = known | {"Origin": server.url.rstrip("/")}
    assert httpx.post(f"{server.url}mcp", json=HELLO, headers=own).status_code == 200
    for method in ("GET", "DELETE"):
        refused = httpx.request(method, f"{server.url}mcp", headers=known)
        problem(refused, 405, "method_not_allowed")
        assert refused.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[" * 100_000, 400),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call"}', 200),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "no/such"}', 200),
        (b'{"id": NaN}', 400),
        (b"x" * 300_000, 413),
        (b"\xff\xfe", 400),
    ],
)
def test_what_is_no_message_does_no_harm(server: Server, body: bytes, status: int) -> None:
    headers = {"X-API-Key": KEY, "Content-Type": "application/json", **ACCEPT}
    answered = httpx.post(f"{server.url}mcp", content=body, headers=headers, timeout=30)
    assert answered.status_code == status, answered.text
    assert "Traceback" not in answered.text
    assert server.lives()


def _searched(server: Server) -> float:
    """How many questions have been searched for."""
    said = httpx.get(f"{server.url}metrics", headers={"X-API-Key": KEY}).text
    (line,) = [each for each in said.splitlines() if 'seconds_count{stage="encode"}' in each]
    return float(line.split()[-1])


def test_a_call_that_is_cancelled_over_http_leaves_the_queue(tmp_path: Path) -> None:
    async def run(server: Server) -> None:
        async with over_http(server.url) as client, over_http(server.url) as other:
            await client.list_tools()
            await other.list_tools()
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(client.call_tool, "ask", JOBS)
                await asyncio.sleep(0.2)
                with anyio.move_on_after(0.3) as scope:
                    await other.call_tool("ask", JOBS)
                assert scope.cancelled_caught
            assert not (await other.call_tool("ask", JOBS)).is_error

    settings = {"API_KEYS": KEY, "THREADS": "1"}
    with serving(tmp_path, "tests.api.fake_server", "3", settings=settings) as server:
        asyncio.run(run(server))
        assert _searched(server) == 2


def test_questions_of_an_agent_count_as_questions(tmp_path: Path) -> None:
    async def run(url: str) -> list[Any]:
        async with over_http(url, key=None) as client:
            asked = [await client.call_tool("ask", JOBS) for _ in range(3)]
            listed = await client.call_tool("list_documents", {})
            return [*asked, listed]

    with serving(tmp_path, settings={"RATE_LIMIT": "2/minute"}) as server:
        *asked, listed = asyncio.run(run(server.url))
        assert [each.is_error for each in asked] == [False, False, True]
        assert "More than 2 requests" in asked[-1].content[0].text
        assert not listed.is_error
        metrics = httpx.get(f"{server.url}metrics").text
        assert 'wenda_questions_total{channel="mcp"} 2.0' in metrics
        assert 'wenda_errors_total{code="rate_limited"} 1.0' in metrics
        server.stop()
        assert JOBS["question"] not in server.log


def test_a_server_ends_while_an_agent_waits_for_its_index(tmp_path: Path) -> None:
    async def run(waited_for: Server) -> None:
        async def follow(progress: float, total: float | None, message: str | None) -> None:  # noqa: ARG001
            waited_for.process.send_signal(signal.SIGTERM)

        async with over_http(waited_for.url, key=None) as client:
            with anyio.move_on_after(20):
                await client.call_tool("ask", JOBS, progress_callback=follow)

    arguments = ("tests.api.fake_server", "8")
    with serving(tmp_path, *arguments, ready=False) as server:
        asyncio.run(run(server))
        assert server.process.wait(timeout=20) == 0


def _piped(folder: Path) -> subprocess.Popen[bytes]:
    given = program(folder)
    environment: Mapping[str, str] = {**os.environ, **(given.env or {})}
    return subprocess.Popen(
        [given.command, *given.args],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )


def test_over_stdio_nothing_but_messages_is_printed_and_the_end_of_input_ends_it(
    tmp_path: Path,
) -> None:
    lines = (
        b"no json\n",
        b'{"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"protocolVersion": '
        b'"2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}}\n',
        b"[" * 50_000 + b"\n",
        b'{"jsonrpc": "2.0", "id": 2, "method": "ping"}\n',
    )
    process = _piped(tmp_path)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"".join(lines))
    process.stdin.flush()
    said = [json.loads(process.stdout.readline()) for _ in range(2)]
    assert [each["id"] for each in said] == [0, 2]
    rest, log = process.communicate(timeout=60)
    assert rest == b""
    assert process.returncode == 0
    assert b"Traceback" not in log


def test_ctrl_c_ends_it_at_once(tmp_path: Path) -> None:
    process = _piped(tmp_path)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b'{"jsonrpc": "2.0", "id": 1, "method": "server/discover"}\n')
    process.stdin.flush()
    assert process.stdout.readline()
    process.send_signal(signal.SIGINT)
    until(lambda: process.poll() is not None, 20)
    process.communicate()
