"""The route within the application, whose client goes away."""

import asyncio
import json
import threading
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pytest

from rag.answering.service import Service
from rag.errors import ExtraError
from tests.api.conftest import JOBS, BuildSite, Site, problem
from tests.api.mcp.conftest import until_taken

#: What the two generations of the protocol add to a call.
CALLS = {
    "2025-06-18": {},
    "2026-07-28": {
        "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
            "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        }
    },
}


class Gate:
    """Holds the encoder; `asked` are the questions that reached it."""

    def __init__(self, service: Service) -> None:
        self.entered, self.opened = threading.Semaphore(0), threading.Event()
        self.asked: list[str] = []
        self._encode = service.generation.encoder.encode
        service.generation.encoder.encode = self.encode  # type: ignore[method-assign]

    def encode(self, question: str) -> Any:
        self.asked.append(question)
        self.entered.release()
        self.opened.wait(30)
        return self._encode(question)


async def post(site: Site, version: str, question: str, gone: asyncio.Event) -> list[Any]:
    """Calls the tool `ask`; what is sent back until the client is gone."""
    params = {"name": "ask", "arguments": {"question": question}, **CALLS[version]}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    headers = {
        "accept": "application/json, text/event-stream",
        "content-type": "application/json",
        "mcp-protocol-version": version,
        "mcp-method": "tools/call",
        "mcp-name": "ask",
        "host": "wenda",
    }
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/mcp",
        "raw_path": b"/mcp",
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("203.0.113.7", 5),
        "server": ("wenda", 80),
    }
    waiting = [{"type": "http.request", "body": json.dumps(call).encode(), "more_body": False}]
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        if waiting:
            return waiting.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await site.app(scope, receive, send)
    return sent


@pytest.mark.parametrize("version", CALLS)
def test_a_call_whose_client_goes_away_leaves_the_queue(
    home: Path, build: BuildSite, version: str
) -> None:
    site = build(home, threads=1)
    gate, workers = Gate(site.serving.service), site.app.state.context.workers

    async def run() -> None:
        async with site.app.router.lifespan_context(site.app):
            stays, goes = asyncio.Event(), asyncio.Event()
            first = asyncio.create_task(post(site, version, JOBS, stays))
            await asyncio.to_thread(gate.entered.acquire)
            second = asyncio.create_task(post(site, version, "How many parks?", goes))
            await until_taken(workers, 2)
            goes.set()
            await asyncio.wait_for(second, 30)
            await until_taken(workers, 1)
            gate.opened.set()
            sent = await asyncio.wait_for(first, 30)
        assert any(b"seeds/jobs.txt" in message.get("body", b"") for message in sent)

    try:
        asyncio.run(run())
    finally:
        gate.opened.set()
    assert gate.asked == [JOBS]


def test_without_the_package_the_answer_says_how_to_install_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(extra: str) -> None:
        raise ExtraError(f"Install it: pip install 'wenda[{extra}]'")

    monkeypatch.setattr("api.mcp.routes.require", missing)
    refused = problem(site.client.post("/mcp", {}), 503, "unavailable")
    assert "pip install 'wenda[mcp]'" in refused["detail"]
