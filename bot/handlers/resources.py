"""What the handlers work with."""

from dataclasses import dataclass

from bot.answers.pool import AnswerPool
from bot.presentation.replies import Replies
from bot.state import BotState
from bot.telegram.delivery import Delivery
from rag.serving.feedback import FeedbackStore


@dataclass(frozen=True, slots=True)
class HandlerResources:
    """What answers, what is remembered, how it looks and how it is sent."""

    pool: AnswerPool
    state: BotState
    delivery: Delivery
    replies: Replies
    feedback: FeedbackStore
