"""The documentation names what there is."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
#: Code blocks show other people's files.
_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")
_OWN = re.compile(r"`((?:rag|api|bot|wenda|words|tests|benchmarks|training|docs)/[\w./-]+)`")


def places(page: Path) -> list[Path]:
    """What a page links to, and what it names by its path from the root."""
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    linked = [page.parent / target for target in _LINK.findall(text)]
    return linked + [ROOT / name for name in _OWN.findall(text)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_place_that_is_named_is_there(page: Path) -> None:
    assert [str(place) for place in places(page) if not place.exists()] == []


def test_places_are_found() -> None:
    assert ROOT / "rag/documents/reading.py" in places(ROOT / "docs/architecture.md")
    assert ROOT / "docs/../CONTRIBUTING.md" in places(ROOT / "docs/architecture.md")
