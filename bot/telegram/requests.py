"""Requests to the Bot API, and what their errors mean. No error contains the token."""

from typing import Any

import httpx
from telegram.error import (
    BadRequest,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from bot.telegram.redaction import redacted

#: The kinds of updates requested from Telegram.
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "inline_query")
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Requests(HTTPXRequest):
    """An HTTPXRequest whose errors do not contain the token."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        try:
            return await super().do_request(*args, **kwargs)
        except NetworkError as error:
            error.message = redacted(error.message)
            raise


def may_have_arrived(error: TelegramError) -> bool:
    """Whether the request may have succeeded although no confirmation came."""
    return (
        isinstance(error, NetworkError)
        and not isinstance(error, BadRequest)
        and not isinstance(error.__cause__, _NOT_SENT)
    )


def is_about_markup(error: BadRequest) -> bool:
    """Whether the same message might be accepted as plain text without buttons."""
    said = error.message.lower()
    return any(sign in said for sign in ("can't parse", "entit", "button", "keyboard", "url"))


def refused(error: Exception) -> bool:
    """Whether the bot may not write to this chat."""
    return isinstance(error, Forbidden | InvalidToken)


def seconds_of(error: RetryAfter) -> float:
    """The seconds to wait, with a small margin."""
    wait = error.retry_after
    return (wait if isinstance(wait, int | float) else wait.total_seconds()) + 0.1
