"""Processes the updates of one person in order, those of different people concurrently."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, cast
from weakref import WeakValueDictionary

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from rag.errors import StoreError

_LOGGER = logging.getLogger(__name__)
#: Waiting updates hold a slot too; the rate limits keep one person from taking them all.
_SLOTS = 4096


class PerPerson(BaseUpdateProcessor):
    """Processes the updates of a lane one after the other; `lane` names the lane of an update.

    `done` is called with every update that has been processed.
    """

    def __init__(self, lane: Callable[[Update], str], done: Callable[[Update], None]) -> None:
        super().__init__(_SLOTS)
        self._lane = lane
        self._done = done
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._running: set[asyncio.Task[Any]] = set()

    async def initialize(self) -> None:
        """Nothing to do."""

    async def shutdown(self) -> None:
        """Nothing to do."""

    async def do_process_update(self, update: object, coroutine: Any) -> None:
        """Processes the update once those before it in its lane are done."""
        if not isinstance(update, Update):
            await coroutine
            return
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        self._running.add(task)
        try:
            lock = self._locks.setdefault(self._lane(update), asyncio.Lock())
            async with lock:
                await coroutine
            self._finish(update)
        finally:
            self._running.discard(task)
            cast("Coroutine[Any, Any, None]", coroutine).close()

    def _finish(self, update: Update) -> None:
        try:
            self._done(update)
        except StoreError as error:
            # It is answered; at worst the next start answers again, by editing the same message.
            _LOGGER.error("%s", error)  # noqa: TRY400 - its words say it all

    def cancel(self) -> None:
        """Cancels everything in progress; the next start takes it up again."""
        for task in self._running:
            task.cancel()
