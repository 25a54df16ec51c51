"""What the bot remembers, in one SQLite file."""

import time
from dataclasses import dataclass
from pathlib import Path

from bot.state.database import Database
from bot.state.figures import Figures
from bot.state.inbox import Attempt, Inbox
from bot.state.people import People, ShownAnswers, Turns

__all__ = [
    "Attempt",
    "BotState",
    "Figures",
    "Inbox",
    "People",
    "Remembered",
    "ShownAnswers",
    "Turns",
]

_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Remembered:
    """How much is remembered of one person."""

    answers: int
    turns: int
    unanswered: int


class BotState:
    """All tables. Everything is bounded: by `days`, and by number.

    Every method, also of the tables, raises StoreError when the file cannot be used.
    """

    def __init__(self, path: Path, days: int) -> None:
        self._database = Database(path)
        self._days = days
        self.inbox = Inbox(self._database)
        self.people = People(self._database)
        self.turns = Turns(self._database)
        self.shown = ShownAnswers(self._database)
        self.figures = Figures(self._database)

    def close(self) -> None:
        self._database.close()

    def remembered_of(self, user: int) -> Remembered:
        """How much is remembered of a user."""
        counts = (
            self._database.fetch_rows(f"SELECT count(*) FROM {table} WHERE user = ?", user)[0][0]  # noqa: S608
            for table in ("shown", "turns", "unanswered")
        )
        return Remembered(*counts)

    def forget_user(self, user: int) -> None:
        """Forgets all that is remembered of a user."""
        tables = ("shown", "turns", "unanswered", "people")
        self._database.execute_all(
            [
                *((f"DELETE FROM {table} WHERE user = ?", (user,)) for table in tables),  # noqa: S608
                # A private chat has the number of its person; groups are below zero.
                ("DELETE FROM sent WHERE chat = ? AND chat > 0", (user,)),
            ]
        )

    def sweep(self) -> None:
        """Forgets what is too old or too much."""
        before = time.time() - self._days * _DAY
        self.inbox.sweep()
        self.turns.sweep()
        for table in (self.people, self.shown, self.figures):
            table.sweep(before)
