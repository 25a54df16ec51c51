"""The text of a language model, in a message of its own above the quotations."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import aclosing

from bot.handlers.resources import HandlerResources
from bot.intake.asker import Asker
from bot.presentation.quotes import written_part
from rag import Answer, Written
from rag.serving.backend import Backend

#: Seconds between two edits: Telegram takes about one message a second in a chat.
_BETWEEN = 3.0


class Writings:
    """Writes for several people at once, for each of them until they send something new."""

    def __init__(self, resources: HandlerResources) -> None:
        self._resources = resources
        self._ending: dict[int, asyncio.Event] = {}
        self._newest: dict[int, int] = {}

    def expect(self, person: int, update: int) -> None:
        """Notes a person's newest update, which is not to wait for what is written for them."""
        if all(each.writer is None for each in self._resources.backends):
            return
        self._newest[person] = max(update, self._newest.get(person, 0))
        if person in self._ending:
            self._ending[person].set()

    async def write(
        self, backend: Backend, asker: Asker, answer: Answer, messages: Sequence[int]
    ) -> list[int]:
        """Writes into the first of the messages, and takes it away where nothing is written; the
        messages that are left.
        """
        ended = self._ending[asker.user] = asyncio.Event()
        if self._newest.get(asker.user, 0) > asker.target.update:
            ended.set()
        writing = asyncio.create_task(self._write(backend, asker, answer, messages[0]))
        waiting = asyncio.create_task(ended.wait())
        try:
            await asyncio.wait((writing, waiting), return_when=asyncio.FIRST_COMPLETED)
            if writing.done() and writing.result():
                return list(messages)
        finally:
            waiting.cancel()
            writing.cancel()
            await asyncio.wait((writing,))
            if self._ending.get(asker.user) is ended:
                del self._ending[asker.user]
        await self._resources.delivery.deliver_parts(asker.target, (), messages[:1])
        return list(messages[1:])

    async def _write(self, backend: Backend, asker: Asker, answer: Answer, message: int) -> bool:
        """Edits the message as there is more of it; whether it was finished."""
        shown_at = time.monotonic()
        async with aclosing(backend.write(answer)) as parts:
            async for written in parts:
                if written.finished or time.monotonic() - shown_at >= _BETWEEN:
                    await self._show(asker, message, written)
                    shown_at = time.monotonic()
                if written.finished:
                    return True
        return False

    async def _show(self, asker: Asker, message: int, written: Written) -> None:
        part = written_part(written, asker.words)
        await self._resources.edit_reply(asker, message, part)
