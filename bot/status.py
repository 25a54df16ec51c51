"""How the bot fares."""

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """Whether it answers."""

    STARTING = "starting"
    RUNNING = "running"
    UNREACHABLE = "unreachable"
    CONFLICT = "conflict"
    REFUSED = "refused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Status:
    """`detail` says in words for a person what is wrong; empty when nothing is."""

    phase: Phase
    detail: str = ""
