"""The state of the bot, as operators see it."""

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """Whether the bot answers, and if not, why."""

    STARTING = "starting"
    RUNNING = "running"
    UNREACHABLE = "unreachable"
    CONFLICT = "conflict"
    #: Telegram rejects the token.
    REFUSED = "refused"
    #: It could not be started, or ended unexpectedly. It is not restarted.
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Status:
    """A phase, and a message about what is wrong; empty when nothing is."""

    phase: Phase
    detail: str = ""
