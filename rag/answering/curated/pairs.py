"""Questions with the sentence that answers them, in a file of JSON."""

import json
import secrets
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from rag.durable import replace_file
from rag.errors import StoreError

#: The name of the file in a home.
CURATED_FILE = "curated.json"
#: The most pairs, and questions of one, for which it is and for which it is not.
MOST_PAIRS = 300
MOST_QUESTIONS = 20
_Stamp = tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class CuratedPair:
    """A sentence of a document, by the document's path and the sentence itself, which questions it
    answers, and which it does not although they are alike. `at` is ISO 8601 in UTC.
    """

    id: str
    at: str
    path: str
    sentence: str
    questions: tuple[str, ...]
    not_for: tuple[str, ...] = ()


class CuratedPairs:
    """The pairs, read again when another process has changed the file. May be used by several
    threads at once.

    Every method raises StoreError when the file cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._using = threading.RLock()
        self._stamp: _Stamp = None
        self._pairs: tuple[CuratedPair, ...] = ()

    def pairs(self) -> tuple[CuratedPair, ...]:
        """All of them, oldest first; the same object until something has changed."""
        with self._using:
            stamp = self._stamped()
            if stamp != self._stamp:
                self._pairs = self._read() if stamp is not None else ()
                self._stamp = stamp
            return self._pairs

    def add_pair(
        self, path: str, sentence: str, questions: Sequence[str], not_for: Sequence[str] = ()
    ) -> CuratedPair:
        """Adds a pair. Raises StoreError where there are too many."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        pair = CuratedPair(
            secrets.token_hex(6), now, path, sentence, tuple(questions), tuple(not_for)
        )
        with self._using:
            pairs = self.pairs()
            if len(pairs) >= MOST_PAIRS:
                raise StoreError(
                    f"There are {MOST_PAIRS} curated answers already. Remove some, those that have "
                    "expired first."
                )
            self._write((*pairs, pair))
        return pair

    def change_pair(
        self, identity: str, questions: Sequence[str], not_for: Sequence[str]
    ) -> CuratedPair | None:
        """Changes the questions of a pair; None where there is none of that id."""
        with self._using:
            pairs = self.pairs()
            changed = [
                replace(each, questions=tuple(questions), not_for=tuple(not_for))
                if each.id == identity
                else each
                for each in pairs
            ]
            self._write(changed)
        return next((each for each in changed if each.id == identity), None)

    def remove_pair(self, identity: str) -> bool:
        """Removes a pair; whether there was one."""
        with self._using:
            pairs = self.pairs()
            left = [each for each in pairs if each.id != identity]
            self._write(left)
        return len(left) < len(pairs)

    def _read(self) -> tuple[CuratedPair, ...]:
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
            return tuple(_pair(**each) for each in content)
        except (OSError, ValueError, TypeError) as error:
            raise self._failed(error) from error

    def _write(self, pairs: Sequence[CuratedPair]) -> None:
        content = json.dumps([asdict(each) for each in pairs], ensure_ascii=False, indent=1)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self._path, content)
        except OSError as error:
            raise self._failed(error) from error

    def _stamped(self) -> _Stamp:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._failed(error) from error
        return status.st_ino, status.st_mtime_ns

    def _failed(self, error: Exception) -> StoreError:
        return StoreError(
            f"The curated answers in {self._path} cannot be used ({error}). Free some space or "
            "make the file writable; move it away if it is damaged."
        )


def _pair(*, questions: Sequence[str], not_for: Sequence[str], **facts: str) -> CuratedPair:
    return CuratedPair(**facts, questions=tuple(questions), not_for=tuple(not_for))
