"""Statistics for administrators: questions a day, and questions without an answer."""

import time
from datetime import UTC, datetime, timedelta

from bot.state.database import Database

_MOST_UNANSWERED = 500
_KEPT_DAYS = 400


class Figures:
    """Daily counts, and the questions without an answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count_question(self, *, answered: bool) -> None:
        """Counts a question towards today, in UTC."""
        self._database.execute(
            "INSERT INTO days VALUES (?, 1, ?) ON CONFLICT (day) DO UPDATE "
            "SET asked = asked + 1, answered = answered + excluded.answered",
            *(datetime.now(UTC).date().isoformat(), int(answered)),
        )

    def totals(self, days: int) -> tuple[int, int]:
        """Questions asked, and those answered, in the last `days` days, today included."""
        first = datetime.now(UTC).date() - timedelta(days=days - 1)
        query = (
            "SELECT coalesce(sum(asked), 0), coalesce(sum(answered), 0) FROM days WHERE day >= ?"
        )
        asked, answered = self._database.fetch_rows(query, first.isoformat())[0]
        return int(asked), int(answered)

    def add_unanswered(self, user: int, question: str) -> None:
        self._database.execute_all(
            (
                (
                    "INSERT INTO unanswered (at, user, question) VALUES (?, ?, ?)",
                    (time.time(), user, question),
                ),
                (
                    "DELETE FROM unanswered WHERE id NOT IN "
                    "(SELECT id FROM unanswered ORDER BY id DESC LIMIT ?)",
                    (_MOST_UNANSWERED,),
                ),
            )
        )

    def newest_unanswered(self, count: int) -> list[tuple[float, str]]:
        """The latest distinct questions without an answer, newest first, with their times."""
        return [
            (at, question)
            for at, question in self._database.fetch_rows(
                "SELECT max(at), question FROM unanswered GROUP BY question "
                "ORDER BY max(id) DESC LIMIT ?",
                count,
            )
        ]

    def sweep(self, before: float) -> None:
        self._database.execute("DELETE FROM unanswered WHERE at < ?", before)
        oldest = datetime.now(UTC).date() - timedelta(days=_KEPT_DAYS)
        self._database.execute("DELETE FROM days WHERE day < ?", oldest.isoformat())
