"""What docs/formats.md tells people is what the readers do."""

import re
from pathlib import Path

import pytest

from rag.documents import limits
from rag.documents.limits import Limits
from rag.documents.reading import READERS, check_kind
from rag.errors import DocumentError

_PAGE = Path("docs/formats.md").read_text(encoding="utf-8")
_ENDING = re.compile(r"`(\.\w+)`")


def rows(section: str) -> list[list[str]]:
    """The cells of a section's table, without its header."""
    (body,) = re.findall(rf"^## {section}\n(.*?)(?=^## |\Z)", _PAGE, re.M | re.S)
    lines = [line for line in body.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_ending_that_is_read_has_its_row() -> None:
    named = [ending for row in rows("What is read") for ending in _ENDING.findall(row[0])]
    assert sorted(named) == sorted(READERS)


def test_every_row_says_what_is_read_and_what_a_citation_names() -> None:
    for endings, read, _, names in rows("What is read"):
        assert read, endings
        assert re.match("lines|pages|slides", names), endings


@pytest.mark.parametrize(
    "ending",
    [ending for row in rows("What is not read") for ending in _ENDING.findall(row[0])],
)
def test_what_is_named_as_not_read_is_refused(ending: str) -> None:
    with pytest.raises(DocumentError, match="not read"):
        check_kind(f"a{ending}")


def test_what_helps_is_read() -> None:
    helping = {ending for row in rows("What is not read") for ending in _ENDING.findall(row[1])}
    assert helping
    assert helping <= set(READERS)


def test_limits_are_those_of_the_code() -> None:
    told = [re.sub(r"[^\d]", "", value) for _, value in rows("How far")]
    assert told == [
        str(each)
        for each in (
            Limits().max_bytes,
            int(limits.READ_SECONDS),
            limits.READ_MEMORY >> 30,
            int(limits.RECOGNITION_SECONDS),
            limits.RECOGNITION_MEMORY >> 30,
            limits.PIXELS,
            limits.UNPACKED_BYTES,
            limits.PAGES,
            limits.RECORDS,
            limits.COLUMNS,
            limits.NESTED_FILES,
        )
    ]
