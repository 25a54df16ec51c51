"""What holds for every test."""

import re
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes depends on what else the machine does.
settings.register_profile("wenda", deadline=None)
settings.load_profile("wenda")

_MARKS_OF_ALL = re.compile(r"^pytestmark = (.+)$", re.MULTILINE)
_MARK = re.compile(r"pytest\.mark\.(\w+)")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A module whose tests are all left out by a mark is not imported: PyTorch alone takes seconds.

    Without an opinion (None) the others decide.
    """
    if collection_path.suffix != ".py" or not config.option.markexpr:
        return None
    marks = "".join(_MARKS_OF_ALL.findall(collection_path.read_text(encoding="utf-8")))
    left_out = re.findall(r"\bnot (\w+)", config.option.markexpr)
    return True if not set(left_out).isdisjoint(_MARK.findall(marks)) else None
