"""Questions are answered in threads, and finding examples takes none of these."""

import asyncio
import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.answers import pool as module
from bot.answers.pool import AnswerPool
from tests.bot.stubs import answer


def test_examples_take_no_thread_from_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()

    def slow(*_given: object) -> list[str]:
        answered.wait(20)
        return ["Slow?"]

    async def ask_meanwhile() -> list[object]:
        service = SimpleNamespace(ask_question=lambda *_given: answer())
        pool = AnswerPool(cast("Any", SimpleNamespace(service=service)))
        finding = [asyncio.create_task(pool.examples("en", 1)) for _ in range(8)]
        await asyncio.sleep(0.1)
        try:
            found = await asyncio.wait_for(pool.find_answer("Why?"), 10)
        finally:
            answered.set()
            pool.close()
        return [found, await finding[0]]

    monkeypatch.setattr(module, "examples", slow)
    assert asyncio.run(ask_meanwhile()) == [answer(), ["Slow?"]]
