"""Folders of the model cache: each made once, by one process at a time, whole or not at all."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from rag.errors import ModelError

_LOCK = "lock"
#: The prefix of folders that are not finished.
_UNFINISHED = ".unfinished-"


def made_once(target: Path, make: Callable[[Path], None]) -> Path:
    """The folder `target`; where it is not there yet, `make` fills a folder that takes its place.

    Waits while another process fills a folder in the same cache; remains of a killed process are
    deleted. Raises ModelError when the cache cannot be written.
    """
    if target.is_dir():
        return target
    cache = target.parent
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(cache / _LOCK):
            if not target.is_dir():
                _make(target, make)
    except OSError as error:
        raise ModelError(
            f"The model cannot be put into {cache}: {error.strerror or error}. It takes 700 MB "
            "there, and as much again for a moment: free some space, make the folder writable, or "
            "set WENDA_MODELS to another one."
        ) from error
    return target


def _make(target: Path, make: Callable[[Path], None]) -> None:
    for left in target.parent.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True)
    scratch = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=target.parent))
    try:
        make(scratch)
        scratch.replace(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
