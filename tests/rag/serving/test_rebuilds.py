"""Rebuilds run one at a time, tell their progress, and never take the process with them."""

import logging
import threading
import time
from collections.abc import Mapping

import pytest

from rag.errors import SeedsError
from rag.progress import Progress
from rag.serving.rebuilds import Job, JobState, Rebuilds


def finished(rebuilds: Rebuilds, job: Job) -> Job:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        now = rebuilds.job(job.id)
        if now is not None and now.state is not JobState.RUNNING:
            return now
        time.sleep(0.01)
    raise AssertionError("It goes on for ever.")


def test_a_rebuild_is_done_and_reports() -> None:
    rebuilds = Rebuilds(lambda _progress: {"added": ["a.md"]})
    assert rebuilds.last_job is None
    job = rebuilds.start_rebuild()
    assert (job.state, job.finished) == (JobState.RUNNING, None)
    done = finished(rebuilds, job)
    assert done.state is JobState.DONE
    assert done.report == {"added": ["a.md"]}
    assert done.finished is not None
    assert done.finished >= done.started
    assert rebuilds.last_job == done


def test_a_second_start_gives_the_job_that_is_running_and_its_progress_is_told() -> None:
    told, go_on = threading.Event(), threading.Event()

    def rebuild(progress: Progress) -> Mapping[str, object]:
        progress("embedding", 3, 10)
        told.set()
        go_on.wait(20)
        return {}

    rebuilds = Rebuilds(rebuild)
    job = rebuilds.start_rebuild()
    assert told.wait(20)
    again = rebuilds.start_rebuild()
    assert (again.id, again.stage, again.done, again.total) == (job.id, "embedding", 3, 10)
    go_on.set()
    finished(rebuilds, job)
    assert rebuilds.start_rebuild().id != job.id


def test_an_error_is_told_in_its_own_words() -> None:
    def rebuild(_progress: Progress) -> Mapping[str, object]:
        raise SeedsError("The folder is empty. Put documents in it.")

    rebuilds = Rebuilds(rebuild)
    job = finished(rebuilds, rebuilds.start_rebuild())
    assert (job.state, job.error) == (JobState.FAILED, "The folder is empty. Put documents in it.")


def test_an_unexpected_error_is_logged_and_told_without_its_insides(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def rebuild(_progress: Progress) -> Mapping[str, object]:
        raise RuntimeError("inside /secret/path")

    rebuilds = Rebuilds(rebuild)
    with caplog.at_level(logging.ERROR):
        job = finished(rebuilds, rebuilds.start_rebuild())
    assert job.state is JobState.FAILED
    assert "secret" not in (job.error or "")
    assert "inside /secret/path" in caplog.text


def test_only_the_last_jobs_are_remembered() -> None:
    rebuilds = Rebuilds(lambda _progress: {})
    jobs = []
    for _ in range(22):
        jobs.append(rebuilds.start_rebuild())
        finished(rebuilds, jobs[-1])
    assert rebuilds.job(jobs[0].id) is None
    assert rebuilds.job(jobs[2].id) is not None
