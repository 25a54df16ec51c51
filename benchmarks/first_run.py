"""How much memory the first index takes: unpacking the model, compiling it, embedding.

    python -m benchmarks.first_run FOLDER

Only on Linux, whose /proc tells what processes take that the system cannot take back (RssAnon).
What they map of files is not counted: a small machine reads it again.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from rag.progress import followed

_EVERY = 0.02
_KIBIBYTES = 1024 / 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        stages = _stages(given.folder, Path(name))
    print("| stage | s | peak, MB |\n| --- | --- | --- |")
    for name, stage in stages.items():
        print(f"| {name} | {stage.seconds:.1f} | {stage.peak * _KIBIBYTES:.0f} |")


@dataclass(slots=True)
class _Stage:
    """Seconds, and the peak of all processes together in kilobytes."""

    seconds: float = 0.0
    peak: int = 0


def _stages(folder: Path, scratch: Path) -> dict[str, _Stage]:
    """The stages in order."""
    command = [sys.executable, "-m", "wenda", "index", "--json"]
    stages: dict[str, _Stage] = defaultdict(_Stage)
    at, ended = "starting", threading.Event()

    def tell(stage: str, done: int, total: int) -> None:  # noqa: ARG001 - a Progress
        nonlocal at
        at = stage

    def sample(process: int) -> None:
        last = time.perf_counter()
        while not ended.wait(_EVERY):
            now, stage = time.perf_counter(), stages[at]
            stage.peak = max(stage.peak, sum(map(_private, _family(process))))
            stage.seconds += now - last
            last = now

    with subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--seeds", str(folder), "--home", str(scratch / "home")],
        stdout=subprocess.PIPE,
        env={**os.environ, "WENDA_MODELS": str(scratch / "models")},
        text=True,
    ) as process:
        sampling = threading.Thread(target=sample, args=(process.pid,))
        sampling.start()
        try:
            last = followed(cast("IO[str]", process.stdout), tell)
        finally:
            ended.set()
            sampling.join()
    if process.returncode:
        raise SystemExit(str(last.get("error")))
    return dict(stages)


def _family(process: int) -> Iterator[int]:
    """The ids of a process and its descendants."""
    yield process
    try:
        for thread in Path(f"/proc/{process}/task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from _family(int(child))
    except OSError:  # it ended meanwhile
        return


def _private(process: int) -> int:
    """A process's memory in kilobytes without pages of files, which can be taken back."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    lines = (line.split() for line in status.splitlines())
    return next((int(line[1]) for line in lines if line[0] == "RssAnon:"), 0)


if __name__ == "__main__":
    main()
