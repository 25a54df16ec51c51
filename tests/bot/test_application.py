"""The bot goes on when its own file cannot be used for a while, and answers what it can read."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from bot.answers.shown import ShownAnswer
from bot.application import TelegramBot
from bot.options import BotOptions
from bot.state import BotState
from bot.status import Phase
from rag.answering.service import Service
from rag.errors import StoreError
from rag.serving.backend import Backend
from rag.serving.collections import Collections
from rag.serving.feedback import FeedbackStore
from rag.serving.live import LiveService
from tests.bot.telegram_server import TOKEN, TelegramServer
from wenda.composition.building import make_rebuilds
from wenda.settings import read_settings


class FailsTwice:
    """In place of a method: it cannot use the file twice, then all is well."""

    def __init__(self, method: Callable[[], Any]) -> None:
        self._method = method
        self.calls = 0

    def __call__(self) -> Any:
        self.calls += 1
        if self.calls <= 2:
            raise StoreError("The file cannot be used.")
        return self._method()


def play(
    server: TelegramServer, file: Path, scene: Callable[[TelegramBot], Awaitable[None]]
) -> None:
    """A bot without documents, alive for a scene."""

    def open_nothing() -> Service:
        raise StoreError("There is no index.")

    async def playing() -> None:
        feedback = FeedbackStore(file.parent / "feedback.sqlite")
        rebuilds = make_rebuilds(read_settings(home=file.parent), nullcontext())
        options = BotOptions(TOKEN, api=server.url, poll=1, timeout=2.0)
        backend = Backend(LiveService((), open_nothing), rebuilds, feedback)
        bot = TelegramBot(options, Collections.of_one(backend), file)
        try:
            await scene(bot)
        finally:
            await bot.stop()
            feedback.close()

    asyncio.run(playing())


def test_what_an_earlier_process_left_is_answered_once_the_file_can_be_used(
    server: TelegramServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.receiving._FIRST_PAUSE", 0.01)
    file = tmp_path / "telegram.sqlite"
    person = server.world.person("Ann", "en")
    asked = person.say("Why?")
    state = BotState(file, 30)
    state.inbox.keep_update(1, {"update_id": 1, "message": {"text": "of a kind to come"}})
    state.inbox.keep_update(2, {"update_id": 2, "message": asked.to_json()})
    state.inbox.note_sending(1, 0, person.id, 1)
    state.inbox.note_sent(1, 0, 500)
    state.close()
    server.world.updates.clear()

    async def scene(bot: TelegramBot) -> None:
        inbox = bot._state.inbox  # noqa: SLF001
        failing = FailsTwice(inbox.pending_updates)
        monkeypatch.setattr(inbox, "pending_updates", failing)
        bot.start()
        answer = await asyncio.to_thread(server.reply, asked, 20)
        assert "no documents" in answer.text
        assert failing.calls == 3
        assert bot._numbering.highest_number(person.id) == 500  # noqa: SLF001
        await asyncio.to_thread(server.wait, lambda: inbox.count_waiting() == 0, 20)
        await asyncio.to_thread(server.wait, lambda: bot.status.phase is Phase.RUNNING, 20)

    play(server, file, scene)


def test_the_sweep_comes_again_after_one_that_failed(
    server: TelegramServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.application._SWEEP_SECONDS", 0.01)

    async def scene(bot: TelegramBot) -> None:
        failing = FailsTwice(bot._state.sweep)  # noqa: SLF001
        monkeypatch.setattr(bot._state, "sweep", failing)  # noqa: SLF001
        bot.start()
        await asyncio.to_thread(server.wait, lambda: failing.calls > 3, 20)

    play(server, tmp_path / "telegram.sqlite", scene)


def test_an_edit_that_asks_nothing_is_answered_in_place(
    server: TelegramServer, tmp_path: Path
) -> None:
    person = server.world.person("Ann", "en")

    async def scene(bot: TelegramBot) -> None:
        bot.start()
        asked = person.say("/ask Why?")
        answer = await asyncio.to_thread(server.reply, asked, 20)
        shown = bot._state.shown  # noqa: SLF001
        shown.put_answer(ShownAnswer("a", person.id, person.id, "Why?"), asked.id)
        shown.set_messages("a", [answer.id])
        person.edit(asked, "/ask")
        await asyncio.to_thread(server.wait, lambda: "after the command" in answer.text, 20)
        assert len(server.world.bot_messages(person.chat)) == 1

    play(server, tmp_path / "telegram.sqlite", scene)


def test_a_bot_that_ends_unexpectedly_says_so_and_is_over(
    server: TelegramServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(bot: TelegramBot) -> None:
        monkeypatch.setattr(bot, "_put_together", lambda _me: 1 / 0)
        bot.start()
        status = await asyncio.wait_for(bot.wait(), 20)
        assert status.phase is Phase.FAILED
        assert "log says why" in status.detail

    play(server, tmp_path / "telegram.sqlite", scene)
