"""What a front end keeps of a conversation, and hands back with the next question."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turn:
    """A question that was asked before, and its answer; "" when there was none.

    `understood_as` is that of the answer: the question completed from the turns before it, None
    where it stood alone. Handed back, it saves completing the whole conversation anew.
    """

    question: str
    answer: str
    understood_as: str | None = None
