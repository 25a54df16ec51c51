"""Requests to the Bot API that tell whether they reached it and never name the token."""

from typing import Any

import httpx
from telegram.error import BadRequest, NetworkError, TelegramError
from telegram.request import HTTPXRequest

from bot.redaction import redacted

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Requests(HTTPXRequest):
    """An HTTPXRequest whose errors can be shown."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        try:
            return await super().do_request(*args, **kwargs)
        except NetworkError as error:
            error.message = redacted(error.message)
            raise


def may_have_arrived(error: TelegramError) -> bool:
    """Whether Telegram may have done what was asked although no good answer came."""
    return (
        isinstance(error, NetworkError)
        and not isinstance(error, BadRequest)
        and not isinstance(error.__cause__, _NOT_SENT)
    )
