"""Recent uploads and removals, with the old content, so that they can be undone."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from rag.durable import replace_file, sync

Action = Literal["added", "replaced", "removed", "unchanged"]
#: How many changes can be undone, for how long, and the bytes of old content kept for them.
MOST = 50
DAYS = 7
MOST_BYTES = 500_000_000


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a file, `path` relative to the folder of documents.

    `digest` is the sha256 of its content afterwards, None where it was removed; `bytes` its size.
    `at` is ISO 8601 in UTC. `undoes` is the change that this one took back; then it cannot be
    undone itself.
    """

    id: str
    at: str
    action: Action
    path: str
    digest: str | None
    bytes: int
    undoes: str | None = None

    @property
    def undoable(self) -> bool:
        return self.undoes is None and self.action != "unchanged"


def new_change(
    action: Action, path: str, digest: str | None, size: int, undoes: str | None = None
) -> Change:
    """A change that is made now. Its id sorts in the order of time."""
    now = datetime.now(UTC)
    identity = f"{now:%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
    return Change(
        identity, now.isoformat(timespec="milliseconds"), action, path, digest, size, undoes
    )


class ChangeRecords:
    """The last changes, each a small file, with the old content beside it where there was one.

    Raises OSError where the folder cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def old_content(self, identity: str) -> Path:
        """Where the content before a change is kept."""
        return self._folder / f"{identity}.old"

    def record(self, change: Change) -> None:
        """Notes a change durably and forgets those that are too old or too many."""
        self._folder.mkdir(parents=True, exist_ok=True)
        replace_file(self._file(change.id), json.dumps(asdict(change), ensure_ascii=False))
        self._sweep()

    def keep_old(self, identity: str, source: Path) -> None:
        """Keeps the content of a file that is about to be replaced or removed."""
        self._folder.mkdir(parents=True, exist_ok=True)
        kept = self.old_content(identity)
        with source.open("rb") as old, kept.open("wb") as copy:
            while piece := old.read(1 << 20):
                copy.write(piece)
            copy.flush()
            os.fsync(copy.fileno())
        sync(self._folder)

    def find(self, identity: str) -> Change | None:
        """The change of that id; None where it is unknown or long ago."""
        if not identity or not all(c.isalnum() or c == "-" for c in identity):
            return None
        try:
            return Change(**json.loads(self._file(identity).read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def forget(self, identity: str) -> None:
        """Forgets a change, and the content before it."""
        self.old_content(identity).unlink(missing_ok=True)
        self._file(identity).unlink(missing_ok=True)

    def newest(self) -> list[Change]:
        """All that are kept, newest first."""
        found = (self.find(path.stem) for path in sorted(self._folder.glob("*.json"), reverse=True))
        return [change for change in found if change is not None]

    def _file(self, identity: str) -> Path:
        return self._folder / f"{identity}.json"

    def _sweep(self) -> None:
        oldest = (datetime.now(UTC) - timedelta(days=DAYS)).isoformat()
        kept = 0
        for number, change in enumerate(self.newest()):
            old = self.old_content(change.id)
            kept += old.stat().st_size if old.exists() else 0
            if number and (number >= MOST or change.at < oldest or kept > MOST_BYTES):
                self.forget(change.id)
