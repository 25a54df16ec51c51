"""Questions are answered in threads, and finding examples takes none of these."""

import asyncio
import threading
from types import SimpleNamespace
from typing import Any, cast

from bot.answers.pool import AnswerPool
from tests.bot.stubs import answer


def test_examples_take_no_thread_from_questions() -> None:
    answered = threading.Event()

    def slow(*_given: object) -> list[str]:
        answered.wait(20)
        return ["Slow?"]

    async def ask_meanwhile() -> list[object]:
        view = cast("Any", SimpleNamespace(ask_question=lambda *_given: answer(), examples=slow))
        pool = AnswerPool()
        finding = [asyncio.create_task(pool.examples(view, "en", 1)) for _ in range(8)]
        await asyncio.sleep(0.1)
        try:
            found = await asyncio.wait_for(pool.find_answer(view, "Why?"), 10)
        finally:
            answered.set()
            pool.close()
        return [found, await finding[0]]

    assert asyncio.run(ask_meanwhile()) == [answer(), ["Slow?"]]
