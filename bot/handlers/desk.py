"""What the handlers work with."""

from dataclasses import dataclass

from bot.asking import Library
from bot.delivery import Delivery
from bot.replies import Replies
from bot.state import State
from rag.feedback import FeedbackStore


@dataclass(frozen=True, slots=True)
class Desk:
    """What answers, what is remembered, how it looks and how it is sent."""

    library: Library
    state: State
    delivery: Delivery
    replies: Replies
    feedback: FeedbackStore
