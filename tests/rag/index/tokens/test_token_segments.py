"""Tokens on disk: what a new generation takes over, what it writes, and nothing mixed up."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.arrays import IntArray
from rag.index.tokens.segment_writer import SegmentSource, write_tokens
from rag.index.tokens.token_segments import (
    KEY,
    Codes,
    TokenSegments,
    has_tokens,
    is_of_tokens,
    is_segment,
    key_of,
)

_WIDTH = 8


class Written:
    """A folder of tokens of paragraphs that have names; tokens and sentences follow from them."""

    def __init__(
        self, folder: Path, names: Sequence[str], source: SegmentSource | None = None
    ) -> None:
        folder.mkdir(exist_ok=True)
        self.names = names
        self.read: list[str] = []
        starts = [_starts(name) for name in names]
        self.bounds = np.cumsum([0, *map(len, starts)])
        keys = np.array(list(map(_key, names)), dtype=KEY)
        self.taken = write_tokens(folder, keys, self.bounds, self._reader, source)
        self.files = TokenSegments(folder, self.bounds)

    def _reader(self, rows: IntArray) -> Iterator[tuple[Codes, IntArray]]:
        for row in rows.tolist():
            self.read.append(self.names[row])
            yield _codes(self.names[row]), _starts(self.names[row])

    def check(self) -> None:
        """Every paragraph has its own tokens and sentences."""
        for row, name in enumerate(self.names):
            assert self.files.codes(row).tolist() == _codes(name).tolist()
            assert self.files.starts(row).tolist() == _starts(name).tolist()

    def source(self, *, linked: bool = True) -> SegmentSource:
        digests = {
            name: hashlib.sha256((self.files.folder / name).read_bytes()).hexdigest()
            for name in self.files.names
        }
        return SegmentSource(self.files, digests, linked=linked)

    def segments(self) -> dict[str, int]:
        """The numbers on the disk of the segments."""
        paths = (path for path in self.files.folder.iterdir() if is_segment(path.name))
        return {path.name: path.stat().st_ino for path in paths}


def _draw(name: str) -> np.random.Generator:
    return np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]))


def _codes(name: str) -> Codes:
    draw = _draw(name)
    return draw.integers(256, size=(int(draw.integers(1, 9)), _WIDTH), dtype=np.uint8)


def _starts(name: str) -> IntArray:
    count = len(_codes(name))
    return np.sort(_draw(name + "s").integers(count, size=int(_draw(name).integers(1, 4))))


def _key(name: str) -> bytes:
    return key_of(name.encode(), _starts(name).tolist())


def paragraphs(first: int, last: int) -> list[str]:
    return [str(number) for number in range(first, last)]


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(st.integers(0, 60), min_size=1, max_size=40), min_size=2, max_size=9))
def test_any_generations_after_each_other_have_their_own_tokens(steps: list[list[int]]) -> None:
    with TemporaryDirectory() as name:
        made: list[Written] = []
        for number, step in enumerate(steps):
            going = made[-2:-1] or made[-1:]
            source = going[0].source(linked=len(made) > 1) if going else None
            new = Written(Path(name) / str(number), list(map(str, step)), source)
            new.check()
            known = {name for each in going for name in each.names}
            assert set(new.read) == set(new.names) - known
            if made:
                assert not set(new.segments().values()) & set(made[-1].segments().values())
                made[-1].check()
            assert sorted(new.segments()) == sorted(new.files.names)
            made.append(new)


def test_an_unchanged_segment_is_linked_and_only_what_is_new_is_written(tmp_path: Path) -> None:
    first = Written(tmp_path / "1", paragraphs(0, 100))
    third = Written(tmp_path / "3", paragraphs(2, 103), first.source())
    assert third.read == ["100", "101", "102"]
    assert third.segments()["tokens.1.codes"] == first.segments()["tokens.1.codes"]
    assert sorted(third.segments()) == ["tokens.1.codes", "tokens.2.codes"]
    content = (tmp_path / "3" / "tokens.1.codes").read_bytes()
    assert third.taken == {"tokens.1.codes": hashlib.sha256(content).hexdigest()}
    third.check()


def test_nothing_new_writes_no_segment(tmp_path: Path) -> None:
    first = Written(tmp_path / "1", paragraphs(0, 9))
    third = Written(tmp_path / "3", paragraphs(1, 9), first.source())
    assert third.read == []
    assert list(third.segments()) == ["tokens.1.codes"]
    third.check()


def test_a_segment_is_copied_from_a_generation_that_stays(tmp_path: Path) -> None:
    first = Written(tmp_path / "1", paragraphs(0, 9))
    second = Written(tmp_path / "2", paragraphs(0, 9), first.source(linked=False))
    assert second.segments().keys() == first.segments().keys()
    assert second.segments() != first.segments()
    second.check()


def test_without_links_a_segment_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    first = Written(tmp_path / "1", paragraphs(0, 9))
    third = Written(tmp_path / "3", paragraphs(0, 9), first.source())
    assert third.segments().keys() == first.segments().keys()
    assert third.segments() != first.segments()
    third.check()


def test_a_segment_of_which_too_much_is_gone_is_written_anew(tmp_path: Path) -> None:
    first = Written(tmp_path / "1", paragraphs(0, 100))
    third = Written(tmp_path / "3", paragraphs(0, 50), first.source())
    assert (third.read, third.taken) == ([], {})
    sizes = [len(segment) for segment in third.files.segments]
    assert sizes == [sum(len(_codes(name)) for name in third.names)]
    third.check()


@pytest.mark.slow
def test_segments_stay_few_and_what_is_gone_does_not_pile_up(tmp_path: Path) -> None:
    made = [Written(tmp_path / "0", paragraphs(0, 200))]
    for number in range(1, 60):
        names = [*paragraphs(0, 190), *(f"{number}-{at}" for at in range(number % 4 + 1))]
        made.append(Written(tmp_path / str(number), names, made[-2:][0].source()))
        made[-1].check()
        in_use = sum(len(_codes(name)) for name in names)
        assert sum(map(len, made[-1].files.segments)) <= in_use / 0.75 + 40
        assert len(made[-1].files.segments) <= 4


def test_growing_writes_each_token_again_only_as_the_index_doubles(tmp_path: Path) -> None:
    made = [Written(tmp_path / "0", paragraphs(0, 4))]
    written = 0
    for number in range(1, 61):
        made.append(Written(tmp_path / str(number), paragraphs(0, 4 + number), made[-1].source()))
        written += sum(
            len(made[-1].files.segments[made[-1].files.names.index(name)])
            for name in made[-1].files.names
            if name not in made[-1].taken
        )
        assert len(made[-1].files.segments) <= 8
    total = sum(len(_codes(name)) for name in made[-1].names)
    assert written < total * 8


def test_the_same_text_with_other_sentences_is_another() -> None:
    assert key_of(b"text", [0, 4]) != key_of(b"text", [0, 5])
    assert key_of(b"text", [0]) != key_of(b"other", [0])
    assert len(key_of(b"", [])) == KEY.itemsize


def test_a_text_twice_has_its_tokens_twice(tmp_path: Path) -> None:
    first = Written(tmp_path / "1", ["a", "b", "a"])
    Written(tmp_path / "3", ["a", "c", "a", "b", "a"], first.source()).check()
    first.check()


def test_another_width_takes_nothing_over(tmp_path: Path) -> None:
    first = Written(tmp_path / "1", ["a", "b"])
    third = Written(tmp_path / "3", ["c"], first.source())
    assert third.taken == {}
    third.check()


def test_a_folder_tells_whether_it_has_tokens(tmp_path: Path) -> None:
    assert not has_tokens(tmp_path)
    Written(tmp_path, ["a"])
    assert has_tokens(tmp_path)
    assert all(is_of_tokens(path.name) for path in tmp_path.iterdir())
    assert [path.name for path in tmp_path.iterdir() if is_segment(path.name)] == ["tokens.1.codes"]
