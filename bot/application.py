"""The bot as a whole: assembled, started, monitored and stopped."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any

from telegram import Message, Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import ExtBot

from bot.answers.pool import AnswerPool
from bot.handlers.menus import set_menus
from bot.handlers.resources import HandlerResources
from bot.intake.addressing import BotIdentity, document_of
from bot.intake.allowed_users import AllowedUsers
from bot.intake.gate import Intake
from bot.intake.limits import AskingLimits
from bot.intake.notices import Notices
from bot.intake.processor import PerPerson
from bot.options import BotOptions
from bot.presentation.replies import Replies
from bot.routing import Routing
from bot.state import BotState
from bot.status import Phase, Status
from bot.telegram.connection import built
from bot.telegram.delivery import Delivery
from bot.telegram.numbering import MessageNumbering
from bot.telegram.receiving import UpdateReceiver, persistently
from rag.errors import StoreError
from rag.serving.collections import Collections

_LOGGER = logging.getLogger(__name__)
#: With more updates in progress, no typing indicator is sent: Telegram's rate limit is kept for
#: answers.
_BUSY = 25
_SWEEP_SECONDS = 3600.0
_REFUSED = (
    "Telegram refused the token of the bot. Copy it again from @BotFather into TELEGRAM_BOT_TOKEN."
)
_FAILED = "The bot ended unexpectedly. The log says why; start it again when that is mended."


class TelegramBot:
    """A bot that runs as tasks of the current event loop.

    `start` returns at once; while Telegram is unreachable the bot keeps trying, and `status` says
    so. `file` is the SQLite file of the bot's state.

    Raises SettingsError for options that cannot be used, StoreError when the file cannot be opened.
    """

    def __init__(
        self,
        options: BotOptions,
        collections: Collections,
        file: Path,
    ) -> None:
        self._options = options
        self._status = Status(Phase.STARTING)
        self._pool = AnswerPool()
        self._collections = collections
        self._allowed_users = AllowedUsers(options.admins, options.allowed)
        self._numbering = MessageNumbering()
        self._limits = AskingLimits(options.user_rate, options.group_rate)
        self._buttons = AskingLimits(options.button_rate, options.button_rate)
        self._typed = AskingLimits(options.button_rate, options.button_rate)
        self._state = BotState(file, options.retention_days)
        self._processor = PerPerson(
            lambda update: Routing.lane(update), lambda update: self._done(update)
        )
        self._application = built(options, self._processor)
        self._bot: ExtBot[int] = self._application.bot
        self._delivery = Delivery(self._bot, self._state.inbox, self._numbering, options.patience)
        self._receiver: UpdateReceiver | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._over = asyncio.Event()

    @property
    def status(self) -> Status:
        """The state of the bot, for operators."""
        return self._status

    def start(self, announce: Callable[[str], None] = lambda _name: None) -> None:
        """Starts the bot in the running event loop; `announce` gets its user name from Telegram."""
        self._spawn(self._run(announce))
        self._spawn(self._sweep())

    async def wait(self) -> Status:
        """Returns once the bot was stopped or has failed for good."""
        await self._over.wait()
        return self._status

    async def stop(self) -> None:
        """Stops after a grace period for answers in progress; the next start takes up the rest."""
        self._receiver = None
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
        self._pool.close()
        self._state.close()
        if self._status.phase not in (Phase.REFUSED, Phase.FAILED):
            self._status = Status(Phase.STOPPED)
        self._over.set()

    def take_webhook_request(self, secret: str | None, body: bytes) -> HTTPStatus:
        """Handles a webhook request, inside the event loop; the HTTP status of the response."""
        if self._receiver is None:
            return HTTPStatus.SERVICE_UNAVAILABLE
        return self._receiver.take_request(secret, body)

    async def _run(self, announce: Callable[[str], None]) -> None:
        try:
            await persistently(self._application.initialize, self._report)
            announce(self._bot.username)
            me = BotIdentity(self._bot.id, self._bot.username)
            intake = self._put_together(me)
            await self._application.start()
            await persistently(lambda: self._resume(intake), self._report)
            self._spawn(set_menus(self._bot, self._delivery, self._options.admins))
            self._receiver = UpdateReceiver(
                self._bot, self._options, lambda update: intake.take_in(update, me), self._report
            )
            await self._receiver.receive_forever()
        except InvalidToken:
            self._report(Status(Phase.REFUSED, _REFUSED))
            self._over.set()
        except Exception:
            _LOGGER.exception("The bot ended unexpectedly")
            self._report(Status(Phase.FAILED, _FAILED))
            self._over.set()

    def _put_together(self, me: BotIdentity) -> Intake:
        notices = Notices(self._bot, self._state, self._numbering)
        replies = Replies(self._options.public_url)
        resources = HandlerResources(
            self._pool,
            self._state,
            self._delivery,
            replies,
            self._collections,
            self._allowed_users,
        )
        routing = Routing(
            resources,
            me,
            self._options,
            busy=lambda: self._processor.current_concurrent_updates > _BUSY,
        )
        routing.register_handlers(self._application)
        return Intake(
            self._state.inbox,
            self._allowed_users,
            self._limits,
            self._buttons,
            self._typed,
            self._numbering,
            lambda update: self._pass(routing, update),
            notices.send_notice,
            self._gives,
        )

    def _gives(self, message: Message) -> bool:
        """Whether an administrator gives a document with a message."""
        sender = message.from_user
        backends = self._collections.everything.backends
        takes = document_of(message) is not None and any(each.uploads for each in backends)
        return takes and sender is not None and self._allowed_users.is_admin(sender.id)

    def _pass(self, routing: Routing, update: Update) -> None:
        routing.expect(update)
        self._application.update_queue.put_nowait(update)

    async def _resume(self, intake: Intake) -> None:
        for chat, message in self._state.inbox.highest_messages():
            self._numbering.saw_message(chat, message)
        intake.resume_pending(self._bot)

    async def _sweep(self) -> None:
        while True:
            try:
                await self._pool.in_thread(self._state.sweep)
            except StoreError as error:
                _LOGGER.error("%s", error)  # noqa: TRY400 - its words say it all
            await asyncio.sleep(_SWEEP_SECONDS)

    def _report(self, status: Status) -> None:
        if status == self._status:
            return
        self._status = status
        if status.phase is Phase.RUNNING and not status.detail:
            _LOGGER.info("The bot answers as @%s", self._bot.username)
        else:
            _LOGGER.warning("%s", status.detail)

    def _done(self, update: Update) -> None:
        if update.inline_query is None:
            self._state.inbox.finish_update(update.update_id)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOGGER.error("A part of the bot ended unexpectedly", exc_info=error)
