"""Questions that lean on what was said before."""

from rag.answering.conversation.turn import Turn

__all__ = ["Turn"]
