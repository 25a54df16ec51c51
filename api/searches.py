"""Blocking work, in a bounded pool of threads: a queue with an end, a time limit, no work for
who has gone."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from starlette.requests import Request

from api.metrics import Metrics
from api.problems import Refusal

T = TypeVar("T")

_BUSY = "The server is busy. Try again in a second."
_TIMEOUT = "This took longer than {:g} seconds and was given up. Try again in a moment."
_GONE = "The client has gone."


class Searches:
    """Runs what would block the event loop. `run` belongs to one event loop."""

    def __init__(self, threads: int, queue: int, seconds: float, metrics: Metrics) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="search")
        self._places = threads + queue
        self._seconds = seconds
        self._metrics = metrics
        self._taken = 0
        self._counting = threading.Lock()

    def close(self) -> None:
        """What waits is dropped; what runs goes on to its end."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def run(self, request: Request, work: Callable[[], T]) -> T:
        """What `work` gives, from a thread.

        Raises Refusal when too much waits already, when it takes too long, and when the client
        of the request has gone; work that has not begun by then is not begun.
        """
        future = self._submit(work)
        result = asyncio.wrap_future(future)
        gone = asyncio.ensure_future(_gone(request))
        try:
            done, _ = await asyncio.wait(
                (result, gone), timeout=self._seconds, return_when=asyncio.FIRST_COMPLETED
            )
            if result in done:
                return result.result()
        finally:
            gone.cancel()
            result.cancel()
        if done:
            raise Refusal(499, "gone", _GONE)
        raise Refusal(503, "timeout", _TIMEOUT.format(self._seconds), headers={"Retry-After": "5"})

    def _submit(self, work: Callable[[], T]) -> Future[T]:
        with self._counting:
            if self._taken >= self._places:
                raise Refusal(503, "busy", _BUSY, headers={"Retry-After": "1"})
            self._taken += 1
        waiting_since = time.perf_counter()

        def timed() -> T:
            began = time.perf_counter()
            self._metrics.stage("queue", began - waiting_since)
            try:
                return work()
            finally:
                self._metrics.stage("work", time.perf_counter() - began)

        future = self._pool.submit(timed)
        future.add_done_callback(self._done)
        return future

    def _done(self, _future: Future[T]) -> None:
        """A place is free when the work has ended, not when somebody stopped waiting for it."""
        with self._counting:
            self._taken -= 1


async def _gone(request: Request) -> None:
    """Ends when the client has gone. The body has been read by now."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
