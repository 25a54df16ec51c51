"""The bot's SQLite file: opened once, written by one process."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rag.errors import StoreError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS updates (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, attempts INTEGER NOT NULL, content TEXT);
CREATE INDEX IF NOT EXISTS updates_at ON updates (at);
CREATE TABLE IF NOT EXISTS sent (
    update_id INTEGER, part INTEGER, at REAL NOT NULL, chat INTEGER NOT NULL,
    floor INTEGER NOT NULL, message INTEGER, PRIMARY KEY (update_id, part)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sent_chat ON sent (chat, message);
CREATE INDEX IF NOT EXISTS sent_at ON sent (at);
CREATE TABLE IF NOT EXISTS shown (
    id TEXT PRIMARY KEY, at REAL NOT NULL, chat INTEGER NOT NULL, user INTEGER NOT NULL,
    asked INTEGER, messages TEXT NOT NULL, content TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS shown_at ON shown (at);
CREATE INDEX IF NOT EXISTS shown_user ON shown (user);
CREATE INDEX IF NOT EXISTS shown_asked ON shown (chat, asked);
CREATE TABLE IF NOT EXISTS turns (
    chat INTEGER, thread INTEGER, user INTEGER, asked INTEGER, at REAL NOT NULL,
    question TEXT NOT NULL, answer TEXT NOT NULL, PRIMARY KEY (chat, user, asked)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS turns_at ON turns (at);
CREATE TABLE IF NOT EXISTS people (
    user INTEGER PRIMARY KEY, language TEXT, seen REAL NOT NULL);
CREATE INDEX IF NOT EXISTS people_seen ON people (seen);
CREATE TABLE IF NOT EXISTS days (
    day TEXT PRIMARY KEY, asked INTEGER NOT NULL, answered INTEGER NOT NULL) WITHOUT ROWID;
"""

#: Later changes of the schema, in order. `PRAGMA user_version` counts those that a file has.
_MIGRATIONS = (
    "ALTER TABLE turns ADD COLUMN understood_as TEXT",
    "ALTER TABLE people ADD COLUMN telegram_language TEXT",
    "CREATE TABLE IF NOT EXISTS narrowings (chat INTEGER, thread INTEGER, user INTEGER, "
    "at REAL NOT NULL, content TEXT NOT NULL, PRIMARY KEY (chat, thread, user)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS offers (id TEXT PRIMARY KEY, at REAL NOT NULL, "
    "user INTEGER NOT NULL, chat INTEGER NOT NULL, file TEXT NOT NULL, name TEXT NOT NULL)",
    # They are in questions.sqlite now, with those of the other front ends.
    "DROP TABLE IF EXISTS unanswered",
)


class Database:
    """A connection that survives a kill at any moment. May be used by several threads at once.

    Every method raises StoreError when the file cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._using = threading.RLock()
        with self._told():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, timeout=10, check_same_thread=False)
            try:
                self._prepare()
            except sqlite3.Error:
                self._connection.close()
                raise

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA journal_mode = WAL")
        # A kill loses nothing; what a power cut loses, Telegram sends again.
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA secure_delete = ON")
        self._connection.executescript(_SCHEMA)
        (done,) = self._connection.execute("PRAGMA user_version").fetchone()
        for number, statement in enumerate(_MIGRATIONS[done:], start=done + 1):
            # In one transaction, so that a kill cannot come between.
            self._connection.executescript(
                f"BEGIN; {statement}; PRAGMA user_version = {number}; COMMIT;"
            )

    def close(self) -> None:
        with self._using:
            self._connection.close()

    def execute(self, statement: str, *values: object) -> int:
        """Executes one statement in a transaction; the number of rows it changed."""
        with self._told(), self._using, self._connection:
            return self._connection.execute(statement, values).rowcount

    def execute_all(self, statements: Sequence[tuple[str, tuple[object, ...]]]) -> int:
        """Executes the statements in one transaction; the number of rows they changed."""
        with self._told(), self._using, self._connection:
            return sum(self._connection.execute(*each).rowcount for each in statements)

    def fetch_rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._told(), self._using:
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"The bot's file {self._path} cannot be used ({error}). Free some space or make "
                "it writable; move it away if it is damaged."
            ) from error
