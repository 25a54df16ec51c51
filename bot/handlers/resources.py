"""What every handler has: the parts of the bot, what a chat may see, and how it is replied to."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from telegram.error import BadRequest, TelegramError
from telegram.ext import CallbackContext, ExtBot

from bot.answers.pool import AnswerPool
from bot.intake.allowed_users import AllowedUsers
from bot.intake.asker import Asker
from bot.presentation.parts import ReplyPart, text_part
from bot.presentation.replies import Replies
from bot.state import BotState
from bot.telegram.delivery import Delivery
from bot.telegram.requests import refused
from rag.errors import CollectionError, StoreError, WendaError
from rag.serving.backend import Backend
from rag.serving.collections import Caller, Collection, Collections, View
from words import Words

_LOGGER = logging.getLogger(__name__)

HandlerContext = CallbackContext[
    ExtBot[int], dict[object, object], dict[object, object], dict[object, object]
]


@dataclass(frozen=True, slots=True)
class HandlerResources:
    """The parts of the bot that every handler may use; `collections` are shared with the other
    front ends.
    """

    pool: AnswerPool
    state: BotState
    delivery: Delivery
    replies: Replies
    collections: Collections
    allowed_users: AllowedUsers

    @property
    def backends(self) -> tuple[Backend, ...]:
        """Those of all collections: what is a person's own, they may see and delete in each."""
        return self.collections.everything.backends

    def seen_in(self, chat: int) -> View:
        """What may be shown in a chat. In a group everybody reads along, so that only what the
        group may see is shown there; a private chat has the id of its person.
        """
        owner = self.allowed_users.is_admin(chat)
        return self.collections.seen_by(Caller(telegram=chat, owner=owner))

    def view_of(self, asker: Asker) -> View:
        """What an asker sees: the collection that they chose, or all that the chat may see."""
        view = self.seen_in(asker.target.chat)
        try:
            return view.chosen([self.state.narrowings.collection_of(asker.conversation)])
        except CollectionError:
            return view

    def only_of(self, asker: Asker) -> Collection | None:
        """The one collection that an asker means; None where there are several, or none."""
        try:
            return self.view_of(asker).only
        except CollectionError:
            return None

    async def served_view(self, asker: Asker) -> View | None:
        """As `view_of`, of what has an index; where that is nothing, the asker is told."""
        try:
            view = self.view_of(asker)
            view.check_served()
        except (StoreError, CollectionError) as error:
            await self.reply_text(asker, why_not(error, asker.words))
            return None
        return view

    async def reply_text(self, asker: Asker, text: str) -> None:
        """Replies with a plain text."""
        await self.reply_parts(asker, [text_part(text)])

    async def reply_parts(
        self, asker: Asker, parts: Sequence[ReplyPart], existing: Sequence[int] = ()
    ) -> list[int]:
        """Replies, in the place of `existing` messages where there are such; the messages that now
        hold the reply.

        Raises TelegramError where a reply cannot be delivered, other than for want of the right to
        write.
        """
        try:
            return await self.delivery.deliver_parts(asker.target, parts, existing)
        except TelegramError as error:
            if refused(error) or isinstance(error, BadRequest):
                # The bot was blocked, removed or muted: nobody can be told.
                _LOGGER.info("A reply could not be delivered: %s", error.message)
                return list(existing)
            raise

    async def edit_reply(self, asker: Asker, message: int, part: ReplyPart) -> None:
        """Shows something else in a message of the asker's chat."""
        await self.delivery.edit_message(asker.target.chat, message, part)


def why_not(error: WendaError, words: Words) -> str:
    """Why there is nothing to show: no index, or nothing that may be seen."""
    return words.bot.no_index if isinstance(error, StoreError) else words.bot.nothing_seen
