"""The service of the live generation, kept current while a process runs."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rag.answering.service import Service
from rag.errors import StoreError, WendaError

_LOGGER = logging.getLogger(__name__)
#: Seconds after which a generation that could not be opened is tried again.
_AGAIN = 30.0
_UNEXPECTED = (
    "The new index could not be opened, for a reason that was not foreseen ({kind}); the log of "
    "the server says more. It is tried again every half minute. If that goes on, build the index "
    "again: wenda index --full"
)

_Stamp = tuple[tuple[int, int] | None, ...]


class LiveService:
    """Notices a new generation and swaps it in; there is a service at every moment.

    An answer that took a service before the swap goes on with it: the old generation is closed
    with the last reference. May be used by several threads at once.

    A change of the files `watched` says that another generation is live; `open_service` opens it.
    """

    def __init__(self, watched: Sequence[Path], open_service: Callable[[], Service]) -> None:
        self._watched = tuple(watched)
        self._open = open_service
        self._service: Service | None = None
        self._seen: _Stamp | None = None
        self._problem: str | None = None
        self._tried = 0.0
        self._refreshing = threading.Lock()

    @property
    def service(self) -> Service:
        """The service to ask now; hold it for a whole answer. Raises StoreError without one."""
        service = self._service
        if service is None:
            raise StoreError(self._problem or "There is no index yet. Build it: wenda index")
        return service

    @property
    def problem(self) -> str | None:
        """Why the newest generation is not served, in words for a person; None if it is."""
        return self._problem

    def refresh(self) -> bool:
        """Opens the live generation unless it is open already; returns whether it was swapped in.

        Errors of an index are not raised: the old one goes on, and `problem` says why. It blocks,
        so an event loop calls it in a thread; a call while another one runs returns False at once.
        """
        if not self._refreshing.acquire(blocking=False):
            return False
        try:
            return self._refresh()
        finally:
            self._refreshing.release()

    def _refresh(self) -> bool:
        stamp = tuple(_stamp(path) for path in self._watched)
        waited = time.monotonic() - self._tried
        if stamp == self._seen and (self._problem is None or waited < _AGAIN):
            return False
        self._seen, self._tried = stamp, time.monotonic()
        try:
            opened = self._open()
        except WendaError as error:
            if self._problem != str(error):
                _LOGGER.warning("%s", error)
            self._problem = str(error)
            return False
        except Exception as error:  # a library's own error: a full disk, a missing file
            problem = _UNEXPECTED.format(kind=type(error).__name__)
            if self._problem != problem:
                _LOGGER.exception("The new index could not be opened")
            self._problem = problem
            return False
        self._service, self._problem = opened, None
        _LOGGER.info("Serving generation %s", opened.generation.name)
        return True


def _stamp(path: Path) -> tuple[int, int] | None:
    """What changes when a file is replaced; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns
