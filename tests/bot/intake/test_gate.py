"""What goes no further than the way in, and what goes through it however much there is."""

import asyncio
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from telegram import Bot, Update

from bot.intake.addressing import BotIdentity
from bot.intake.allowed_users import AllowedUsers
from bot.intake.gate import Intake
from bot.intake.limits import AskingLimits, Decision
from bot.state import BotState
from bot.telegram.numbering import MessageNumbering
from tests.bot.telegram_server import TOKEN
from tests.bot.telegram_world import BOT, World

ME = BotIdentity(int(str(BOT["id"])), str(BOT["username"]))


class Door:
    """An intake with what it needs; `passed` and `told` are the numbers of updates."""

    def __init__(self, state: BotState, rate: str = "2/minute") -> None:
        self.state = state
        self.passed: list[int] = []
        self.told: list[int] = []
        self.world = World()
        self.ann = self.world.person("Ann", "en")
        self._intake = Intake(
            state.inbox,
            AllowedUsers(frozenset(), frozenset()),
            AskingLimits(rate, "2/minute"),
            AskingLimits(rate, rate),
            AskingLimits(rate, rate),
            MessageNumbering(),
            lambda update: self.passed.append(update.update_id),
            self._notify,
        )

    async def _notify(self, update: Update, _decision: Decision | None) -> None:
        self.told.append(update.update_id)

    def accept(self, *updates: dict[str, Any]) -> list[int]:
        """What was passed of the updates."""
        before = len(self.passed)

        async def accepting() -> None:
            for update in updates:
                self._intake.take_in(Update.de_json(update, None), ME)
            await asyncio.sleep(0)

        asyncio.run(accepting())
        return self.passed[before:]

    def resume(self) -> list[int]:
        before = len(self.passed)
        self._intake.resume_pending(Bot(TOKEN))
        return self.passed[before:]

    def said(self, text: str, count: int = 1, age: float = 0.0, **fields: Any) -> list[Any]:
        """The updates of messages that were written so many seconds ago."""
        date = int(time.time() - age)
        for _ in range(count):
            self.ann.say(text, date=date, **fields)
        return self.taken()

    def taken(self) -> list[Any]:
        taken, self.world.updates = self.world.updates, []
        return taken


@pytest.fixture
def state(tmp_path: Path) -> Iterator[BotState]:
    made = BotState(tmp_path / "telegram.sqlite", 30)
    yield made
    made.close()


def test_what_waited_for_the_bot_is_no_flood(state: BotState) -> None:
    door = Door(state)
    assert len(door.accept(*door.said("Why?", 30, age=90))) == 30
    assert len(door.accept(*door.said("Why?", 30, age=0))) == 2
    assert len(door.told) == 2  # slow, then banned


def test_what_comes_again_costs_nothing(state: BotState) -> None:
    door = Door(state)
    (first,) = door.said("Why?")
    assert [len(door.accept(first)) for _ in range(9)] == [1] + [0] * 8
    assert len(door.accept(*door.said("Why?"))) == 1
    assert door.told == []


def test_a_place_that_moves_is_not_answered(state: BotState) -> None:
    door = Door(state)
    place: dict[str, Any] = {"location": {"longitude": 1.0, "latitude": 2.0, "live_period": 900}}
    (sent,) = door.said("", **place)
    assert len(door.accept(sent)) == 1
    moved = {**sent["message"], "edit_date": int(time.time())}
    assert door.accept({"update_id": 9, "edited_message": moved}) == []
    edited = {**moved, "text": "Why?"}
    assert door.accept({"update_id": 10, "edited_message": edited}) == [10]


def test_inline_queries_are_limited_and_not_for_who_is_banned(state: BotState) -> None:
    door = Door(state)
    bob = door.world.person("Bob", "en")
    for _ in range(5):
        bob.type_inline("Why")
    assert len(door.accept(*door.taken())) == 2
    door.accept(*door.said("Why?", 9))
    door.ann.type_inline("Why")
    assert door.accept(*door.taken()) == []


def test_what_cannot_be_read_again_is_given_up_and_the_rest_goes_on(
    state: BotState, caplog: pytest.LogCaptureFixture
) -> None:
    door = Door(state)
    bad, good = door.said("A secret?", 2)
    del bad["message"]["chat"]
    state.inbox.keep_update(1, bad)
    state.inbox.keep_update(2, good)
    with caplog.at_level(logging.DEBUG):
        assert door.resume() == [good["update_id"]]
    assert "Update 1 cannot be read" in caplog.text
    assert "secret" not in caplog.text
    assert state.inbox.count_waiting() == 1
