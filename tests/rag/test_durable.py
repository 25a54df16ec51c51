"""A file that is replaced is the old one or the new one, never a part of either."""

import os
from pathlib import Path

import pytest

from rag.durable import replace_file


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    for content in ("一", "second and longer", ""):
        replace_file(path, content)
        assert path.read_text(encoding="utf-8") == content
        assert [each.name for each in tmp_path.iterdir()] == ["facts.json"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_what_cannot_be_written_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "facts.json"
    replace_file(path, "old")

    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os if call == "fsync" else Path, call, full)
    with pytest.raises(OSError, match="No space left"):
        replace_file(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
