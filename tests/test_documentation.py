"""The documentation names what there is."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
#: Code blocks show other people's files.
_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")
_OWN = re.compile(r"`((?:rag|api|bot|wenda|words|tests|benchmarks|training|docs)/[\w./-]+)`")
#: A module by its name, or by a part of its path.
_MODULE = re.compile(r"`([\w/]+\.(?:py|js|css|toml|onnx))`")
#: Classes, functions and constants; `Service.ask_question` is looked up by its last word.
_NAME = re.compile(r"`(?:\w+\.)*([A-Z][a-z]\w*[A-Z]\w*|_?[a-zA-Z]+_\w+|[A-Z]{4,})(?:\(\))?`")
#: Settings are fields without their prefix; counters get their ending from Prometheus.
_AFFIXES = re.compile(r"^WENDA_|^wenda_|_total$|_seconds$")
#: Of the system and of others' programs.
_FOREIGN = {"limit_in_bytes", "HTTPS_PROXY", "client_max_body_size"}
_CODE = (".py", ".toml", ".js", ".html")


@cache
def own_files() -> list[str]:
    """The paths of the files of the project."""
    rooms = ("api", "benchmarks", "bot", "docs", "rag", "tests", "training", "wenda", "words")
    found = [*ROOT.glob("*.*"), *(path for room in rooms for path in (ROOT / room).rglob("*.*"))]
    return [path.relative_to(ROOT).as_posix() for path in found]


@cache
def words() -> frozenset[str]:
    """All words of the code, in lower case."""
    own = (ROOT / path for path in own_files() if path.endswith(_CODE))
    texts = (path.read_text(encoding="utf-8") for path in own if path != Path(__file__))
    return frozenset(word for text in texts for word in re.findall(r"\w+", text.lower()))


def prose(page: Path) -> str:
    return _BLOCK.sub("", page.read_text(encoding="utf-8"))


def places(page: Path) -> list[Path]:
    """What a page links to, and what it names by its path from the root."""
    text = prose(page)
    linked = [page.parent / target for target in _LINK.findall(text)]
    return linked + [ROOT / name for name in _OWN.findall(text)]


def is_known(name: str) -> bool:
    bare = _AFFIXES.sub("", name)
    return name in _FOREIGN or not {name.lower(), bare.lower()}.isdisjoint(words())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_place_that_is_named_is_there(page: Path) -> None:
    assert [str(place) for place in places(page) if not place.exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_module_that_is_named_is_there(page: Path) -> None:
    known = [f"/{path}" for path in own_files()]
    named = set(_MODULE.findall(prose(page)))
    assert [n for n in named if not any(path.endswith(f"/{n}") for path in known)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_name_of_the_code_is_in_it(page: Path) -> None:
    assert [name for name in set(_NAME.findall(prose(page))) if not is_known(name)] == []


def test_places_and_names_are_found() -> None:
    page = ROOT / "docs/architecture.md"
    assert ROOT / "rag/documents/reading.py" in places(page)
    assert ROOT / "docs/../CONTRIBUTING.md" in places(page)
    assert "answering/calibration.py" in _MODULE.findall(prose(page))
    assert {"ask_question", "QuestionCode", "READERS"} <= set(_NAME.findall(prose(page)))
    assert is_known("WENDA_CORS_ORIGINS")
    assert not is_known("Service" + "OfYesterday")
