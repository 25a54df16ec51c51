"""Asks the library without holding up the event loop."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from rag.answering.answer import Answer
from rag.answering.service import Service

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")
_THREADS = 2
_PASSAGES = 6

Examples = Callable[[Service, str, int], Sequence[str]]
History = Sequence[tuple[str, str]]


class Library:
    """The live service, asked in threads of its own. `service` raises StoreError without one."""

    def __init__(self, service: Callable[[], Service], examples: Examples) -> None:
        self._service = service
        self._examples = examples
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="bot")

    @property
    def service(self) -> Service:
        """The service to ask now; hold it for a whole answer. Raises StoreError without one."""
        return self._service()

    async def ask(self, service: Service, question: str, history: History = ()) -> Answer:
        """The answer. Raises QuestionError when the question cannot be asked."""
        return await self.run(service.ask, question, _PASSAGES, history)

    async def examples(self, language: str, count: int) -> Sequence[str]:
        """Questions that the documents answer. Raises StoreError without documents."""
        return await self.run(self._examples, self.service, language, count)

    async def run(
        self,
        work: Callable[_Parameters, _Result],
        *arguments: _Parameters.args,
        **named: _Parameters.kwargs,
    ) -> _Result:
        """Does blocking work in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(work, *arguments, **named))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
