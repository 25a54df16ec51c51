"""Asks questions in threads, so that the event loop is never blocked."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from rag import Answer, DocumentFilter, Turn
from rag.serving.collections import View

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")
_THREADS = 2
_PASSAGES = 6
_EVERYTHING = DocumentFilter()


class AnswerPool:
    """A thread pool that answers from the live indexes."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="bot")
        # Finding examples asks many questions; nobody else's question should wait for that.
        self._aside = ThreadPoolExecutor(1, thread_name_prefix="bot-examples")

    async def find_answer(
        self,
        view: View,
        question: str,
        history: Sequence[Turn] = (),
        within: DocumentFilter = _EVERYTHING,
    ) -> Answer:
        """The answer of what is viewed, and of documents within a filter.

        Raises QuestionError when the question cannot be asked, CollectionError where nothing may be
        seen, StoreError without an index.
        """
        return await self.in_thread(view.ask_question, question, _PASSAGES, history, within)

    async def examples(self, view: View, language: str, count: int) -> Sequence[str]:
        """Questions that the documents answer. Raises as `find_answer` does."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._aside, view.examples, language, count)

    async def in_thread(
        self,
        work: Callable[_Parameters, _Result],
        *arguments: _Parameters.args,
        **named: _Parameters.kwargs,
    ) -> _Result:
        """The result of blocking work, done in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(work, *arguments, **named))

    def close(self) -> None:
        for threads in (self._threads, self._aside):
            threads.shutdown(wait=False, cancel_futures=True)
