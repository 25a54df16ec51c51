"""What the front ends of one process share."""

from dataclasses import dataclass

from rag.serving.feedback import FeedbackStore
from rag.serving.live import LiveService
from rag.serving.rebuilds import Rebuilds


@dataclass(frozen=True, slots=True)
class Backend:
    """The live index, its rebuilds, and what people thought of the answers."""

    live: LiveService
    rebuilds: Rebuilds
    feedback: FeedbackStore
