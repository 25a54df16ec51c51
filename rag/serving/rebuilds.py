"""Rebuilds of the index in the background: one at a time, each a job with an id."""

import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from rag.errors import WendaError
from rag.progress import Progress

_LOGGER = logging.getLogger(__name__)
_KEPT = 20
_UNEXPECTED = "The rebuild failed unexpectedly. The log of the server says more."


class JobState(StrEnum):
    """The state of a job."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """One rebuild. `done` of `total` is the progress of a stage; a total of 0 is unknown.

    `started` and `finished` are ISO 8601 in UTC. `report` says what was done, `error` why it
    failed, in words for a person.
    """

    id: str
    state: JobState
    started: str
    finished: str | None = None
    stage: str = ""
    done: int = 0
    total: int = 0
    report: Mapping[str, object] | None = None
    error: str | None = None


class Rebuilds:
    """Starts rebuilds and remembers the last few. May be used by several threads at once.

    `rebuild` does one, blocking, and returns its report.
    """

    def __init__(self, rebuild: Callable[[Progress], Mapping[str, object]]) -> None:
        self._rebuild = rebuild
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()

    def start_rebuild(self) -> Job:
        """Starts a rebuild, or gives the one that is running."""
        with self._lock:
            last = self._last_job()
            if last is not None and last.state is JobState.RUNNING:
                return last
            job = Job(secrets.token_hex(6), JobState.RUNNING, _now())
            self._jobs[job.id] = job
            while len(self._jobs) > _KEPT:
                self._jobs.popitem(last=False)
        # A daemon: the process may end at any time, since a killed rebuild loses nothing.
        threading.Thread(target=self._run, args=(job.id,), name="rebuild", daemon=True).start()
        return job

    def job(self, identity: str) -> Job | None:
        """A job as it stands now; None when it is unknown or long ago."""
        with self._lock:
            return self._jobs.get(identity)

    @property
    def last_job(self) -> Job | None:
        """The job that was started last; None before the first."""
        with self._lock:
            return self._last_job()

    def _last_job(self) -> Job | None:
        return next(reversed(self._jobs.values()), None)

    def _run(self, identity: str) -> None:
        def progress(stage: str, done: int, total: int) -> None:
            self._change(identity, stage=stage, done=done, total=total)

        try:
            report = self._rebuild(progress)
        except WendaError as error:
            _LOGGER.warning("The index was not rebuilt. %s", error)
            self._finish(identity, JobState.FAILED, error=str(error))
        except Exception:
            _LOGGER.exception("A rebuild failed")
            self._finish(identity, JobState.FAILED, error=_UNEXPECTED)
        else:
            self._finish(identity, JobState.DONE, report=report)

    def _finish(self, identity: str, state: JobState, **facts: object) -> None:
        self._change(identity, state=state, finished=_now(), **facts)

    def _change(self, identity: str, **facts: object) -> None:
        with self._lock:
            self._jobs[identity] = replace(self._jobs[identity], **facts)  # type: ignore[arg-type]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
