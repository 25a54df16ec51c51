"""One update that cannot be read costs no other, and no text of it is shown."""

import asyncio
import logging
from collections.abc import Iterator

import pytest
from telegram import Update

from bot.intake.processor import PerPerson
from bot.options import BotOptions
from bot.status import Status
from bot.telegram.connection import built
from bot.telegram.polling import Polling, _longer
from bot.telegram.redaction import guard_logs
from rag.errors import StoreError
from tests.bot.telegram_server import TOKEN, TelegramServer

pytestmark = pytest.mark.slow


def polled(server: TelegramServer, full: int = 0) -> tuple[list[str], list[Status]]:
    """The texts that were accepted until nothing waits; the first `full` find no room."""
    texts: list[str] = []
    told: list[Status] = []
    rooms = iter([False] * full)

    def accept(update: Update) -> None:
        if not next(rooms, True):
            raise StoreError("no room")
        assert update.message is not None
        texts.append(update.message.text or "")

    async def polling() -> None:
        processor = PerPerson(lambda _update: "", lambda _update: None)
        bot = built(BotOptions(TOKEN, api=server.url), processor).bot
        await bot.initialize()
        task = asyncio.create_task(Polling(bot, 1, accept, told.append).poll_forever())
        await asyncio.to_thread(server.wait, lambda: not server.world.undelivered(), 30)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await bot.shutdown()

    asyncio.run(polling())
    return texts, told


def broken(server: TelegramServer) -> None:
    """An update of a kind to come."""
    server.world.update("message", {"message_id": 1, "text": "a secret question"})


@pytest.fixture
def _unguarded() -> Iterator[None]:
    loggers = [logging.getLogger(f"telegram.{name}") for name in ("Bot", "ext.ExtBot")]
    levels = [logger.level for logger in loggers]
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.mark.usefixtures("_unguarded")
@pytest.mark.parametrize("full", [0, 2])
def test_only_what_cannot_be_read_is_skipped(
    server: TelegramServer,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    full: int,
) -> None:
    guard_logs()
    pauses: list[float] = []

    def longer(pause: float) -> float:
        pauses.append(_longer(pause))
        return pauses[-1]

    monkeypatch.setattr("bot.telegram.polling._longer", longer)
    person = server.world.person()
    person.say("one")
    broken(server)
    person.say("two")
    broken(server)
    person.say("three")
    texts, told = polled(server, full)
    assert texts == ["one", "two", "three"]
    assert any("no room" in status.detail for status in told) == bool(full)
    assert caplog.text.count("is skipped (") == 2
    assert "secret" not in caplog.text
    # Each is longer than the one before.
    assert len(pauses) == full + 1
    assert pauses == sorted(set(pauses))
