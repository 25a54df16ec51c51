"""The Application of python-telegram-bot, configured for this bot."""

import os
from typing import Any

from telegram.ext import AIORateLimiter, Application, BaseUpdateProcessor

from bot.options import BotOptions
from bot.telegram.requests import Requests

_CONNECTIONS = 64
_LONGEST_CONNECTING = 5.0

AnyApplication = Application[Any, Any, Any, Any, Any, Any]


def built(options: BotOptions, processor: BaseUpdateProcessor) -> AnyApplication:
    """An application that neither polls nor retries on its own."""
    # Otherwise the library warns about deprecated durations in its own code.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    api = options.api.rstrip("/")
    return (
        Application.builder()
        .token(options.token)
        .base_url(f"{api}/bot")
        .base_file_url(f"{api}/file/bot")
        .request(_requests(options, _CONNECTIONS))
        .get_updates_request(_requests(options, 1))
        # No retries here: one chat that has to wait would delay all others.
        .rate_limiter(AIORateLimiter(max_retries=0))
        .concurrent_updates(processor)
        .updater(None)
        .job_queue(None)
        .build()
    )


def _requests(options: BotOptions, connections: int) -> Requests:
    return Requests(
        connection_pool_size=connections,
        read_timeout=options.timeout,
        write_timeout=options.timeout,
        connect_timeout=min(options.timeout, _LONGEST_CONNECTING),
        pool_timeout=options.timeout,
    )
