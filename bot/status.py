"""How the bot fares."""

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """Whether it answers."""

    STARTING = "starting"
    RUNNING = "running"
    UNREACHABLE = "unreachable"
    CONFLICT = "conflict"
    #: Telegram does not know the token.
    REFUSED = "refused"
    #: It could not be put together, or ended unexpectedly; nothing starts it again.
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Status:
    """`detail` says in words for a person what is wrong; empty when nothing is."""

    phase: Phase
    detail: str = ""
