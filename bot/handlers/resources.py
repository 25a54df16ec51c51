"""The parts of the bot that handlers use."""

from dataclasses import dataclass

from bot.answers.pool import AnswerPool
from bot.presentation.replies import Replies
from bot.state import BotState
from bot.telegram.delivery import Delivery
from rag.serving.backend import Backend


@dataclass(frozen=True, slots=True)
class HandlerResources:
    """The parts that every handler may use; `backend` is shared with the other front ends."""

    pool: AnswerPool
    state: BotState
    delivery: Delivery
    replies: Replies
    backend: Backend
