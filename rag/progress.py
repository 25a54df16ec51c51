"""How long work tells the one who waits what it is doing."""

from typing import Protocol


class Progress(Protocol):
    """Called from time to time with the stage's name, and how much of how much is done."""

    def __call__(self, stage: str, done: int, total: int) -> None: ...


def silent(stage: str, done: int, total: int) -> None:
    """A `Progress` that says nothing."""
