"""Progress is a bar for those who watch, and a line now and then for a log."""

import io

import pytest
from rich.console import Console

from wenda import progress as module
from wenda.progress import TerminalProgress


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def test_without_a_terminal_there_is_a_line_for_each_stage_and_each_ten_seconds(
    clock: Clock,
) -> None:
    log = io.StringIO()
    with TerminalProgress(Console(file=log, force_terminal=False)) as progress:
        progress("reading", 1, 0)
        progress("reading", 2, 0)
        progress("embedding", 0, 200)
        clock.now += 9
        progress("embedding", 50, 200)
        clock.now += 2
        progress("embedding", 99, 200)
        progress("embedding", 200, 200)
        progress("writing [red]", 3, 3)
    assert log.getvalue().splitlines() == [
        "reading",
        "embedding 0 %",
        "embedding 49 %, less than a minute left",
        "writing [red] 100 %",
    ]


def test_a_long_stage_tells_about_how_long_it_still_takes(clock: Clock) -> None:
    log = io.StringIO()
    with TerminalProgress(Console(file=log, force_terminal=False)) as progress:
        progress("embedding", 100, 1000)  # what is known already says nothing of the speed
        clock.now += 60
        progress("embedding", 400, 1000)
    assert log.getvalue().splitlines()[-1] == "embedding 40 %, about 2 min left"


def test_on_a_terminal_there_is_a_bar_that_goes_away() -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=100, color_system=None)
    with TerminalProgress(console) as progress:
        progress("reading", 5, 0)
        progress("embedding", 50, 200)
        progress("embedding", 200, 200)
    shown = screen.getvalue()
    assert "200/200" in shown
    assert "reading" in shown
    assert shown.endswith("\x1b[2K")


def failing(console: Console) -> None:
    with TerminalProgress(console) as progress:
        progress("reading", 1, 2)
        raise ValueError("odd")


def test_an_error_passes_through_and_ends_the_bar() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    with pytest.raises(ValueError, match="odd"):
        failing(console)
    with TerminalProgress(console) as again:  # a bar left behind would be in the way
        again("reading", 1, 2)
