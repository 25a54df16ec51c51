"""The way in: what is not for the bot, came before, or is too much goes no further."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from telegram import Chat, Message, Update, User

from bot.access import Access
from bot.addressing import Me, is_addressed, is_group
from bot.limits import Decision, Limits, Verdict
from bot.numbering import Numbering
from bot.state import Inbox

_LOGGER = logging.getLogger(__name__)
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "inline_query")
#: Who may not ask is told at most so often.
_REFUSED_RATE = "1/hour"

Notify = Callable[[Update, "Decision | None"], Awaitable[None]]


class Intake:
    """Keeps updates durably before they count as received, and passes them on.

    `notify` tells a person that they were too fast, or, without a decision, that they may not ask.
    """

    def __init__(
        self,
        inbox: Inbox,
        access: Access,
        limits: Limits,
        buttons: Limits,
        numbering: Numbering,
        passed: Callable[[Update], None],
        notify: Notify,
    ) -> None:
        self._inbox = inbox
        self._access = access
        self._limits = limits
        self._buttons = buttons
        self._refused = Limits(_REFUSED_RATE, _REFUSED_RATE)
        self._numbering = numbering
        self._passed = passed
        self._notify = notify
        self._telling: set[asyncio.Task[None]] = set()

    def accept(self, update: Update, me: Me) -> None:
        """Takes an update in. Raises StoreError when it cannot be kept: it must come again."""
        if update.inline_query is not None:
            # Whoever types does not wait for an answer of yesterday: nothing is kept.
            if self._access.allows(update.inline_query.from_user.id, None):
                self._passed(update)
            return
        self.saw(update)
        message, user = update.message or update.edited_message, update.effective_user
        if user is None or (message is not None and not is_addressed(message, me)):
            return
        decision = self._decide(user, update.effective_chat, message)
        if decision is not None and decision.verdict is Verdict.ADMITTED:
            if self._inbox.accept(update.update_id, update.to_dict()):
                self._passed(update)
        elif self._inbox.drop(update.update_id):
            self._tell(update, user, decision)

    def saw(self, update: Update) -> None:
        """Follows the message numbers of an update."""
        message = update.effective_message
        if message is not None:
            self._numbering.saw(message.chat.id, message.message_id)

    def _decide(self, user: User, chat: Chat | None, message: Message | None) -> Decision | None:
        """What becomes of the update; None when the user may not ask at all."""
        if not self._access.allows(user.id, chat.id if chat else None):
            return None
        group = message.chat.id if message is not None and is_group(message) else None
        limits = self._limits if message is not None else self._buttons
        return limits.admit(user.id, group)

    def _tell(self, update: Update, user: User, decision: Decision | None) -> None:
        if decision is None:
            refused = self._refused.admit(user.id).verdict is Verdict.ADMITTED
            private = update.effective_chat is not None and update.effective_chat.type == "private"
            if not (refused and private):
                return
        elif decision.verdict is Verdict.IGNORED:
            return
        task = asyncio.ensure_future(self._notify(update, decision))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)
