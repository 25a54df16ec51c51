"""The throw-away indexes of evaluations; the last few are kept for the next run."""

import hashlib
import logging
import re
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import StoreError

_LOGGER = logging.getLogger(__name__)
_KEPT = 3
_MADE_HERE = re.compile("[0-9a-f]{12}")
_REMOVING = ".removing-"
_USED = "used"
_WRITING = "lock"


def home_of(home: Path, contexts: Sequence[str]) -> Path:
    """Where the index of these contexts is kept, below the settings' home."""
    content = "\0".join(contexts).encode("utf-8", "surrogatepass")
    return home / "evaluations" / hashlib.sha256(content).hexdigest()[:12]


@contextmanager
def in_use(index: Path) -> Iterator[None]:
    """Keeps other processes from removing the index; then removes all but the last few.

    Raises StoreError when the folder cannot be written.
    """
    try:
        index.mkdir(parents=True, exist_ok=True)
        (index / _USED).touch()
        # One file for each user, so that several can use an index at once.
        mark = FileLock(index / f"using-{secrets.token_hex(4)}.lock")
        mark.acquire()
    except OSError as error:
        raise StoreError(
            f"The folder {index} cannot be written ({error.strerror or error}). Make it writable, "
            "or name another with --home or WENDA_HOME."
        ) from error
    try:
        yield
    finally:
        mark.release()
        Path(mark.lock_file).unlink(missing_ok=True)
        prune(index.parent)


def prune(folder: Path) -> None:
    """Removes all but the indexes used last, and what an earlier removal left.

    What is in use stays, and what is not an index of an evaluation. Never raises: it is tidying.
    """
    try:
        indexes = sorted(
            (path for path in folder.iterdir() if _is_index(path)), key=_last_use, reverse=True
        )
        for index in indexes[_KEPT:]:
            if not _is_in_use(index):
                # Renamed first, so that nobody opens an index that is half removed.
                index.replace(folder / f"{_REMOVING}{index.name}-{secrets.token_hex(4)}")
        for left in folder.glob(f"{_REMOVING}*"):
            shutil.rmtree(left, ignore_errors=True)
    except OSError as error:
        _LOGGER.warning("Old indexes of evaluations in %s are left: %s", folder, error)


def _is_index(path: Path) -> bool:
    made_here = _MADE_HERE.fullmatch(path.name) and path.is_dir() and not path.is_symlink()
    return bool(made_here) and any((path / name).exists() for name in (_USED, "generations"))


def _last_use(index: Path) -> float:
    mark = index / _USED
    return (mark if mark.exists() else index).stat().st_mtime


def _is_in_use(index: Path) -> bool:
    locks = [*index.glob("using-*.lock"), *index.glob(_WRITING)]
    return any(_is_held(path) for path in locks)


def _is_held(path: Path) -> bool:
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return True
    lock.release()
    return False
