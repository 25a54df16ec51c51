"""The questions that the documents did not answer, in a SQLite file, for some days."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rag.answering.answer import Answer
from rag.index.corpus import DocumentFilter
from rag.serving.record_file import RecordFile

#: The name of the file in a home.
QUESTIONS_FILE = "questions.sqlite"
#: The most entries; the oldest are deleted beyond it.
MOST = 10_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS unanswered (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, channel TEXT NOT NULL, user TEXT NOT NULL,
    question TEXT NOT NULL, within TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS unanswered_at ON unanswered (at);
CREATE INDEX IF NOT EXISTS unanswered_user ON unanswered (user);
CREATE INDEX IF NOT EXISTS unanswered_question ON unanswered (question);
"""


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question as it was asked once, or completed from those before it.

    `at` is ISO 8601 in UTC. `channel` is `ask`, `chat`, `mcp` or `telegram`; `user` says whose it
    is where that can be deleted on request, and is empty elsewhere. `within` is the filter that it
    was asked within.
    """

    at: str
    channel: str
    user: str
    question: str
    within: DocumentFilter = DocumentFilter()  # noqa: RUF009 - it is frozen


class AskedQuestions:
    """Durable, bounded. May be used by several threads and processes at once.

    Entries are kept for some `days`. Every method raises StoreError when the file cannot be read or
    written.
    """

    def __init__(self, path: Path, days: int, *, most: int = MOST) -> None:
        self.days = days
        self._most = most
        self._file = RecordFile(path, _SCHEMA, "questions")

    def close(self) -> None:
        self._file.close()

    def add_unanswered(self, answer: Answer, channel: str, user: str = "") -> None:
        """Notes the questions that an answer left unanswered, if any."""
        within = answer.narrowed.filter if answer.narrowed is not None else DocumentFilter()
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        for question in unanswered_in(answer):
            self._file.write_rows(
                "INSERT INTO unanswered (at, channel, user, question, within) "
                "VALUES (?, ?, ?, ?, ?)",
                *(now, channel, user, question, json.dumps(asdict(within), ensure_ascii=False)),
            )
            self._sweep()

    def newest_questions(self, count: int = MOST) -> list[AskedQuestion]:
        """The newest, newest first."""
        self._sweep()
        rows = self._file.read_rows(
            "SELECT at, channel, user, question, within FROM unanswered ORDER BY id DESC LIMIT ?",
            count,
        )
        return [
            AskedQuestion(at, channel, user, question, DocumentFilter(**json.loads(within)))
            for at, channel, user, question, within in rows
        ]

    def count_of(self, user: str) -> int:
        """How many entries are a user's."""
        return int(
            self._file.read_rows("SELECT count(*) FROM unanswered WHERE user = ?", user)[0][0]
        )

    def forget_user(self, user: str) -> int:
        """Deletes all questions of a user; returns the number of entries."""
        return self._file.write_rows("DELETE FROM unanswered WHERE user = ?", user)

    def forget_questions(self, questions: Sequence[str]) -> int:
        """Deletes questions that were looked after; returns the number of entries."""
        return sum(
            self._file.write_rows("DELETE FROM unanswered WHERE question = ?", question)
            for question in questions
        )

    def forget_all(self) -> None:
        """Deletes everything, where nothing is to be kept any more."""
        self._file.write_rows("DELETE FROM unanswered")

    def _sweep(self) -> None:
        oldest = datetime.now(UTC) - timedelta(days=self.days)
        self._file.write_rows("DELETE FROM unanswered WHERE at < ?", oldest.isoformat())
        self._file.write_rows(
            "DELETE FROM unanswered WHERE id <= "
            "(SELECT id FROM unanswered ORDER BY id DESC LIMIT 1 OFFSET ?)",
            self._most,
        )


def unanswered_in(answer: Answer) -> list[str]:
    """The questions that an answer left unanswered, as they can be asked again by themselves."""
    if answer.kind is not None:
        return []
    if answer.parts:
        return [part.question for part in answer.parts if not part.answered]
    return [] if answer.answered else [_by_itself(answer)]


def _by_itself(answer: Answer) -> str:
    """The question as it can be asked without the conversation. A whole question that was only
    appended to the one before stands by itself; "And in Panjin?" does not.
    """
    asked, completed = answer.question, answer.understood_as
    if completed is None or (completed.endswith(asked) and 2 * len(asked) > len(completed)):
        return asked
    return completed
