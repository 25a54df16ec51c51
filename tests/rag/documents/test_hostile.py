"""Hostile files through every reader: no crash, no hang, every one accounted for."""

import runpy
from pathlib import Path

import pytest

from rag.documents import READERS
from rag.documents.formats.pictures import PICTURES

pytestmark = pytest.mark.slow

_PROGRAM = Path(__file__).parents[3] / "benchmarks" / "hostile.py"
#: `python benchmarks/hostile.py 5000` does the same at length.
_COUNT = 154


def test_every_hostile_file_is_read_or_skipped_with_a_reason(tmp_path: Path) -> None:
    program = runpy.run_path(str(_PROGRAM))
    program["make_files"](tmp_path, _COUNT, seed=4)
    result = program["survey"](tmp_path)
    assert result.faults == []
    assert sum(account.files for account in result.accounts.values()) == _COUNT
    assert set(result.accounts) == set(READERS)
    assert any(account.read for account in result.accounts.values())


def test_the_program_itself_sees_hostile_text() -> None:
    program = runpy.run_path(str(_PROGRAM))
    for bad in ("\0", "\x1b", "\u202e", "\ud800", "\u2028"):
        assert program["_hostile"](f"a{bad}b") == bad
    assert program["_hostile"]("问答\nتجربة") == ""


@pytest.mark.parametrize("suffix", sorted(set(READERS) - PICTURES))
def test_the_files_that_are_harmed_are_sound_before(tmp_path: Path, suffix: str) -> None:
    program = runpy.run_path(str(_PROGRAM))
    (tmp_path / f"good{suffix}").write_bytes(program["_sound"](suffix))
    result = program["survey"](tmp_path)
    assert result.accounts[suffix].read == 1
    assert not result.accounts[suffix].reasons
