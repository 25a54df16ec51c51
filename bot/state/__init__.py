"""The bot's state, in one SQLite file."""

import time
from dataclasses import dataclass
from pathlib import Path

from bot.state.database import Database
from bot.state.figures import Figures
from bot.state.inbox import Attempt, Inbox
from bot.state.narrowings import Narrowings
from bot.state.offers import Offer, Offers
from bot.state.people import People, ShownAnswers, Turns

__all__ = [
    "Attempt",
    "BotState",
    "Figures",
    "Inbox",
    "Narrowings",
    "Offer",
    "Offers",
    "People",
    "Remembered",
    "ShownAnswers",
    "Turns",
]

_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Remembered:
    """Numbers of records that belong to one person."""

    answers: int
    turns: int


class BotState:
    """All tables. Each is bounded by age, `days` for most, and by its number of rows.

    Every method of it and of its tables raises StoreError when the file cannot be used.
    """

    def __init__(self, path: Path, days: int) -> None:
        self._database = Database(path)
        self._days = days
        self.inbox = Inbox(self._database)
        self.people = People(self._database)
        self.turns = Turns(self._database)
        self.shown = ShownAnswers(self._database)
        self.figures = Figures(self._database)
        self.narrowings = Narrowings(self._database)
        self.offers = Offers(self._database)

    def close(self) -> None:
        self._database.close()

    def remembered_of(self, user: int) -> Remembered:
        """How many records there are of a user."""
        counts = (
            self._database.fetch_rows(f"SELECT count(*) FROM {table} WHERE user = ?", user)[0][0]  # noqa: S608
            for table in ("shown", "turns")
        )
        return Remembered(*counts)

    def forget_user(self, user: int) -> None:
        """Deletes all records of a user."""
        tables = ("shown", "turns", "people", "narrowings", "offers")
        self._database.execute_all(
            [
                *((f"DELETE FROM {table} WHERE user = ?", (user,)) for table in tables),  # noqa: S608
                # The id of a private chat is that of the user; groups have negative ids.
                ("DELETE FROM sent WHERE chat = ? AND chat > 0", (user,)),
            ]
        )

    def sweep(self) -> None:
        """Deletes records that are too old or too many."""
        before = time.time() - self._days * _DAY
        self.inbox.sweep()
        self.turns.sweep()
        self.figures.sweep()
        for table in (self.people, self.shown, self.narrowings, self.offers):
            table.sweep(before)
