"""State of people: their language, their last questions, the answers shown to them."""

import json
import time
from collections.abc import Sequence
from dataclasses import astuple

from bot.answers.shown import ShownAnswer
from bot.state.database import Database
from rag import Turn

_MOST_SHOWN = 10_000
_MOST_PEOPLE = 100_000
_MOST_TURNS = 6
#: After this pause a question does not build on the one before.
_TURN_SECONDS = 3600.0

#: Ids of a chat, of a topic in it or 0, and of a person.
Conversation = tuple[int, int, int]


class People:
    """The people who ask, and their languages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def chosen_language(self, user: int) -> str | None:
        """The language that the user chose; None without a choice."""
        rows = self._database.fetch_rows("SELECT language FROM people WHERE user = ?", user)
        return rows[0][0] if rows else None

    def telegram_language(self, user: int) -> str | None:
        """The language code of the user's Telegram when they last asked something."""
        query = "SELECT telegram_language FROM people WHERE user = ?"
        rows = self._database.fetch_rows(query, user)
        return rows[0][0] if rows else None

    def choose_language(self, user: int, language: str) -> None:
        self._database.execute(
            "INSERT INTO people (user, language, seen) VALUES (?, ?, ?) "
            "ON CONFLICT (user) DO UPDATE SET language = excluded.language, seen = excluded.seen",
            *(user, language, time.time()),
        )

    def mark_seen(self, user: int, telegram_language: str | None = None) -> None:
        """Notes that the user asked just now, and their language code if it was sent."""
        self._database.execute(
            "INSERT INTO people (user, seen, telegram_language) VALUES (?, ?, ?) "
            "ON CONFLICT (user) DO UPDATE SET seen = excluded.seen, "
            "telegram_language = coalesce(excluded.telegram_language, telegram_language)",
            *(user, time.time(), telegram_language),
        )

    def count_seen(self, since: float = 0.0) -> int:
        """The number of people who asked since a time."""
        return int(
            self._database.fetch_rows("SELECT count(*) FROM people WHERE seen >= ?", since)[0][0]
        )

    def sweep(self, before: float) -> None:
        """Deletes people who did not ask since a time; a chosen language is kept longer."""
        self._database.execute("DELETE FROM people WHERE seen < ? AND language IS NULL", before)
        forgetting = "UPDATE people SET telegram_language = NULL WHERE seen < ?"
        self._database.execute(forgetting, before)
        self._database.execute(
            "DELETE FROM people WHERE user IN "
            "(SELECT user FROM people ORDER BY seen DESC LIMIT -1 OFFSET ?)",
            _MOST_PEOPLE,
        )


class Turns:
    """The last turns of each conversation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def remember_turn(self, conversation: Conversation, asked: int, turn: Turn) -> None:
        """Stores a turn; that of an edited question replaces the earlier one."""
        chat, thread, user = conversation
        self._database.execute_all(
            (
                (
                    "INSERT OR REPLACE INTO turns (chat, thread, user, asked, at, question, "
                    "answer, understood_as) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (chat, thread, user, asked, time.time(), *astuple(turn)),
                ),
                (
                    "DELETE FROM turns WHERE chat = ? AND user = ? AND asked IN (SELECT asked FROM "
                    "turns WHERE chat = ? AND thread = ? AND user = ? ORDER BY asked DESC "
                    "LIMIT -1 OFFSET ?)",
                    (chat, user, chat, thread, user, _MOST_TURNS),
                ),
            )
        )

    def turns_before(self, conversation: Conversation, asked: int) -> list[Turn]:
        """The turns before a question, oldest first."""
        rows = self._database.fetch_rows(
            "SELECT question, answer, understood_as FROM turns "
            "WHERE chat = ? AND thread = ? AND user = ? AND asked < ? AND at > ? ORDER BY asked",
            *(*conversation, asked, time.time() - _TURN_SECONDS),
        )
        return [Turn(*row) for row in rows]

    def forget_turns(self, conversation: Conversation) -> None:
        statement = "DELETE FROM turns WHERE chat = ? AND thread = ? AND user = ?"
        self._database.execute(statement, *conversation)

    def sweep(self) -> None:
        old = time.time() - _TURN_SECONDS
        self._database.execute("DELETE FROM turns WHERE at < ?", old)


class ShownAnswers:
    """The answers whose buttons still work."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put_answer(self, shown: ShownAnswer, asked: int | None) -> None:
        """Stores the answer to the message `asked`; the numbers of its messages stay."""
        self._database.execute(
            "INSERT INTO shown VALUES (?, ?, ?, ?, ?, '[]', ?) ON CONFLICT (id) DO UPDATE "
            "SET at = excluded.at, content = excluded.content",
            *(shown.id, time.time(), shown.chat, shown.user, asked, shown.to_json()),
        )

    def set_messages(self, identity: str, messages: Sequence[int]) -> None:
        """Notes the messages that contain the answer."""
        statement = "UPDATE shown SET messages = ? WHERE id = ?"
        self._database.execute(statement, json.dumps(list(messages)), identity)

    def answer_by_id(self, identity: str, chat: int) -> ShownAnswer | None:
        """The answer with this id, if it was given in this chat."""
        rows = self._database.fetch_rows(
            "SELECT content FROM shown WHERE id = ? AND chat = ?", identity, chat
        )
        return ShownAnswer.from_json(rows[0][0]) if rows else None

    def answer_to_message(self, chat: int, asked: int) -> tuple[str, list[int]] | None:
        """Id and message numbers of the answer to a message."""
        rows = self._database.fetch_rows(
            "SELECT id, messages FROM shown WHERE chat = ? AND asked = ?", chat, asked
        )
        return (rows[0][0], json.loads(rows[0][1])) if rows else None

    def answer_in_message(self, chat: int, message: int) -> ShownAnswer | None:
        """The answer that a message contains."""
        rows = self._database.fetch_rows(
            "SELECT content FROM shown, json_each(shown.messages) "
            "WHERE chat = ? AND json_each.value = ?",
            *(chat, message),
        )
        return ShownAnswer.from_json(rows[0][0]) if rows else None

    def sweep(self, before: float) -> None:
        self._database.execute("DELETE FROM shown WHERE at < ?", before)
        self._database.execute(
            "DELETE FROM shown WHERE id IN "
            "(SELECT id FROM shown ORDER BY at DESC LIMIT -1 OFFSET ?)",
            _MOST_SHOWN,
        )
