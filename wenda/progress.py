"""Progress on a terminal as a bar, elsewhere as a line now and then."""

import time
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

_EVERY = 10.0


class TerminalProgress:
    """A `rag.progress.Progress` for people who watch a terminal or read a log."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._tasks: dict[str, TaskID] = {}
        self._last = self._began = 0.0
        self._before = 0
        self._stage = ""
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )

    def __enter__(self) -> "TerminalProgress":
        if self._console.is_terminal:
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._console.is_terminal:
            self._bars.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self._console.is_terminal:
            if stage not in self._tasks:
                self._tasks[stage] = self._bars.add_task(stage)
            self._bars.update(self._tasks[stage], completed=done, total=total or None)
        else:
            self._line(stage, done, total)

    def _line(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if stage != self._stage:
            self._began, self._before = now, done
        elif now - self._last < _EVERY:
            return
        self._stage, self._last = stage, now
        share = f" {100 * done // total} %" if total else ""
        left = self._left(now, done, total)
        self._console.print(f"{stage}{share}{left}", highlight=False, markup=False)

    def _left(self, now: float, done: int, total: int) -> str:
        """An estimate of the stage's time, once there is something to estimate from."""
        made, passed = done - self._before, now - self._began
        if passed < _EVERY or made <= 0 or done >= total:
            return ""
        minutes = passed * (total - done) / made / 60
        return f", about {minutes:.0f} min left" if minutes >= 1 else ", less than a minute left"
