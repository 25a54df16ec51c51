"""The bot as a whole: put together, started, watched and stopped."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import ExtBot

from bot.answers.library import Library
from bot.intake.access import Access
from bot.intake.addressing import Me
from bot.intake.gate import ALLOWED_UPDATES, Intake
from bot.intake.limits import Limits
from bot.intake.processor import PerPerson
from bot.options import Options
from bot.presentation.menus import set_menus
from bot.presentation.notices import Notices
from bot.presentation.replies import Replies
from bot.routing import Routing
from bot.state import State
from bot.status import Phase, Status
from bot.telegram.connection import built
from bot.telegram.delivery import Delivery
from bot.telegram.numbering import Numbering
from bot.telegram.polling import Polling
from bot.telegram.redaction import redacted
from bot.telegram.webhook import Webhook, secret_of
from rag.errors import StoreError
from rag.serving.backend import Backend

_LOGGER = logging.getLogger(__name__)
_LONGEST_PAUSE = 30.0
#: With more updates under way, what Telegram takes a second is left to answers.
_BUSY = 25
_SWEEP_SECONDS = 3600.0
_WEBHOOK_CHECK_SECONDS = 300.0
_REFUSED = (
    "Telegram refused the token of the bot. Copy it again from @BotFather into TELEGRAM_BOT_TOKEN."
)
_FAILED = "The bot ended unexpectedly. The log says why; start it again when that is mended."
_AWAY = "Telegram cannot be reached: {}"


class TelegramBot:
    """Runs beside whatever else is in the event loop.

    `start` returns at once: a Telegram that is away is tried again and again, `status` says so.
    `file` is the bot's own.

    Raises SettingsError or StoreError when it cannot be put together.
    """

    def __init__(
        self,
        options: Options,
        backend: Backend,
        file: Path,
    ) -> None:
        self._options = options
        self._status = Status(Phase.STARTING)
        self._library = Library(backend.live)
        self._rebuilds = backend.rebuilds
        self._feedback = backend.feedback
        self._access = Access(options.admins, options.allowed)
        self._numbering = Numbering()
        self._limits = Limits(options.user_rate, options.group_rate)
        self._buttons = Limits(options.button_rate, options.button_rate)
        self._typed = Limits(options.button_rate, options.button_rate)
        self._state = State(file, options.retention_days)
        self._processor = PerPerson(
            lambda update: Routing.lane(update), lambda update: self._done(update)
        )
        self._application = built(options, self._processor)
        self._bot: ExtBot[int] = self._application.bot
        self._delivery = Delivery(self._bot, self._state.inbox, self._numbering, options.patience)
        self._webhook: Webhook | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._over = asyncio.Event()

    @property
    def status(self) -> Status:
        """How the bot fares, for those who look after it."""
        return self._status

    def start(self, announce: Callable[[str], None] = lambda _name: None) -> None:
        """Starts it in the running event loop; `announce` gets its name once Telegram knows it."""
        self._spawn(self._run(announce))
        self._spawn(self._sweep())

    async def wait(self) -> Status:
        """Returns when it was stopped, or cannot go on."""
        await self._over.wait()
        return self._status

    async def stop(self) -> None:
        """Finishes the answers under way if that takes a moment only; the rest comes next time."""
        self._webhook = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._application.running:
            stopping = asyncio.create_task(self._application.stop())
            await asyncio.wait({stopping}, timeout=self._options.grace)
            self._processor.cancel()
            await stopping
        with suppress(TelegramError):
            await self._application.shutdown()
        await self._bot.shutdown()
        self._library.close()
        self._state.close()
        if self._status.phase not in (Phase.REFUSED, Phase.FAILED):
            self._status = Status(Phase.STOPPED)
        self._over.set()

    def webhook(self, secret: str | None, body: bytes) -> HTTPStatus:
        """Takes a request of Telegram, from inside the loop; the status to answer it with."""
        if self._webhook is None:
            return HTTPStatus.SERVICE_UNAVAILABLE
        return self._webhook.take(secret, body)

    async def _run(self, announce: Callable[[str], None]) -> None:
        try:
            await self._persistently(self._application.initialize)
            announce(self._bot.username)
            me = Me(self._bot.id, self._bot.username)
            intake = self._put_together(me)
            await self._application.start()
            await self._persistently(lambda: self._resume(intake))
            self._spawn(set_menus(self._bot, self._delivery, self._options.admins))
            if self._options.webhook_url is None:
                await self._persistently(self._bot.delete_webhook)
                await self._poll(intake, me)
            else:
                await self._receive(self._options.webhook_url, intake, me)
        except InvalidToken:
            self._tell(Status(Phase.REFUSED, _REFUSED))
            self._over.set()
        except Exception:
            _LOGGER.exception("The bot ended unexpectedly")
            self._tell(Status(Phase.FAILED, _FAILED))
            self._over.set()

    def _put_together(self, me: Me) -> Intake:
        notices = Notices(self._bot, self._state, self._numbering)
        routing = Routing(
            me=me,
            options=self._options,
            access=self._access,
            library=self._library,
            state=self._state,
            delivery=self._delivery,
            replies=Replies(self._options.public_url),
            rebuilds=self._rebuilds,
            feedback=self._feedback,
            busy=lambda: self._processor.current_concurrent_updates > _BUSY,
        )
        routing.add_to(self._application)
        return Intake(
            self._state.inbox,
            self._access,
            self._limits,
            self._buttons,
            self._typed,
            self._numbering,
            lambda update: self._pass(routing, update),
            notices.send,
        )

    def _pass(self, routing: Routing, update: Update) -> None:
        routing.expect(update)
        self._application.update_queue.put_nowait(update)

    async def _resume(self, intake: Intake) -> None:
        for chat, message in self._state.inbox.highest():
            self._numbering.saw(chat, message)
        intake.resume(self._bot)

    async def _poll(self, intake: Intake, me: Me) -> None:
        while True:
            polling = Polling(
                self._bot, self._options.poll, lambda update: intake.accept(update, me), self._tell
            )
            try:
                await polling.run()
            except InvalidToken:
                raise
            except Exception:
                _LOGGER.exception("Polling ended unexpectedly and is started again")
                await asyncio.sleep(1)

    async def _receive(self, url: str, intake: Intake, me: Me) -> None:
        """Has updates delivered, and looks from time to time whether they still are."""
        self._webhook = Webhook(
            self._bot, self._options.token, lambda update: intake.accept(update, me)
        )
        while True:
            info = await self._persistently(self._bot.get_webhook_info)
            if info.url != url or set(info.allowed_updates) != set(ALLOWED_UPDATES):
                await self._set_webhook(url)
            self._tell(Status(Phase.RUNNING, info.last_error_message or ""))
            await asyncio.sleep(_WEBHOOK_CHECK_SECONDS)

    async def _set_webhook(self, url: str) -> None:
        await self._persistently(
            lambda: self._bot.set_webhook(
                url,
                allowed_updates=ALLOWED_UPDATES,
                secret_token=secret_of(self._options.token),
            )
        )

    async def _persistently(self, action: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Does it, however long Telegram, or room for the bot's file, is away."""
        pause = 0.5
        while True:
            try:
                return await action()
            except InvalidToken:
                raise
            except TelegramError as error:
                self._tell(Status(Phase.UNREACHABLE, _AWAY.format(redacted(error.message))))
            except StoreError as error:
                self._tell(Status(Phase.UNREACHABLE, str(error)))
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _sweep(self) -> None:
        while True:
            try:
                await self._library.in_thread(self._state.sweep)
            except StoreError as error:
                _LOGGER.error("%s", error)  # noqa: TRY400 - its words say it all
            await asyncio.sleep(_SWEEP_SECONDS)

    def _tell(self, status: Status) -> None:
        if status == self._status:
            return
        self._status = status
        if status.phase is Phase.RUNNING and not status.detail:
            _LOGGER.info("The bot answers as @%s", self._bot.username)
        else:
            _LOGGER.warning("%s", status.detail)

    def _done(self, update: Update) -> None:
        if update.inline_query is None:
            self._state.inbox.done(update.update_id)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOGGER.error("A part of the bot ended unexpectedly", exc_info=error)
