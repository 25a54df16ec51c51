"""The bot alone and beside the server: what it does about an index and a start that fail."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import SettingsError, StoreError
from rag.serving.rebuilds import Rebuilds
from tests.bot.telegram_server import TOKEN, TelegramServer
from wenda.commands import bot
from wenda.composition import serving
from wenda.settings import Settings, read_settings


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    made = TelegramServer()
    yield made
    made.close()


@pytest.fixture
def settings(clean: Path, server: TelegramServer, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("WENDA_TELEGRAM_API", server.url)
    return read_settings(home=clean)


def test_the_bot_alone_rebuilds_an_index_that_it_cannot_open(
    settings: Settings, server: TelegramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuilds = Rebuilds(lambda _progress: {})
    monkeypatch.setattr(serving, "make_rebuilds", lambda *_: rebuilds)
    (settings.home / "CURRENT").write_text("of-an-older-format", encoding="utf-8")
    server.refused_tokens = True  # so that it ends by itself
    with pytest.raises(SettingsError, match="refused the token"):
        bot.run_bot(settings, announce=lambda _name: None)
    assert rebuilds.last_job is not None


def test_a_bot_that_cannot_be_put_together_says_why_in_its_state(settings: Settings) -> None:
    (settings.home / "telegram.sqlite").write_bytes(b"no database at all" * 100)
    beside = bot.BotBesideServer(settings)
    assert beside.state() == "starting"
    with serving.open_collections(settings) as collections, pytest.raises(StoreError):
        asyncio.run(beside.run_beside(collections))
    assert beside.state().startswith("failed: The bot's file ")
