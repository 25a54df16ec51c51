"""What the bot remembers of people: their language, their last questions, what it showed them."""

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
#: A question does not build on one that was asked longer ago.
_TURN_SECONDS = 3600.0

#: A chat, the topic in it or 0, and a person.
Conversation = tuple[int, int, int]


class People:
    """Who asks, and in which language."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def chosen_language(self, user: int) -> str | None:
        """The language that the user chose; None when none was chosen."""
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
        """The user asked something just now; a language that is not known stays as it was."""
        self._database.execute(
            "INSERT INTO people (user, seen, telegram_language) VALUES (?, ?, ?) "
            "ON CONFLICT (user) DO UPDATE SET seen = excluded.seen, "
            "telegram_language = coalesce(excluded.telegram_language, telegram_language)",
            *(user, time.time(), telegram_language),
        )

    def count_seen(self, since: float = 0.0) -> int:
        """How many were seen since a time."""
        return int(
            self._database.fetch_rows("SELECT count(*) FROM people WHERE seen >= ?", since)[0][0]
        )

    def sweep(self, before: float) -> None:
        """Forgets who has not been here since; a chosen language stays while there is room."""
        self._database.execute("DELETE FROM people WHERE seen < ? AND language IS NULL", before)
        self._database.execute(
            "DELETE FROM people WHERE user IN "
            "(SELECT user FROM people ORDER BY seen DESC LIMIT -1 OFFSET ?)",
            _MOST_PEOPLE,
        )


class Turns:
    """The recent questions and answers of each person in each chat and topic."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def remember_turn(self, conversation: Conversation, asked: int, turn: Turn) -> None:
        """Remembers a turn; an edited question takes its old place."""
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
    """The answers whose buttons can still be pressed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put_answer(self, shown: ShownAnswer, asked: int | None) -> None:
        """Keeps an answer to the message `asked`; its messages stay as they are."""
        self._database.execute(
            "INSERT INTO shown VALUES (?, ?, ?, ?, ?, '[]', ?) ON CONFLICT (id) DO UPDATE "
            "SET at = excluded.at, content = excluded.content",
            *(shown.id, time.time(), shown.chat, shown.user, asked, shown.to_json()),
        )

    def set_messages(self, identity: str, messages: Sequence[int]) -> None:
        """Notes the messages in which the answer stands."""
        statement = "UPDATE shown SET messages = ? WHERE id = ?"
        self._database.execute(statement, json.dumps(list(messages)), identity)

    def answer_by_id(self, identity: str, chat: int) -> ShownAnswer | None:
        """The answer whose buttons are in this chat."""
        rows = self._database.fetch_rows(
            "SELECT content FROM shown WHERE id = ? AND chat = ?", identity, chat
        )
        return ShownAnswer.from_json(rows[0][0]) if rows else None

    def answer_to_message(self, chat: int, asked: int) -> tuple[str, list[int]] | None:
        """Id and messages of the answer to a message."""
        rows = self._database.fetch_rows(
            "SELECT id, messages FROM shown WHERE chat = ? AND asked = ?", chat, asked
        )
        return (rows[0][0], json.loads(rows[0][1])) if rows else None

    def answer_in_message(self, chat: int, message: int) -> ShownAnswer | None:
        """The answer that stands in a message."""
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
