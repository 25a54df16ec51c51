"""Puts load on a running server; throughput and times as ratios to a single client.

    wenda serve &                             # with WENDA_RATE_LIMIT=off
    python benchmarks/load.py http://127.0.0.1:8000 --seconds 20
    python benchmarks/load.py http://127.0.0.1:8000 --rebuilds 20 --token TOKEN --folder SEEDS
    python benchmarks/load.py http://127.0.0.1:8000 --requests 50000 --clients 8

The first measures throughput and times at 1, 8, 32 and 128 clients. The second asks all the while
the index is rebuilt, each time with another file in SEEDS, and counts what failed. The third sends
a fixed number of requests and watches the server's memory. Each client keeps one connection and
asks its next question when it has the answer to the last. Exits 1 when a request failed that should
not. Needs the development extras.
"""

import argparse
import asyncio
import json
import random
import re
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

_QUESTIONS = Path(__file__).parent.parent / "tests" / "data" / "questions.jsonl"
_LEVELS = (1, 8, 32, 128)
_ROUNDS = 4
#: Status codes with which an overloaded server may answer.
_BUSY = (429, 503)
_EVENTS = {"Accept": "text/event-stream"}
_TIMEOUT = 60
_MEMORY = "process_resident_memory_bytes "


@dataclass
class LoadRun:
    """The outcomes of the requests of some clients."""

    clients: int
    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)

    def add_counts(self, other: "LoadRun") -> None:
        """Adds the counts of another run."""
        self.seconds += other.seconds
        self.times += other.times
        self.statuses += other.statuses

    @property
    def answered(self) -> int:
        return self.statuses["200"]

    @property
    def failed(self) -> int:
        fine = {"200", *map(str, _BUSY)}
        return sum(count for status, count in self.statuses.items() if status not in fine)

    def quantile(self, share: float) -> float:
        """The quantile of the response times in milliseconds."""
        ordered = sorted(self.times)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] * 1000 if ordered else 0.0


