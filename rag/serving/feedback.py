"""What people thought of answers, in one SQLite file for all front ends."""

import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

from rag.errors import StoreError

#: The most entries; the oldest are deleted beyond it.
MOST = 100_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS feedback (
    key TEXT PRIMARY KEY, at TEXT NOT NULL, channel TEXT NOT NULL, user TEXT NOT NULL,
    helpful INTEGER NOT NULL, question TEXT NOT NULL, answer TEXT, generation TEXT NOT NULL,
    confidence REAL NOT NULL, comment TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS feedback_at ON feedback (at);
CREATE INDEX IF NOT EXISTS feedback_user ON feedback (user);
"""


@dataclass(frozen=True, slots=True)
class Feedback:
    """One person's judgement of one answer. A second one with the same `key` replaces the first.

    `at` is ISO 8601 in UTC. `channel` is `web`, `api` or `telegram`; `user` says whose it is, so
    that it can be removed on request, and may be empty. `answer` is None for an abstention.
    """

    key: str
    at: str
    channel: str
    user: str
    helpful: bool
    question: str
    answer: str | None
    generation: str
    confidence: float
    comment: str = ""


class FeedbackStore:
    """Durable, bounded. May be used by several threads and processes at once.

    Every method raises StoreError when the file cannot be read or written.
    """

    def __init__(self, path: Path, *, most: int = MOST) -> None:
        self._path = path
        self._most = most
        self._using = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, timeout=10, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise self._failed(error) from error
        try:
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.executescript(_SCHEMA)
        except sqlite3.Error as error:
            self._database.close()
            raise self._failed(error) from error

    def close(self) -> None:
        self._database.close()

    def add_feedback(self, feedback: Feedback) -> None:
        """Stores it durably, in place of an earlier one with the same key."""
        marks = ", ".join("?" * len(fields(Feedback)))
        self._write(f"INSERT OR REPLACE INTO feedback VALUES ({marks})", *astuple(feedback))  # noqa: S608 - marks only
        self._write(
            "DELETE FROM feedback WHERE key IN "
            "(SELECT key FROM feedback ORDER BY at DESC LIMIT -1 OFFSET ?)",
            self._most,
        )

    def forget_user(self, user: str) -> int:
        """Deletes all feedback of a user; returns the number of entries."""
        return self._write("DELETE FROM feedback WHERE user = ?", user)

    def counts(self) -> tuple[int, int]:
        """How many found an answer helpful, and how many did not."""
        rows = dict(self._read("SELECT helpful, count(*) FROM feedback GROUP BY helpful"))
        return rows.get(1, 0), rows.get(0, 0)

    def newest_feedback(self, count: int) -> list[Feedback]:
        """The newest, newest first."""
        names = ", ".join(field.name for field in fields(Feedback))
        rows = self._read(f"SELECT {names} FROM feedback ORDER BY at DESC LIMIT ?", count)  # noqa: S608
        return [replace(Feedback(*row), helpful=bool(row[4])) for row in rows]

    def unhelpful_feedback(self, count: int) -> list[Feedback]:
        """The newest of answers that were found unhelpful, newest first."""
        names = ", ".join(field.name for field in fields(Feedback))
        rows = self._read(
            f"SELECT {names} FROM feedback WHERE helpful = 0 ORDER BY at DESC LIMIT ?",  # noqa: S608
            count,
        )
        return [replace(Feedback(*row), helpful=False) for row in rows]

    def forget_unhelpful(self, questions: Sequence[str]) -> int:
        """Deletes what was unhelpful in answers to some questions; the number of entries."""
        statement = "DELETE FROM feedback WHERE helpful = 0 AND question = ?"
        return sum(self._write(statement, question) for question in questions)

    def _write(self, statement: str, *values: object) -> int:
        try:
            with self._using, self._database:
                return self._database.execute(statement, values).rowcount
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def _read(self, query: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        try:
            with self._using:
                return self._database.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> StoreError:
        return StoreError(
            f"The feedback in {self._path} cannot be used ({error}). Free some space or make the "
            "file writable; move it away if it is damaged."
        )
