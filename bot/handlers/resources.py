"""The parts of the bot that handlers use."""

from dataclasses import dataclass

from bot.answers.pool import AnswerPool
from bot.intake.allowed_users import AllowedUsers
from bot.intake.asker import Asker
from bot.presentation.replies import Replies
from bot.state import BotState
from bot.telegram.delivery import Delivery
from rag.errors import CollectionError
from rag.serving.collections import Caller, Collection, Collections, View


@dataclass(frozen=True, slots=True)
class HandlerResources:
    """The parts that every handler may use; `collections` are shared with the other front ends."""

    pool: AnswerPool
    state: BotState
    delivery: Delivery
    replies: Replies
    collections: Collections
    allowed_users: AllowedUsers

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
