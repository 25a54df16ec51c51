"""The lexical index is written whole, and the same whether it is made anew or carried on."""

import resource
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.index.lexical import bm25 as lexical
from rag.index.lexical import bm25_writer as postings
from rag.index.lexical.bm25_writer import Before, LexicalWriter
from rag.index.row_map import RowMap
from tests.fakes import all_new, tree

FILES = (
    *(lexical.TERMS, lexical.BOUNDS, lexical.ROWS, lexical.COUNTS, lexical.WEIGHTS),
    *(lexical.LENGTHS, lexical.SENTENCES, lexical.SENTENCE_TERMS),
)
WORDS = ("民生", "就业", "Linhe", "2024", "道路 建设", "", "水 水 水")

Paragraph = tuple[str, ...]
PARAGRAPHS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3), max_size=8)


def add(writer: LexicalWriter, paragraph: Paragraph) -> None:
    writer.add_paragraph(" ".join(paragraph), paragraph)


def made(folder: Path, paragraphs: list[Paragraph]) -> Path:
    folder.mkdir()
    writer = LexicalWriter(folder)
    try:
        for paragraph in paragraphs:
            add(writer, paragraph)
        writer.write_postings(all_new(len(paragraphs)))
    except OSError:
        writer.abandon()
        raise
    return folder


def same(one: Path, other: Path) -> bool:
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in FILES)


@given(old=PARAGRAPHS, new=PARAGRAPHS, kept=st.tuples(st.integers(0, 8), st.integers(0, 8)))
@settings(deadline=None, max_examples=60)
def test_what_is_carried_on_is_what_would_be_made_anew(
    old: list[list[str]], new: list[list[str]], kept: tuple[int, int]
) -> None:
    before = [tuple(paragraph) for paragraph in old or [["民生"]]]
    added = [tuple(paragraph) for paragraph in new or [["就业"]]]
    first, last = sorted(min(number, len(before)) for number in kept)
    with TemporaryDirectory() as name:
        folder = Path(name)
        made(folder / "before", before)
        (folder / "after").mkdir()
        writer, row_map = LexicalWriter(folder / "after", Before(folder / "before")), RowMap()
        add(writer, added[0])
        row_map.append_new(1)
        if last > first:
            sizes = np.cumsum([0, *map(len, before)])
            writer.copy_paragraphs(slice(first, last), slice(int(sizes[first]), int(sizes[last])))
            row_map.append_copied(first, last - first)
        for paragraph in added[1:]:
            add(writer, paragraph)
        row_map.append_new(len(added) - 1)
        writer.write_postings(row_map)
        made(folder / "anew", [added[0], *before[first:last], *added[1:]])
        assert same(folder / "after", folder / "anew")


def test_many_postings_are_merged_in_parts_that_make_the_same_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paragraphs: list[Paragraph] = [
        (f"第{number}段 word{number % 7}", "民生") for number in range(50)
    ]
    made(tmp_path / "whole", paragraphs)
    monkeypatch.setattr(postings, "_PART", 10)
    made(tmp_path / "parts", paragraphs)
    assert same(tmp_path / "whole", tmp_path / "parts")


def test_nothing_but_the_index_is_left(tmp_path: Path) -> None:
    assert sorted(tree(made(tmp_path / "index", [("民生",)]))) == sorted(FILES)


@pytest.mark.parametrize("short_by", [1, 1000, 4000])
def test_a_disk_that_fills_up_in_the_last_bytes_is_an_error(tmp_path: Path, short_by: int) -> None:
    paragraphs: list[Paragraph] = [
        (f"第{number}段 word{number}", f"第{number}段") for number in range(300)
    ]
    made(tmp_path / "whole", paragraphs)
    largest = max(path.stat().st_size for path in (tmp_path / "whole").iterdir())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest - short_by, hard))
    try:
        with pytest.raises(OSError):  # noqa: PT011 - worded by whoever writes the bytes
            made(tmp_path / "part", paragraphs)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
