"""Updates that were received and replies that were sent, so that a restart neither loses nor
repeats one."""

import json
import time
from dataclasses import dataclass
from typing import Any

from bot.state.database import Database

#: An update that ended the process so often is given up.
_MOST_ATTEMPTS = 5
#: Telegram keeps updates for a day; after two, nothing comes again.
_KEPT_SECONDS = 2 * 86_400
_MOST_UPDATES = 100_000
_MOST_SENT = 100_000


@dataclass(frozen=True, slots=True)
class Attempt:
    """A message that was, or may have been, sent.

    `message` is its number, None while that is unknown; it is above `floor` then.
    """

    floor: int
    message: int | None


class Inbox:
    """What was received and is to be answered."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep_update(self, number: int, content: dict[str, Any]) -> bool:
        """Keeps an update durably; false when it came before."""
        return self._insert(number, json.dumps(content))

    def note_dropped(self, number: int) -> bool:
        """Remembers an update that will not be worked on; false when it came before."""
        return self._insert(number, None)

    def _insert(self, number: int, content: str | None) -> bool:
        statement = "INSERT OR IGNORE INTO updates VALUES (?, ?, 0, ?)"
        return self._database.execute(statement, number, time.time(), content) == 1

    def finish_update(self, number: int) -> None:
        """The update was worked on; its content is forgotten."""
        self._database.execute("UPDATE updates SET content = NULL WHERE id = ?", number)

    def knows_update(self, number: int) -> bool:
        """Whether an update came before."""
        return bool(self._database.fetch_rows("SELECT 1 FROM updates WHERE id = ?", number))

    def pending_updates(self) -> list[tuple[int, str]]:
        """Numbers and JSON of what an earlier process left undone, oldest first; counts a try."""
        self._database.execute_all(
            (
                ("UPDATE updates SET attempts = attempts + 1 WHERE content IS NOT NULL", ()),
                ("UPDATE updates SET content = NULL WHERE attempts > ?", (_MOST_ATTEMPTS,)),
            )
        )
        query = "SELECT id, content FROM updates WHERE content IS NOT NULL ORDER BY at, id"
        return [(number, content) for number, content in self._database.fetch_rows(query)]

    def count_waiting(self) -> int:
        """How many updates are not yet done."""
        query = "SELECT count(*) FROM updates WHERE content IS NOT NULL"
        return int(self._database.fetch_rows(query)[0][0])

    def note_sending(self, update: int, part: int, chat: int, floor: int) -> None:
        """Notes that a message is about to be sent, if it was not noted before."""
        statement = "INSERT OR IGNORE INTO sent VALUES (?, ?, ?, ?, ?, NULL)"
        self._database.execute(statement, update, part, time.time(), chat, floor)

    def note_sent(self, update: int, part: int, message: int) -> None:
        """Notes the number that Telegram gave the message."""
        statement = "UPDATE sent SET message = ? WHERE update_id = ? AND part = ?"
        self._database.execute(statement, message, update, part)

    def note_unsent(self, update: int, part: int) -> None:
        """Notes that the message certainly is not there."""
        statement = "DELETE FROM sent WHERE update_id = ? AND part = ?"
        self._database.execute(statement, update, part)

    def sending_attempt(self, update: int, part: int) -> Attempt | None:
        """What is known of a message; None when it was never tried."""
        query = "SELECT floor, message FROM sent WHERE update_id = ? AND part = ?"
        rows = self._database.fetch_rows(query, update, part)
        return Attempt(*rows[0]) if rows else None

    def is_known_message(self, chat: int, message: int) -> bool:
        """Whether the message is one that was sent and accounted for."""
        query = (
            "SELECT 1 FROM sent WHERE chat = ? AND message = ? UNION ALL "
            "SELECT 1 FROM shown, json_each(shown.messages) "
            "WHERE chat = ? AND json_each.value = ? LIMIT 1"
        )
        return bool(self._database.fetch_rows(query, chat, message, chat, message))

    def highest_messages(self) -> list[tuple[int, int]]:
        """The highest number of a message that was sent, for each chat."""
        query = (
            "SELECT chat, max(message) FROM ("
            "SELECT chat, message FROM sent WHERE message IS NOT NULL UNION ALL "
            "SELECT chat, json_each.value FROM shown, json_each(shown.messages)) GROUP BY chat"
        )
        return [(chat, message) for chat, message in self._database.fetch_rows(query)]

    def sweep(self) -> None:
        """Forgets what cannot come again."""
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
