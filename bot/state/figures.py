"""Statistics for administrators: questions a day."""

from datetime import UTC, datetime, timedelta

from bot.state.database import Database

_KEPT_DAYS = 400


class Figures:
    """Daily counts."""

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

    def sweep(self) -> None:
        oldest = datetime.now(UTC).date() - timedelta(days=_KEPT_DAYS)
        self._database.execute("DELETE FROM days WHERE day < ?", oldest.isoformat())
