"""The gate: stops updates that are not for the bot, repeated, not allowed, or too frequent."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from telegram import Bot, Chat, InlineQuery, Message, Update

from bot.intake.addressing import BotIdentity, has_text, is_addressed, is_group
from bot.intake.allowed_users import AllowedUsers
from bot.intake.limits import AskingLimits, Decision, Verdict
from bot.state import Inbox
from bot.telegram.numbering import MessageNumbering

_LOGGER = logging.getLogger(__name__)
#: How often a person who may not ask is told so.
_REFUSED_RATE = "1/hour"
#: Older messages waited for the bot; they do not count towards rate limits.
_LATE = timedelta(minutes=1)

Notify = Callable[[Update, "Decision | None"], Awaitable[None]]


class Intake:
    """Stores updates durably before they are acknowledged, then passes them on.

    `notify` tells a person that they exceeded a limit or, without a decision, that they may not
    ask.
    """

    def __init__(
        self,
        inbox: Inbox,
        allowed_users: AllowedUsers,
        limits: AskingLimits,
        buttons: AskingLimits,
        typed: AskingLimits,
        numbering: MessageNumbering,
        passed: Callable[[Update], None],
        notify: Notify,
        gives: Callable[[Message], bool] = lambda _message: False,
    ) -> None:
        """`gives` says whether a message is a document that an administrator gives: each of an
        album is taken, and none counts towards the limits."""
        self._inbox = inbox
        self._allowed_users = allowed_users
        self._limits = limits
        self._buttons = buttons
        self._typed = typed
        self._refused = AskingLimits(_REFUSED_RATE, _REFUSED_RATE)
        self._numbering = numbering
        self._passed = passed
        self._notify = notify
        self._gives = gives
        self._telling: set[asyncio.Task[None]] = set()

    def take_in(self, update: Update, me: BotIdentity) -> None:
        """Takes an update in. Raises StoreError when it cannot be stored; Telegram resends it."""
        if update.inline_query is not None:
            # Inline queries are short-lived: they are not stored.
            if self._may_type(update.inline_query):
                self._passed(update)
            return
        self._saw(update)
        message, sender = update.message or update.edited_message, update.effective_sender
        given = update.message is not None and self._gives(update.message)
        if sender is None or not (message is None or given or is_addressed(message, me)):
            return
        if update.edited_message is not None and not has_text(update.edited_message):
            return  # a live location is edited again and again
        if self._inbox.knows_update(update.update_id):
            return
        decision = (
            Decision(Verdict.ADMITTED)
            if given
            else self._decide(sender.id, update.effective_chat, message)
        )
        if decision is not None and decision.verdict is Verdict.ADMITTED:
            if self._inbox.keep_update(update.update_id, update.to_dict()):
                self._passed(update)
        elif self._inbox.note_dropped(update.update_id):
            self._tell(update, sender.id, decision)

    def resume_pending(self, bot: Bot) -> None:
        """Passes on what an earlier process left unprocessed; drops what cannot be parsed."""
        updates = [self._read(*each, bot) for each in self._inbox.pending_updates()]
        for update in updates:
            if update is not None:
                self._passed(update)

    def _read(self, number: int, content: str, bot: Bot) -> Update | None:
        try:
            update = Update.de_json(json.loads(content), bot)
            self._saw(update)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            _LOGGER.error(  # noqa: TRY400 - a traceback may hold the question
                "Update %d cannot be read and is given up (%s)", number, type(error).__name__
            )
            self._inbox.finish_update(number)
            return None
        return update

    def _saw(self, update: Update) -> None:
        """Notes the message number of an update."""
        message = update.effective_message
        if message is not None:
            self._numbering.saw_message(message.chat.id, message.message_id)

    def _may_type(self, query: InlineQuery) -> bool:
        user = query.from_user.id
        if not self._allowed_users.allows(user, None) or self._limits.is_banned(user):
            return False
        return self._typed.admit(user).verdict is Verdict.ADMITTED

    def _decide(self, user: int, chat: Chat | None, message: Message | None) -> Decision | None:
        """The decision on an update; None when the user may not ask at all."""
        if not self._allowed_users.allows(user, chat.id if chat else None):
            return None
        if message is not None and _is_late(message):
            return Decision(Verdict.ADMITTED)
        group = message.chat.id if message is not None and is_group(message) else None
        limits = self._limits if message is not None else self._buttons
        return limits.admit(user, group)

    def _tell(self, update: Update, user: int, decision: Decision | None) -> None:
        if decision is None:
            refused = self._refused.admit(user).verdict is Verdict.ADMITTED
            private = update.effective_chat is not None and update.effective_chat.type == "private"
            if not (refused and private):
                return
        elif decision.verdict is Verdict.IGNORED:
            return
        task = asyncio.ensure_future(self._notify(update, decision))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)


def _is_late(message: Message) -> bool:
    return datetime.now(UTC) - (message.edit_date or message.date) > _LATE
