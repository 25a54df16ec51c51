"""Vectors that were computed before, by model and text; they outlive generations and kills."""

import hashlib
import logging
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

_LOGGER = logging.getLogger(__name__)
_SLICE = 500
_SPARE = 1000


class VectorCache:
    """An SQLite file of vectors. One writer at a time: the one that holds the store's lock."""

    def __init__(self, path: Path, fingerprint: str) -> None:
        self._path = path
        self._fingerprint = fingerprint.encode()
        try:
            self._database = _opened(path)
        except sqlite3.OperationalError:  # a full disk or a lock is no damage
            raise
        except sqlite3.DatabaseError:
            self._renew()

    def _renew(self) -> None:
        _LOGGER.warning("The vector cache %s is damaged; starting a new one.", self._path)
        for ending in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
        self._database = _opened(self._path)

    def close(self) -> None:
        self._database.close()

    def key(self, text: str) -> bytes:
        return hashlib.sha256(self._fingerprint + b"\0" + text.encode("utf-8", "replace")).digest()

    def get(self, keys: Sequence[bytes]) -> dict[bytes, npt.NDArray[np.float32]]:
        """The vectors that are there, by key."""
        try:
            return self._get(keys)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            self._database.close()
            self._renew()
            return {}

    def _get(self, keys: Sequence[bytes]) -> dict[bytes, npt.NDArray[np.float32]]:
        found = {}
        for first in range(0, len(keys), _SLICE):
            part = keys[first : first + _SLICE]
            marks = ",".join("?" * len(part))
            query = f"SELECT key, vector FROM vectors WHERE key IN ({marks})"  # noqa: S608 - marks only
            for key, vector in self._database.execute(query, part):
                found[key] = np.frombuffer(vector, dtype=np.float32)
        return found

    def put(self, keys: Iterable[bytes], vectors: npt.NDArray[np.float32]) -> None:
        """Stores vectors durably, one a key."""
        rows = ((key, vector.tobytes()) for key, vector in zip(keys, vectors, strict=True))
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)

    def prune(self, used: set[bytes]) -> None:
        """Forgets what is not used, once it is more than what is."""
        (count,) = self._database.execute("SELECT count(*) FROM vectors").fetchone()
        if count <= 2 * len(used) + _SPARE:
            return
        keys = [row[0] for row in self._database.execute("SELECT key FROM vectors")]
        with self._database:
            self._database.executemany(
                "DELETE FROM vectors WHERE key = ?", ((key,) for key in keys if key not in used)
            )
        self._database.execute("VACUUM")


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute(
            "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID"
        )
    except sqlite3.DatabaseError:
        database.close()
        raise
    return database
