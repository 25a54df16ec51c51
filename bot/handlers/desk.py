"""What the handlers work with."""

from dataclasses import dataclass

from bot.answers.library import Library
from bot.presentation.replies import Replies
from bot.state import State
from bot.telegram.delivery import Delivery
from rag.serving.feedback import FeedbackStore


@dataclass(frozen=True, slots=True)
class Desk:
    """What answers, what is remembered, how it looks and how it is sent."""

    library: Library
    state: State
    delivery: Delivery
    replies: Replies
    feedback: FeedbackStore