class _Connection:
    """One HTTP connection, without a library: those took a third of the shared processor."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None

    async def post(self, path: str, content: dict[str, Any]) -> str:
        """The response's status, once it is complete.

        Raises OSError, EOFError or ValueError when there is none.
        """
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        body = json.dumps(content).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        status, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines if line)
        await reader.readexactly(int(headers.get("content-length", "none")))
        if headers.get("connection") == "close":
            self.close()
        return status.split()[1]


class Load:
    """Clients of one server."""

    def __init__(self, url: str, questions: list[str]) -> None:
        self._url = url.rstrip("/")
        self._questions = questions

    def client(self) -> httpx.AsyncClient:
        limits = httpx.Limits(max_connections=1)
        return httpx.AsyncClient(base_url=self._url, timeout=_TIMEOUT, limits=limits)

    async def ask_for(
        self, clients: int, *, seconds: float = 1e9, requests: int = 10**9, seed: int = 1
    ) -> LoadRun:
        """Asks for some seconds or some number of requests, whichever ends first."""
        run = LoadRun(clients)
        began = time.perf_counter()
        left = iter(range(requests))

        async def ask(number: int) -> None:
            choose = random.Random(seed * 1000 + number)  # noqa: S311 - not for secrets
            connection = _Connection(self._url)
            try:
                while time.perf_counter() - began < seconds and next(left, None) is not None:
                    await self._ask(connection, choose.choice(self._questions), run)
            finally:
                connection.close()

        await asyncio.gather(*(ask(number) for number in range(clients)))
        run.seconds = time.perf_counter() - began
        return run

    async def _ask(self, connection: _Connection, question: str, run: LoadRun) -> None:
        sent = time.perf_counter()
        try:
            async with asyncio.timeout(_TIMEOUT):
                status = await connection.post("/ask", {"question": question, "top_k": 5})
        except (OSError, EOFError, ValueError) as error:
            connection.close()
            status = type(error).__name__
        run.statuses[status] += 1
        if status == "200":
            run.times.append(time.perf_counter() - sent)
        elif status in map(str, _BUSY):
            await asyncio.sleep(0.05)  # a real client would wait longer before it tries again

    async def memory(self) -> float:
        """Resident megabytes of the server."""
        async with self.client() as client:
            text = (await client.get("/metrics")).text
        line = next(line for line in text.splitlines() if line.startswith(_MEMORY))
        return float(line.removeprefix(_MEMORY)) / 1e6


async def levels(load: Load, seconds: float) -> int:
    """Throughput and times for growing numbers of clients, in rounds, so that other work on the
    machine affects all alike.
    """
    await load.ask_for(2, seconds=2)
    runs = {clients: LoadRun(clients) for clients in _LEVELS}
    for number in range(_ROUNDS):
        for clients, run in runs.items():
            run.add_counts(await load.ask_for(clients, seconds=seconds / _ROUNDS, seed=number))
    one = runs[1]
    print("clients  answers/s  p50  p95  p99  (ratios to 1 client)  refused  failed")
    for clients, run in runs.items():
        rate = (run.answered / run.seconds) / (one.answered / one.seconds)
        times = (run.quantile(q) / one.quantile(q) for q in (0.5, 0.95, 0.99))
        refused = sum(run.statuses[str(status)] for status in _BUSY)
        shown = "  ".join(f"{ratio:5.2f}" for ratio in (rate, *times))
        print(f"{clients:7d}  {shown}  {refused:7d}  {run.failed:6d}  {dict(run.statuses)}")
    median, last = one.quantile(0.5), one.quantile(0.99)
    print(f"1 client: {one.answered / one.seconds:.1f}/s, p50 {median:.1f} ms, p99 {last:.1f} ms")
    return sum(run.failed for run in runs.values())


async def rebuilding(load: Load, rebuilds: int, requests: int, token: str, folder: Path) -> int:
    """Requests while the index changes; every one must be answered."""
    asking = asyncio.create_task(load.ask_for(4, requests=requests))
    changed = folder / "load.md"
    generations = set()
    async with load.client() as client:
        for number in range(rebuilds):
            changed.write_text(f"# Load\n\nThis is state {number}.\n", encoding="utf-8")
            headers = {"Authorization": f"Bearer {token}"}
            job = (await client.post("/index/rebuild", headers=headers)).json()
            async with client.stream("GET", job["url"], headers=_EVENTS) as events:
                lines = [line async for line in events.aiter_lines() if line.startswith("data: ")]
            job = json.loads(lines[-1].removeprefix("data: "))
            if job["state"] != "done":
                print(f"rebuild {number}: {job['error']}")
                return 1
            generations.add(job["report"]["generation"])
    changed.unlink()
    run = await asking
    print(f"{sum(run.statuses.values())} requests, {len(generations)} generations: {run.statuses}")
    return run.failed + sum(run.statuses[str(status)] for status in _BUSY)


async def remembering(load: Load, requests: int, clients: int) -> int:
    """Memory of the server over many requests."""
    await load.ask_for(clients, requests=200)
    megabytes = [await load.memory()]
    failed = 0
    for part in range(10):
        run = await load.ask_for(clients, requests=requests // 10, seed=part)
        failed += run.failed
        megabytes.append(await load.memory())
    shown = ", ".join(f"{each / megabytes[0]:.3f}" for each in megabytes)
    print(f"memory as a share of {megabytes[0]:.0f} MB, after each tenth of {requests}: {shown}")
    half = len(megabytes) // 2
    growth = statistics.mean(megabytes[half:]) / statistics.mean(megabytes[:half])
    print(f"second half against the first: {growth:.3f}; failed: {failed}")
    return failed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("url")
    parser.add_argument("--seconds", type=float, default=20, help="of each level, in all rounds")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--requests", type=int, help="watch the memory over so many")
    parser.add_argument("--rebuilds", type=int, help="so many, while requests are sent")
    parser.add_argument("--token", default="", help="the admin token, for rebuilds")
    parser.add_argument("--folder", type=Path, help="the server's documents, to change them")
    given = parser.parse_args()
    if not re.fullmatch(r"http://[^/]+/?", given.url):
        parser.error("the address is of the form http://host:port")
    lines = _QUESTIONS.read_text(encoding="utf-8").splitlines()
    load = Load(given.url, [json.loads(line)["question"] for line in lines if line.strip()])
    if given.rebuilds:
        if given.folder is None:
            parser.error("--rebuilds needs --folder and --token")
        requests = given.requests or given.rebuilds * 500
        failed = asyncio.run(rebuilding(load, given.rebuilds, requests, given.token, given.folder))
    elif given.requests:
        failed = asyncio.run(remembering(load, given.requests, given.clients))
    else:
        failed = asyncio.run(levels(load, given.seconds))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
