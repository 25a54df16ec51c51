"""The Telegram bot: built from the settings, run alone or beside the server."""

import asyncio
import re
import signal
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.application import TelegramBot
from bot.options import BotOptions
from bot.status import Phase, Status
from bot.telegram.redaction import guard_logs
from bot.telegram.webhook import SECRET_HEADER
from rag.errors import SettingsError, WendaError
from rag.serving.collections import Collections
from wenda.collections_file import document_folders
from wenda.composition.serving import open_collections
from wenda.runtime.follower import follow_indexes, open_or_build
from wenda.runtime.rights import follow_rights
from wenda.settings import Settings

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{30,}")


def options(settings: Settings, *, webhook: bool) -> BotOptions:
    """The bot's options, from the settings. Raises SettingsError without a usable token."""
    secret = settings.telegram_bot_token
    token = secret.get_secret_value().strip() if secret is not None else ""
    if not token:
        raise SettingsError(
            "The bot has no token. Get one from @BotFather in Telegram and set "
            "TELEGRAM_BOT_TOKEN, in the environment or in .env."
        )
    if not _TOKEN.fullmatch(token):
        raise SettingsError(
            "TELEGRAM_BOT_TOKEN does not look like a token (numbers, a colon, 35 characters). "
            "Copy it again from @BotFather."
        )
    return BotOptions(
        token=token,
        api=settings.telegram_api,
        admins=settings.telegram_admins,
        allowed=settings.telegram_allowed,
        webhook_url=settings.telegram_webhook_url if webhook else None,
        public_url=settings.public_url,
        user_rate=settings.telegram_rate_limit,
        group_rate=settings.telegram_group_limit,
        retention_days=settings.telegram_retention_days,
        poll=settings.telegram_poll,
        timeout=settings.telegram_timeout,
    )


def telegram_bot(
    settings: Settings, collections: Collections, *, webhook: bool = False
) -> TelegramBot:
    """The bot as the settings describe it, not yet started.

    `webhook` says that somebody passes Telegram's requests on to it; else it polls.

    Raises SettingsError or StoreError when it cannot be put together.
    """
    guard_logs()
    return TelegramBot(
        options(settings, webhook=webhook), collections, settings.home / "telegram.sqlite"
    )


class BotBesideServer:
    """The bot beside the server. Raises SettingsError when its token cannot be one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._bot: TelegramBot | None = None
        self._status = Status(Phase.STARTING)
        self.routes: Sequence[Route] = ()
        if settings.telegram_webhook_url is not None:
            self.routes = [Route(_path(settings), self._deliver, methods=["POST"])]
        options(settings, webhook=True)

    def state(self) -> str:
        """The bot's state in one word, with the reason where something is wrong."""
        status = self._bot.status if self._bot is not None else self._status
        return f"{status.phase}: {status.detail}" if status.detail else status.phase.value

    async def run_beside(self, collections: Collections) -> None:
        """Runs it until it is cancelled, or cannot go on; `state` then says why."""
        try:
            self._bot = telegram_bot(self._settings, collections, webhook=True)
        except WendaError as error:
            self._status = Status(Phase.FAILED, str(error))
            raise
        self._bot.start()
        try:
            await self._bot.wait()
        finally:
            await self._bot.stop()

    async def _deliver(self, request: Request) -> Response:
        """Passes a request from Telegram to the bot."""
        bot = self._bot
        if bot is None:
            return Response(status_code=503)
        return Response(
            status_code=bot.take_webhook_request(
                request.headers.get(SECRET_HEADER), await request.body()
            )
        )


def _path(settings: Settings) -> str:
    """The webhook's path behind the proxy: that of its address without the proxy's prefix."""
    path = urlsplit(settings.telegram_webhook_url or "").path
    return path.removeprefix(settings.root_path) or "/telegram/webhook"


def run_bot(settings: Settings, *, announce: Callable[[str], None]) -> None:
    """Runs the bot alone, by long polling, until SIGTERM or Ctrl-C.

    Raises SettingsError when Telegram refuses its token, WendaError when it cannot go on.
    """
    with open_collections(settings) as collections:
        asyncio.run(_run(settings, collections, announce))


async def _run(
    settings: Settings, collections: Collections, announce: Callable[[str], None]
) -> None:
    bot = telegram_bot(settings, collections)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    await open_or_build(collections)
    beside = [
        asyncio.create_task(follow_indexes(collections)),
        asyncio.create_task(follow_rights(settings, collections)),
    ]
    if settings.uploads is not None:
        from wenda.runtime.watching import following

        beside.append(asyncio.create_task(following(document_folders(settings), collections)))
    bot.start(announce)
    waiting = [asyncio.create_task(stopping.wait()), asyncio.create_task(bot.wait())]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in (*waiting, *beside):
        task.cancel()
    await bot.stop()
    if bot.status.phase is Phase.REFUSED:
        raise SettingsError(bot.status.detail)
    if bot.status.phase is Phase.FAILED:
        raise WendaError(bot.status.detail)
