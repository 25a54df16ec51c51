"""Vectors and token codes by model and text; the cache outlives generations and kills."""

import hashlib
import logging
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

_LOGGER = logging.getLogger(__name__)
_SLICE = 500
_SPARE = 1000


class EmbeddingCache:
    """An SQLite file of vectors and token codes. One writer at a time: the holder of the store's
    lock. Its methods raise sqlite3.OperationalError where the disk is full or the file locked; a
    damaged file is replaced by an empty one.
    """

    def __init__(self, path: Path, fingerprint: str) -> None:
        self._path = path
        self._fingerprint = fingerprint.encode()
        try:
            self._database = _opened(path)
        except sqlite3.OperationalError:  # a full disk or a lock is no damage
            raise
        except sqlite3.DatabaseError:
            self._renew()

    def _renew_after(self, error: sqlite3.DatabaseError) -> None:
        """Starts a new file in the place of a damaged one; an error that is no damage is raised."""
        if isinstance(error, sqlite3.OperationalError):
            raise error
        self._database.close()
        self._renew()

    def _renew(self) -> None:
        _LOGGER.warning("The embedding cache %s is damaged; starting a new one.", self._path)
        self._make_anew()

    def _make_anew(self) -> None:
        for ending in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
        self._database = _opened(self._path)

    def close(self) -> None:
        self._database.close()

    def key(self, text: str) -> bytes:
        return hashlib.sha256(self._fingerprint + b"\0" + text.encode("utf-8", "replace")).digest()

    def get_vectors(self, keys: Sequence[bytes]) -> dict[bytes, npt.NDArray[np.float32]]:
        """The known vectors, each of shape (dimension,), by key."""
        found = self._get("vectors", keys)
        return {key: np.frombuffer(content, dtype=np.float32) for key, content in found.items()}

    def get_tokens(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """The known token codes, as `TokenCodes.to_bytes` gives them, by key."""
        return self._get("tokens", keys)

    def has_tokens(self, keys: Sequence[bytes]) -> set[bytes]:
        """The keys whose tokens are there."""
        return set(self._get("tokens", keys, "key, NULL"))

    def _get(self, table: str, keys: Sequence[bytes], columns: str = "*") -> dict[bytes, Any]:
        found: dict[bytes, Any] = {}
        try:
            for first in range(0, len(keys), _SLICE):
                part = keys[first : first + _SLICE]
                marks = ",".join("?" * len(part))
                query = f"SELECT {columns} FROM {table} WHERE key IN ({marks})"  # noqa: S608 - names and marks only
                found.update(self._database.execute(query, part))
        except sqlite3.DatabaseError as error:
            self._renew_after(error)
            return {}
        return found

    def put_vectors(
        self,
        keys: Sequence[bytes],
        vectors: npt.NDArray[np.float32],
        tokens: Sequence[bytes] | None = None,
    ) -> None:
        """Stores vectors, shape (len(keys), dimension), and the token codes that belong to them."""
        rows = [(key, vector.tobytes()) for key, vector in zip(keys, vectors, strict=True)]
        try:
            self._put(keys, rows, tokens)
        except sqlite3.DatabaseError as error:
            self._renew_after(error)
            self._put(keys, rows, tokens)

    def _put(
        self,
        keys: Sequence[bytes],
        rows: Sequence[tuple[bytes, bytes]],
        tokens: Sequence[bytes] | None,
    ) -> None:
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
            if tokens is not None:
                self._database.executemany(
                    "INSERT OR REPLACE INTO tokens VALUES (?, ?)", zip(keys, tokens, strict=True)
                )

    def is_crowded(self, used: int) -> bool:
        """Whether it holds far more texts than `used`, the number in use."""
        (count,) = self._database.execute("SELECT count(*) FROM vectors").fetchone()
        return bool(count > 2 * used + _SPARE)

    def prune(self, used: set[bytes]) -> None:
        """Removes every key that is not in `used`."""
        keys = [row[0] for row in self._database.execute("SELECT key FROM vectors")]
        unused = [(key,) for key in keys if key not in used]
        with self._database:
            self._database.executemany("DELETE FROM vectors WHERE key = ?", unused)
            self._database.executemany("DELETE FROM tokens WHERE key = ?", unused)
        self._database.execute("VACUUM")

    def clear(self) -> None:
        """Removes everything."""
        self._database.close()
        self._make_anew()


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        # A power cut may cost the last vectors, which are computed again; a kill costs none.
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute(
            "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID"
        )
        # Counting goes through this index, not through all vectors.
        database.execute("CREATE INDEX IF NOT EXISTS counted ON vectors (substr(key, 1, 1))")
        # Tokens take kilobytes, which a table without row numbers would spread over its tree.
        # The table gets another name when `rag.index.tokens.maxsim` or its layers change.
        database.execute("CREATE TABLE IF NOT EXISTS tokens (key BLOB PRIMARY KEY, tokens BLOB)")
    except sqlite3.DatabaseError:
        database.close()
        raise
    return database
