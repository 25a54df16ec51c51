"""The processors that this process may use: in a container fewer than the machine has."""

import math
import os
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path, PurePosixPath


@cache
def usable_processors(root: Path = Path("/")) -> int:
    """How many threads can compute at once, 1 or more: the machine's processors, those of them that
    this process is bound to, and the share of time that its control groups (cgroups) leave it.

    `root` is where the file systems `proc` and `sys` are found.
    """
    return max(1, min(_allowed(), *map(math.ceil, _quotas(root)), 1 << 16))


def _allowed() -> int:
    """The processors that this process is bound to, or all there are."""
    count = getattr(os, "process_cpu_count", None)  # from Python 3.13 on
    if count is not None:
        return int(count() or 1)
    bound_to = getattr(os, "sched_getaffinity", None)  # not on a Mac
    return len(bound_to(0)) if bound_to is not None else os.cpu_count() or 1


def _quotas(root: Path) -> Iterator[float]:
    """The limits of this process's control groups and of those they are in, in processors."""
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    mounted = root / "sys/fs/cgroup"
    for line in lines:
        _number, controllers, group = line.split(":", 2)
        if not controllers:  # version 2: one tree
            for folder in _groups(mounted, group):
                yield from _quota(*_words(folder / "cpu.max"))
        elif "cpu" in controllers.split(","):
            for folder in _groups(mounted / "cpu", group):
                files = (folder / "cpu.cfs_quota_us", folder / "cpu.cfs_period_us")
                yield from _quota(*(word for file in files for word in _words(file)))


def _groups(mounted: Path, group: str) -> Iterator[Path]:
    """The folders of a group and of all it is in. A container may see its own group as the root."""
    path = PurePosixPath(group.lstrip("/"))
    for each in (path, *path.parents):
        yield mounted / each


def _words(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError):
        return []


def _quota(*words: str) -> Iterator[float]:
    """The share of time allowed: microseconds (the first word) in each period (the second)."""
    with suppress(ValueError, ZeroDivisionError):  # "max", or a file that is not there
        allowed, period = map(int, words)
        if allowed > 0:
            yield allowed / period
