"""Short words to those whose update is not worked on."""

import logging

from telegram import Update
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.asker import asker_of
from bot.limits import Decision, Verdict
from bot.state import State

_LOGGER = logging.getLogger(__name__)


class Notices:
    """Tells people that they were too fast, or may not ask. A lost notice is not sent again."""

    def __init__(self, bot: ExtBot[int], state: State) -> None:
        self._bot = bot
        self._state = state

    async def send(self, update: Update, decision: Decision | None) -> None:
        """Says what became of the update; None is for people who may not ask at all."""
        asker = asker_of(update, self._state)
        words = asker.words
        if decision is None:
            text = words.not_allowed.format(user=asker.user)
        elif decision.verdict is Verdict.BANNED:
            text = words.banned.format(minutes=round(decision.wait / 60))
        else:
            text = words.slow.format(seconds=decision.wait)
        try:
            if update.callback_query is not None:
                await update.callback_query.answer(text, show_alert=True)
                return
            await self._bot.send_message(
                asker.place.chat, text, message_thread_id=asker.place.thread
            )
        except TelegramError as error:
            _LOGGER.info("A notice could not be delivered: %s", error.message)
