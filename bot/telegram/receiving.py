"""Receives updates, by polling or by webhook, for as long as the bot runs."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from telegram import Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import ExtBot

from bot.options import BotOptions
from bot.status import Phase, Status
from bot.telegram.polling import Polling
from bot.telegram.redaction import redacted
from bot.telegram.requests import ALLOWED_UPDATES
from bot.telegram.webhook import Webhook, secret_of
from rag.errors import StoreError

_LOGGER = logging.getLogger(__name__)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_WEBHOOK_CHECK_SECONDS = 300.0
_AWAY = "Telegram cannot be reached: {}"

Report = Callable[[Status], None]


class UpdateReceiver:
    """Passes every update to `take_in`, which raises StoreError when it cannot store one.

    `report` is called with the state of the connection.
    """

    def __init__(
        self,
        bot: ExtBot[int],
        options: BotOptions,
        take_in: Callable[[Update], None],
        report: Report,
    ) -> None:
        self._bot = bot
        self._options = options
        self._take_in = take_in
        self._report = report
        self._webhook = Webhook(bot, options.token, take_in)

    async def receive_forever(self) -> None:
        """Receives until it is cancelled. Raises InvalidToken when the token is not good."""
        if self._options.webhook_url is None:
            await persistently(self._bot.delete_webhook, self._report)
            await self._poll()
        else:
            await self._watch_webhook(self._options.webhook_url)

    def take_request(self, secret: str | None, body: bytes) -> HTTPStatus:
        """Handles a webhook request, inside the event loop; the HTTP status of the response."""
        if self._options.webhook_url is None:
            return HTTPStatus.SERVICE_UNAVAILABLE
        return self._webhook.take_request(secret, body)

    async def _poll(self) -> None:
        while True:
            polling = Polling(self._bot, self._options.poll, self._take_in, self._report)
            try:
                await polling.poll_forever()
            except InvalidToken:
                raise
            except Exception:
                _LOGGER.exception("Polling ended unexpectedly and is started again")
                await asyncio.sleep(1)

    async def _watch_webhook(self, url: str) -> None:
        """Sets the webhook, and checks from time to time that it still stands."""
        while True:
            info = await persistently(self._bot.get_webhook_info, self._report)
            if info.url != url or set(info.allowed_updates) != set(ALLOWED_UPDATES):
                await persistently(lambda: self._set_webhook(url), self._report)
            self._report(Status(Phase.RUNNING, info.last_error_message or ""))
            await asyncio.sleep(_WEBHOOK_CHECK_SECONDS)

    async def _set_webhook(self, url: str) -> None:
        secret = secret_of(self._options.token)
        await self._bot.set_webhook(url, allowed_updates=ALLOWED_UPDATES, secret_token=secret)


async def persistently(action: Callable[[], Coroutine[Any, Any, Any]], report: Report) -> Any:
    """The result of an action, retried while Telegram or the bot's file is unavailable.

    Raises InvalidToken when Telegram refuses the token.
    """
    pause = _FIRST_PAUSE
    while True:
        try:
            return await action()
        except InvalidToken:
            raise
        except TelegramError as error:
            report(Status(Phase.UNREACHABLE, _AWAY.format(redacted(error.message))))
        except StoreError as error:
            report(Status(Phase.UNREACHABLE, str(error)))
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
