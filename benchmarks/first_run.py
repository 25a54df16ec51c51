"""How much memory the very first index takes, stage by stage: the model unpacked, compiled, used.

    python -m benchmarks.first_run FOLDER

Only on Linux, whose /proc tells what processes take that the system cannot take back (RssAnon).
What they map of files is not counted: a small machine reads it again.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

_EVERY = 0.02
_MEGABYTE = 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        peaks = _peaks(given.folder, Path(name))
    print("| stage | peak, MB |\n| --- | --- |")
    for stage, peak in peaks.items():
        print(f"| {stage} | {peak // _MEGABYTE} |")


def _peaks(folder: Path, scratch: Path) -> dict[str, int]:
    """The most kilobytes of all processes together, by stage in order."""
    command = [sys.executable, "-m", "wenda", "index", "--json"]
    peaks: dict[str, int] = defaultdict(int)
    stage, ended = "starting", threading.Event()
    with subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--seeds", str(folder), "--home", str(scratch / "home")],
        stdout=subprocess.PIPE,
        env={**os.environ, "WENDA_MODELS": str(scratch / "models")},
        text=True,
    ) as process:

        def sample() -> None:
            while not ended.wait(_EVERY):
                peaks[stage] = max(peaks[stage], sum(map(_private, _family(process.pid))))

        sampling = threading.Thread(target=sample)
        sampling.start()
        for line in cast("IO[str]", process.stdout):
            stage = json.loads(line).get("stage", stage)
        ended.set()
        sampling.join()
    if process.returncode:
        raise SystemExit(process.returncode)
    return dict(peaks)


def _family(process: int) -> Iterator[int]:
    """A process and all that it started."""
    yield process
    try:
        for thread in Path(f"/proc/{process}/task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from _family(int(child))
    except OSError:  # it ended meanwhile
        return


def _private(process: int) -> int:
    """Kilobytes that the system cannot take back from a process."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    lines = (line.split() for line in status.splitlines())
    return next((int(line[1]) for line in lines if line[0] == "RssAnon:"), 0)


if __name__ == "__main__":
    main()
