"""Notices to people whose updates are not processed."""

import logging

from telegram import Update
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.intake.asker import asker_of
from bot.intake.limits import Decision, Verdict
from bot.state import BotState
from bot.telegram.numbering import MessageNumbering
from rag.errors import StoreError

_LOGGER = logging.getLogger(__name__)


class Notices:
    """Tells people that they exceeded a limit or may not ask. A lost notice is not sent again."""

    def __init__(self, bot: ExtBot[int], state: BotState, numbering: MessageNumbering) -> None:
        self._bot = bot
        self._state = state
        self._numbering = numbering

    async def send_notice(self, update: Update, decision: Decision | None) -> None:
        """Explains the decision; None stands for a person who may not ask at all."""
        try:
            await self._send(update, decision)
        except TelegramError as error:
            _LOGGER.info("A notice could not be delivered: %s", error.message)
        except StoreError as error:
            _LOGGER.error("%s", error)  # noqa: TRY400 - its words say it all

    async def _send(self, update: Update, decision: Decision | None) -> None:
        asker = asker_of(update, self._state)
        words = asker.words
        if decision is None:
            text = words.bot.not_allowed.format(user=asker.user)
        elif decision.verdict is Verdict.BANNED:
            text = words.bot.banned.format(minutes=round(decision.wait / 60))
        else:
            text = words.bot.slow.format(seconds=decision.wait)
        if update.callback_query is not None:
            await update.callback_query.answer(text, show_alert=True)
            return
        place, inbox = asker.target, self._state.inbox
        sent = await self._bot.send_message(place.chat, text, message_thread_id=place.thread)
        self._numbering.saw_message(place.chat, sent.message_id)
        # Noted, so that a search for a lost message does not mistake it for that one.
        inbox.note_sending(place.update, 0, place.chat, sent.message_id - 1)
        inbox.note_sent(place.update, 0, sent.message_id)
