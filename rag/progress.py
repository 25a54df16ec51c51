"""Progress of long work: callbacks within a process, lines of JSON between processes."""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import IO, Any, Protocol, cast


class Progress(Protocol):
    """Called from time to time with the stage's name and how many of its steps are done."""

    def __call__(self, stage: str, done: int, total: int) -> None: ...


def silent(stage: str, done: int, total: int) -> None:
    """A `Progress` that says nothing."""


def line_of_json(stage: str, done: int, total: int) -> None:
    """A `Progress` for programs: each call a line on standard output."""
    say({"stage": stage, "done": done, "total": total})


def say(fact: Mapping[str, object]) -> None:
    """A line of JSON on standard output."""
    sys.stdout.write(json.dumps(fact) + "\n")
    sys.stdout.flush()


def run_apart(
    arguments: Sequence[str], environment: Mapping[str, str], progress: Progress
) -> tuple[dict[str, Any], int]:
    """Runs one of our modules in a process of its own and passes on its progress. Returns the last
    JSON object it printed other than progress, and its exit code. Its standard input is closed when
    this process ends.

    What `progress` raises ends the process and is raised again.
    """
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-P", "-m", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            last = followed(cast("IO[str]", process.stdout), progress)
        except BaseException:
            process.terminate()
            raise
    return last, process.returncode


def followed(lines: Iterable[str], progress: Progress) -> dict[str, Any]:
    """Passes on the progress among lines of JSON; returns the last line that is another fact."""
    last: dict[str, Any] = {}
    for line in lines:
        said: object = None
        with suppress(ValueError):  # a library's own output
            said = json.loads(line)
        if not isinstance(said, dict):
            continue
        if said.keys() >= {"stage", "done", "total"}:
            progress(str(said["stage"]), int(said["done"]), int(said["total"]))
        else:
            last = said
    return last
