"""Long polling that survives every failure of Telegram."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

from telegram import Update
from telegram.error import Conflict, NetworkError, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.status import Phase, Status
from bot.telegram.requests import ALLOWED_UPDATES, seconds_of
from rag.errors import StoreError

_LOGGER = logging.getLogger(__name__)
_LONGEST_PAUSE = 30.0
#: A poll is cancelled after this many seconds over its time.
_SLACK = 15.0
#: In this spelling: otherwise the library warns to use its own method, which parses all or none.
_METHOD = "GetUpdates"
_AWAY = "Telegram cannot be reached: {}"
_TWO = "Another program polls with the same token. Stop it, or give one of them another token."


class Polling:
    """Confirms an update only once `accept` has stored it, so that a kill loses nothing.

    The library's Updater confirms updates that are only queued in memory; hence this loop.
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

    async def poll_forever(self) -> None:
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
            except Exception as error:  # noqa: BLE001 - logged, without the text, which may be a question
                _LOGGER.warning("Updates cannot be read together (%s)", type(error).__name__)
                await self._one_by_one()
                pause = _longer(pause)
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

    async def _one_by_one(self) -> None:
        """Takes the waiting updates one by one and skips those that cannot be parsed."""
        try:
            waiting = await self._bot.do_api_request(
                _METHOD,
                {
                    "offset": self._offset or 0,
                    "timeout": 0,
                    "allowed_updates": list(ALLOWED_UPDATES),
                },
            )
        except TelegramError as error:
            _LOGGER.warning("%s", error)
            return
        for raw in waiting if isinstance(waiting, list) else ():
            number = int(raw["update_id"])
            try:
                self._accept(Update.de_json(raw, self._bot))
            except StoreError as error:
                self._tell(Status(Phase.UNREACHABLE, str(error)))
                return
            except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
                _LOGGER.error(  # noqa: TRY400 - a traceback may hold the question
                    "Update %d cannot be read and is skipped (%s)", number, type(error).__name__
                )
            self._offset = number + 1


def _longer(pause: float) -> float:
    return min(max(pause * 2, 0.5), _LONGEST_PAUSE)
