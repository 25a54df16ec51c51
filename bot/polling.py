"""Fetches updates by long polling, and goes on whatever happens to Telegram."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

from telegram import Update
from telegram.error import Conflict, NetworkError, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.intake import ALLOWED_UPDATES
from bot.requests import seconds_of
from bot.status import Phase, Status
from rag.errors import StoreError

_LOGGER = logging.getLogger(__name__)
_LONGEST_PAUSE = 30.0
#: A poll that takes so many seconds more than it may is broken off.
_SLACK = 15.0
_AWAY = "Telegram cannot be reached: {}"
_TWO = "Another program polls with the same token. Stop it, or give one of them another token."


class Polling:
    """Confirms an update only when `accept` has kept it: a kill loses nothing.

    The library's Updater confirms what it has queued in memory, hence this loop.
    """

    def __init__(
        self,
        bot: ExtBot[int],
        seconds: int,
        accept: Callable[[Update], None],
        tell: Callable[[Status], None],
    ) -> None:
        self._bot = bot
        self._seconds = seconds
        self._accept = accept
        self._tell = tell
        self._offset: int | None = None

    async def run(self) -> None:
        """Polls until it is cancelled. Raises InvalidToken when the token is no longer good."""
        pause = 0.0
        while True:
            try:
                await self._poll()
                pause = 0.0
                self._tell(Status(Phase.RUNNING))
                continue
            except RetryAfter as error:
                pause = seconds_of(error)
            except Conflict:
                self._tell(Status(Phase.CONFLICT, _TWO))
                pause = _longer(pause)
            except (NetworkError, TimeoutError) as error:
                self._tell(Status(Phase.UNREACHABLE, _AWAY.format(error or "no answer")))
                pause = _longer(pause)
            except StoreError as error:
                self._tell(Status(Phase.UNREACHABLE, str(error)))
                pause = _longer(pause)
            except TelegramError:
                raise
            except Exception:
                _LOGGER.exception("An update cannot be read and is skipped")
                await self._skip()
            await asyncio.sleep(pause)

    async def _poll(self) -> None:
        async with asyncio.timeout(self._seconds + _SLACK):
            updates = await self._bot.get_updates(
                offset=self._offset,
                timeout=timedelta(seconds=self._seconds),
                allowed_updates=ALLOWED_UPDATES,
            )
        for update in updates:
            self._accept(update)
            self._offset = update.update_id + 1

    async def _skip(self) -> None:
        """Passes over the one update that cannot be read, or waits for a better moment."""
        try:
            raw = await self._bot.do_api_request(
                "getUpdates",
                {"offset": self._offset or 0, "timeout": 0, "limit": 1},
            )
        except TelegramError as error:
            _LOGGER.warning("%s", error)
            return
        if isinstance(raw, list) and raw:
            self._offset = int(raw[0]["update_id"]) + 1


def _longer(pause: float) -> float:
    return min(max(pause * 2, 0.5), _LONGEST_PAUSE)
