"""A pool of threads for blocking work, with a bounded queue and a time limit.

Work whose client has disconnected before it began is not done.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from starlette.requests import Request

from api.http.problems import Refusal
from api.metrics import ServerMetrics

T = TypeVar("T")

_BUSY = "The server is busy. Try again in a second."
_TIMEOUT = "This took longer than {:g} seconds and was given up. Try again in a moment."
_GONE = "The client has gone."


class WorkerPool:
    """Runs what would block the event loop. `run_blocking` belongs to one event loop."""

    def __init__(self, threads: int, queue: int, seconds: float, metrics: ServerMetrics) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="search")
        self._capacity = threads + queue
        self._seconds = seconds
        self._metrics = metrics
        self._taken = 0
        self._counting = threading.Lock()

    def close(self) -> None:
        """Drops the work that waits; work that has begun runs to its end."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def run_blocking(self, request: Request | None, work: Callable[[], T]) -> T:
        """The result of `work`, from a thread.

        Raises Refusal when the queue is full, when the time limit is over, and when the client of
        the request has disconnected; work that has not begun by then is dropped. Without a request,
        its caller cancels it when nobody waits any more.
        """
        future = self._submit(work)
        result = asyncio.wrap_future(future)
        gone = asyncio.ensure_future(_disconnected(request))
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
            if self._taken >= self._capacity:
                raise Refusal(503, "busy", _BUSY, headers={"Retry-After": "1"})
            self._taken += 1
        waiting_since = time.perf_counter()

        def timed() -> T:
            began = time.perf_counter()
            self._metrics.observe_stage("queue", began - waiting_since)
            try:
                return work()
            finally:
                self._metrics.observe_stage("work", time.perf_counter() - began)

        future = self._pool.submit(timed)
        future.add_done_callback(self._free_place)
        return future

    def _free_place(self, _future: Future[T]) -> None:
        """A place is free once its work has ended, even if nobody waits for it any more."""
        with self._counting:
            self._taken -= 1


async def unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """The result of work that blocks nothing. Raises Refusal when the client disconnects."""
    working = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait((working, gone), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
    finally:
        gone.cancel()
        working.cancel()
    raise Refusal(499, "gone", _GONE)


async def _disconnected(request: Request | None) -> None:
    """Returns when the client disconnects. The body has been read by now."""
    if request is None:
        await asyncio.Event().wait()
        return
    while (await request.receive())["type"] != "http.disconnect":
        pass
