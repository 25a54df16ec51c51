"""A SQLite file of small records: the only module that opens the files of people's questions."""

import sqlite3
import threading
from pathlib import Path

from rag.errors import StoreError

_PATIENCE = 10


class RecordFile:
    """Durable. May be used by several threads and processes at once.

    Every method raises StoreError when the file cannot be read or written.
    """

    def __init__(self, path: Path, schema: str, content: str) -> None:
        """`content` says in an error what the file holds."""
        self._path = path
        self._content = content
        self._using = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, timeout=_PATIENCE, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise self._failed(error) from error
        try:
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA secure_delete = ON")
            self._database.executescript(schema)
        except sqlite3.Error as error:
            self._database.close()
            raise self._failed(error) from error

    def close(self) -> None:
        self._database.close()

    def write_rows(self, statement: str, *values: object) -> int:
        """Runs a statement in a transaction of its own; the number of rows that it changed. Raises
        StoreError.
        """
        try:
            with self._using, self._database:
                return self._database.execute(statement, values).rowcount
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def read_rows(self, query: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        """The rows that a query gives. Raises StoreError."""
        try:
            with self._using:
                return self._database.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> StoreError:
        return StoreError(
            f"The {self._content} in {self._path} cannot be used ({error}). Free some space or "
            "make the file writable; move it away if it is damaged."
        )
