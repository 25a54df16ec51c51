"""Received updates and sent replies, so that a restart neither loses nor repeats one."""

import json
import time
from dataclasses import dataclass
from typing import Any

from bot.state.database import Database

#: An update during which the process ended this many times is dropped.
_MOST_ATTEMPTS = 5
#: Telegram keeps updates for a day; after two, none is delivered again.
_KEPT_SECONDS = 2 * 86_400
_MOST_UPDATES = 100_000
_MOST_SENT = 100_000


@dataclass(frozen=True, slots=True)
class Attempt:
    """A message that was sent, or may have been.

    `message` is its number, None while it is unknown; then it is certainly above `floor`.
    """

    floor: int
    message: int | None


class Inbox:
    """The updates to be processed, and the messages sent in reply."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep_update(self, number: int, content: dict[str, Any]) -> bool:
        """Stores an update durably; false for one that was received before."""
        return self._insert(number, json.dumps(content))

    def note_dropped(self, number: int) -> bool:
        """Notes an update that is not processed; false for one that was received before."""
        return self._insert(number, None)

    def _insert(self, number: int, content: str | None) -> bool:
        statement = "INSERT OR IGNORE INTO updates VALUES (?, ?, 0, ?)"
        return self._database.execute(statement, number, time.time(), content) == 1

    def finish_update(self, number: int) -> None:
        """Marks an update as processed and deletes its content."""
        self._database.execute("UPDATE updates SET content = NULL WHERE id = ?", number)

    def knows_update(self, number: int) -> bool:
        """Whether an update was received before."""
        return bool(self._database.fetch_rows("SELECT 1 FROM updates WHERE id = ?", number))

    def pending_updates(self) -> list[tuple[int, str]]:
        """Ids and JSON of unprocessed updates, oldest first; each call counts as an attempt."""
        self._database.execute_all(
            (
                ("UPDATE updates SET attempts = attempts + 1 WHERE content IS NOT NULL", ()),
                ("UPDATE updates SET content = NULL WHERE attempts > ?", (_MOST_ATTEMPTS,)),
            )
        )
        query = "SELECT id, content FROM updates WHERE content IS NOT NULL ORDER BY at, id"
        return [(number, content) for number, content in self._database.fetch_rows(query)]

    def count_waiting(self) -> int:
        """The number of unprocessed updates."""
        query = "SELECT count(*) FROM updates WHERE content IS NOT NULL"
        return int(self._database.fetch_rows(query)[0][0])

    def note_sending(self, update: int, part: int, chat: int, floor: int) -> None:
        """Notes that a message is about to be sent, unless that was noted before."""
        statement = "INSERT OR IGNORE INTO sent VALUES (?, ?, ?, ?, ?, NULL)"
        self._database.execute(statement, update, part, time.time(), chat, floor)

    def note_sent(self, update: int, part: int, message: int) -> None:
        """Notes the number of a message that was sent."""
        statement = "UPDATE sent SET message = ? WHERE update_id = ? AND part = ?"
        self._database.execute(statement, message, update, part)

    def note_unsent(self, update: int, part: int) -> None:
        """Notes that a message was certainly not sent."""
        statement = "DELETE FROM sent WHERE update_id = ? AND part = ?"
        self._database.execute(statement, update, part)

    def sending_attempt(self, update: int, part: int) -> Attempt | None:
        """The attempt to send a message; None without one."""
        query = "SELECT floor, message FROM sent WHERE update_id = ? AND part = ?"
        rows = self._database.fetch_rows(query, update, part)
        return Attempt(*rows[0]) if rows else None

    def is_known_message(self, chat: int, message: int) -> bool:
        """Whether a message is one of those noted as sent."""
        query = (
            "SELECT 1 FROM sent WHERE chat = ? AND message = ? UNION ALL "
            "SELECT 1 FROM shown, json_each(shown.messages) "
            "WHERE chat = ? AND json_each.value = ? LIMIT 1"
        )
        return bool(self._database.fetch_rows(query, chat, message, chat, message))

    def highest_messages(self) -> list[tuple[int, int]]:
        """The highest message number sent, for each chat."""
        query = (
            "SELECT chat, max(message) FROM ("
            "SELECT chat, message FROM sent WHERE message IS NOT NULL UNION ALL "
            "SELECT chat, json_each.value FROM shown, json_each(shown.messages)) GROUP BY chat"
        )
        return [(chat, message) for chat, message in self._database.fetch_rows(query)]

    def sweep(self) -> None:
        """Deletes records of updates that cannot be delivered again."""
        old = time.time() - _KEPT_SECONDS
        self._database.execute(
            "DELETE FROM updates WHERE content IS NULL AND (at < ? OR id IN "
            "(SELECT id FROM updates ORDER BY at DESC, id DESC LIMIT -1 OFFSET ?))",
            *(old, _MOST_UPDATES),
        )
        self._database.execute(
            "DELETE FROM sent WHERE at < ? AND update_id NOT IN (SELECT id FROM updates)", old
        )
        self._database.execute(
            "DELETE FROM sent WHERE (update_id, part) IN "
            "(SELECT update_id, part FROM sent ORDER BY at DESC LIMIT -1 OFFSET ?) AND "
            "update_id NOT IN (SELECT id FROM updates WHERE content IS NOT NULL)",
            _MOST_SENT,
        )
