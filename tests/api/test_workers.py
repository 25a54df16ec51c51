"""Work in threads: a queue with an end, a time limit, nothing for who has gone."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from rag.answering.service import Service
from rag.serving.collections import view
from tests.api.conftest import JOBS, BuildSite, Site, problem
from tests.fakes import CALIBRATION, open_index


class Gate:
    """An encoder's way: whoever asks waits until it is opened."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.entered = threading.Semaphore(0)
        self.asked = 0


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.opened.set()


@pytest.fixture
def gated(home: Path, build: BuildSite, gate: Gate) -> Callable[..., Site]:
    """Applications whose answers wait for the gate."""

    def open_service() -> Service:
        service = Service(open_index(home), CALIBRATION)
        encoder = service.generation.encoder
        encode = encoder.encode

        def gated_encode(question: str) -> object:
            gate.asked += 1
            gate.entered.release()
            gate.opened.wait(10)
            return encode(question)

        encoder.encode = gated_encode  # type: ignore[method-assign, assignment]
        return service

    return lambda **given: build(home, service=open_service, **given)


async def ask(client: httpx.AsyncClient) -> httpx.Response:
    return await client.get("/ask", params={"q": JOBS})


def test_more_than_the_queue_holds_is_refused_and_the_rest_answered(
    gated: Callable[..., Site], gate: Gate
) -> None:
    site = gated(threads=1, queue=2)

    async def open_later(_client: httpx.AsyncClient) -> None:
        await asyncio.to_thread(gate.entered.acquire)
        await asyncio.sleep(0.2)
        gate.opened.set()

    *responses, _ = site.client.together(*[ask] * 6, open_later)
    assert sorted(response.status_code for response in responses) == [200] * 3 + [503] * 3
    refused = next(response for response in responses if response.status_code == 503)
    problem(refused, 503, "busy")
    assert refused.headers["retry-after"] == "1"
    # And it recovers.
    assert {r.status_code for r in site.client.together(*[ask] * 3)} == {200}


def test_the_loop_goes_on_while_threads_search(gated: Callable[..., Site], gate: Gate) -> None:
    site = gated(threads=2)

    async def look(client: httpx.AsyncClient) -> int:
        await asyncio.to_thread(gate.entered.acquire)
        status = (await client.get("/healthz")).status_code
        gate.opened.set()
        return status

    answered, status = site.client.together(ask, look)
    assert (answered.status_code, status) == (200, 200)


def test_what_takes_too_long_is_given_up(gated: Callable[..., Site], gate: Gate) -> None:
    site = gated(threads=1, queue=0, seconds=0.05)
    response = site.client.together(ask)[0]
    problem(response, 503, "timeout")
    assert response.headers["retry-after"] == "5"
    # Its thread is not free yet, so there is no place.
    problem(site.client.together(ask)[0], 503, "busy")
    gate.opened.set()
    deadline = time.monotonic() + 10
    while site.client.together(ask)[0].status_code != 200:
        assert time.monotonic() < deadline


_ASKING = {
    "type": "http",
    "method": "GET",
    "path": "/ask",
    "query_string": b"q=x",
    "headers": [],
    "client": ("192.0.2.1", 5),
}


async def request_status(site: Site, gone: asyncio.Event) -> int:
    """The status of the answer to a client that is there until the event."""
    statuses: list[int] = []
    asked = False

    async def receive() -> dict[str, object]:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(int(str(message["status"])))

    await site.app(dict(_ASKING), receive, send)  # type: ignore[arg-type]
    return statuses[0]


def test_who_has_gone_is_not_searched_for(gated: Callable[..., Site], gate: Gate) -> None:
    site = gated(threads=1, queue=5)

    async def leave_while_one_is_answered() -> list[int]:
        gone, never = asyncio.Event(), asyncio.Event()
        stays = asyncio.create_task(request_status(site, never))
        await asyncio.to_thread(gate.entered.acquire)
        leaving = [asyncio.create_task(request_status(site, gone)) for _ in range(3)]
        await asyncio.sleep(0.1)
        gone.set()
        left = await asyncio.gather(*leaving)
        gate.opened.set()
        # What had waited before the last one would have had its turn.
        return [*left, await stays, await request_status(site, never)]

    assert asyncio.run(leave_while_one_is_answered()) == [499, 499, 499, 200, 200]
    assert gate.asked == 2


def test_an_error_in_a_thread_is_told_as_such(home: Path, build: BuildSite) -> None:
    site = build(home)
    site.serving.service.generation.listing.close()
    found = problem(site.client.get("/documents"), 500, "internal")
    assert "sqlite" not in found["detail"]


def test_examples_take_no_thread_from_questions(
    home: Path, build: BuildSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = build(home, threads=1, queue=1)
    answered = threading.Event()

    def slow(*_given: object) -> list[str]:
        assert answered.wait(10)
        return ["Slow?"]

    async def look(client: httpx.AsyncClient) -> list[str]:
        return list((await client.get("/examples")).json()["examples"])

    async def ask_meanwhile(client: httpx.AsyncClient) -> int:
        await asyncio.sleep(0.1)
        status = (await ask(client)).status_code
        answered.set()
        return status

    monkeypatch.setattr(view, "examples", slow)
    assert site.client.together(look, look, ask_meanwhile) == [["Slow?"], ["Slow?"], 200]
