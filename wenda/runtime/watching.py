"""Notices when a folder of documents has changed and come to rest."""

import asyncio
import logging
import math
import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from watchfiles import Change, DefaultFilter, watch

from rag.documents import is_ignored
from rag.serving.collections import Collections
from rag.serving.rebuilds import JobState, Rebuilds

_LOGGER = logging.getLogger(__name__)
#: Milliseconds within which changes count as one.
_TOGETHER = 1000
#: A file that is being written is waited for: until it was still for `_STILL` seconds, but for
#: `_PATIENCE` seconds at most, or a log that grows for ever would keep all others out.
_STILL = 1.0
_PATIENCE = 30.0
#: Seconds after which the folder is compared without a notification: network drives send none.
_ANYWAY = 600.0
_MISSING = 2.0
#: Seconds until what failed is tried again; then the next change is awaited.
AGAIN = (5.0, 10.0, 20.0, 40.0, 60.0)
_LOOKED = 0.5
#: Milliseconds after which the watch reports even without a change; the first report says that it
#: is on.
_TOLD_EVERY = 1000

_Stamps = dict[str, tuple[int, int] | None]


class _Documents(DefaultFilter):
    """Leaves out what is no document: hidden files, and files of editors and systems."""

    def __init__(self, root: Path) -> None:
        super().__init__(ignore_dirs=(), ignore_entity_patterns=(), ignore_paths=())
        self._root = root

    def __call__(self, change: Change, path: str) -> bool:  # noqa: ARG002 - as it is called
        try:
            parts = Path(path).relative_to(self._root).parts
        except ValueError:
            return False
        return not any(map(is_ignored, parts))


def changes(folder: Path, stop: threading.Event) -> Iterator[None]:
    """Yields once it watches, then whenever something in the folder has changed and come to rest.

    Ends when `stop` is set. A folder that is missing or goes away is waited for.
    """
    polling = False
    while not stop.is_set():
        try:
            yield from _changes(folder, stop, polling=polling)
        except (OSError, RuntimeError) as error:
            _LOGGER.warning("The folder %s cannot be watched now: %s", folder, error)
            # Too many folders for the system, say: then they are looked at one by one.
            polling = folder.is_dir()
        stop.wait(_MISSING)


def _changes(folder: Path, stop: threading.Event, *, polling: bool) -> Iterator[None]:
    """As `changes`, while the folder is there and the same one. Raises OSError when it is not."""
    root, which = folder.resolve(), _which(folder)
    told = watch(
        root,
        watch_filter=_Documents(root),
        debounce=_TOGETHER,
        stop_event=stop,
        rust_timeout=_TOLD_EVERY,
        yield_on_timeout=True,
        force_polling=polling or None,
        ignore_permission_denied=True,
    )
    looked = -math.inf
    for changed in told:
        _wait_until_still((path for _, path in changed), stop)
        if stop.is_set() or _which(folder) != which:
            return
        if changed or time.monotonic() - looked > _ANYWAY:
            yield
            looked = time.monotonic()


def follow(folder: Path, rebuilds: Rebuilds, stop: threading.Event) -> None:
    """Rebuilds whenever the folder has changed, until `stop` is set; for a thread of its own."""
    for _ in changes(folder, stop):
        # What changed while a rebuild is running may have come too late for it; and what failed
        # because of another process or a full disk may work a little later.
        for delay in AGAIN:
            _wait_for(rebuilds, stop)
            if stop.is_set():
                return
            job = rebuilds.start_rebuild()
            _wait_for(rebuilds, stop)
            ended = rebuilds.job(job.id)
            if ended is None or ended.state is JobState.DONE or stop.wait(delay):
                break


async def following(folders: Sequence[Path], collections: Collections) -> None:
    """`follow` for each collection and its folder, in their order, until it is cancelled.

    Each has a thread of its own: those of the event loop are few, and these never come back.
    """
    backends = collections.everything.backends
    stop, loop = threading.Event(), asyncio.get_running_loop()
    threads = ThreadPoolExecutor(len(backends), thread_name_prefix="watching")
    try:
        await asyncio.gather(
            *(
                loop.run_in_executor(threads, follow, folder, each.rebuilds, stop)
                for folder, each in zip(folders, backends, strict=True)
            )
        )
    finally:
        stop.set()
        threads.shutdown(wait=False)


def _wait_for(rebuilds: Rebuilds, stop: threading.Event) -> None:
    while (last := rebuilds.last_job) is not None and last.state is JobState.RUNNING:
        if stop.wait(_LOOKED):
            return


def _which(folder: Path) -> tuple[Path, int, int] | None:
    """The identity of a folder, which another one in its place does not share; None without one."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return folder.resolve(), status.st_dev, status.st_ino


def _wait_until_still(paths: Iterable[str], stop: threading.Event) -> None:
    """Waits while files go on changing."""
    watched = list(paths)
    if not watched:
        return
    end = time.monotonic() + _PATIENCE
    before = _stamps(watched)
    while time.monotonic() < end and not stop.wait(_STILL):
        now = _stamps(watched)
        if now == before:
            return
        before = now


def _stamps(paths: Iterable[str]) -> _Stamps:
    return {path: _stamp(path) for path in paths}


def _stamp(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - many, and of strings
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns
