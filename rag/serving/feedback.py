"""Feedback on answers, in one SQLite file for all front ends."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

from rag.serving.record_file import RecordFile

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
        self._most = most
        self._file = RecordFile(path, _SCHEMA, "feedback")

    def close(self) -> None:
        self._file.close()

    def add_feedback(self, feedback: Feedback) -> None:
        """Stores it durably, in place of an earlier one with the same key."""
        marks = ", ".join("?" * len(fields(Feedback)))
        statement = f"INSERT OR REPLACE INTO feedback VALUES ({marks})"  # noqa: S608 - marks only
        self._file.write_rows(statement, *astuple(feedback))
        self._file.write_rows(
            "DELETE FROM feedback WHERE key IN "
            "(SELECT key FROM feedback ORDER BY at DESC LIMIT -1 OFFSET ?)",
            self._most,
        )

    def forget_user(self, user: str) -> int:
        """Deletes all feedback of a user; returns the number of entries."""
        return self._file.write_rows("DELETE FROM feedback WHERE user = ?", user)

    def counts(self) -> tuple[int, int]:
        """How many found an answer helpful, and how many did not."""
        rows = dict(self._file.read_rows("SELECT helpful, count(*) FROM feedback GROUP BY helpful"))
        return rows.get(1, 0), rows.get(0, 0)

    def newest_feedback(self, count: int) -> list[Feedback]:
        """The newest, newest first."""
        return self._newest("", count)

    def unhelpful_feedback(self, count: int) -> list[Feedback]:
        """The newest of answers that were found unhelpful, newest first."""
        return self._newest("WHERE helpful = 0", count)

    def _newest(self, which: str, count: int) -> list[Feedback]:
        names = ", ".join(field.name for field in fields(Feedback))
        query = f"SELECT {names} FROM feedback {which} ORDER BY at DESC LIMIT ?"  # noqa: S608 - fixed
        rows = (Feedback(*row) for row in self._file.read_rows(query, count))
        return [replace(each, helpful=bool(each.helpful)) for each in rows]

    def forget_unhelpful(self, questions: Sequence[str]) -> int:
        """Deletes what was unhelpful in answers to some questions; the number of entries."""
        statement = "DELETE FROM feedback WHERE helpful = 0 AND question = ?"
        return sum(self._file.write_rows(statement, question) for question in questions)
