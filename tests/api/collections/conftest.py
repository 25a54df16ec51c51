"""Three collections with different documents, and callers who may see some of them."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.options import ApiOptions
from rag.answering.curated import CuratedPairs
from rag.answering.service import Service
from rag.answering.writing import Writer
from rag.documents.assembling import document_id
from rag.index.generations import Store
from rag.serving.backend import Backend
from rag.serving.collections import Collection, Collections, Rights
from rag.serving.feedback import FeedbackStore
from rag.serving.live import LiveService
from rag.serving.pages import PageViews
from rag.serving.questions import AskedQuestions
from rag.serving.rebuilds import Rebuilds
from rag.serving.uploads import UploadFolder
from tests.api.conftest import ADMIN, Client
from tests.fakes import CALIBRATION, index, open_index

#: No one's text has the marks of another.
OPEN, STAFF, BOARD = "handbook-open", "personnel-staff", "boardroom-secret"
TITLES = {OPEN: "Handbuch Offen", STAFF: "Personalakten Intern", BOARD: "Vorstand Geheim"}
TEXTS = {
    OPEN: {
        "rules.txt": "城镇新增就业3960人。OPENMARK居民很满意。",
        "same.txt": "The OPENMARK garden has seven benches. People are content.",
    },
    STAFF: {
        "wages.txt": "The STAFFMARK salary of the gardener is 4711 euros. It is paid monthly.",
        "same.txt": "The STAFFMARK garden has twelve gnomes. People are content.",
    },
    BOARD: {
        "merger.txt": "The BOARDMARK merger with Acme costs ninety millions. It is secret.",
        "same.txt": "The BOARDMARK garden has forty statues. People are content.",
        "more/plans.txt": "计划修建公路88公里。BOARDMARK都说方便。",
    },
}
#: What an answer of each collection has, and a question that it answers.
MARKS = {OPEN: "OPENMARK", STAFF: "STAFFMARK", BOARD: "BOARDMARK"}
QUESTIONS = {
    OPEN: ("城镇新增就业多少人？", "How many benches has the OPENMARK garden?"),
    STAFF: ("What is the STAFFMARK salary of the gardener?", "Has the garden twelve gnomes?"),
    BOARD: ("What does the BOARDMARK merger with Acme cost?", "计划修建公路多少公里？"),
}
#: The same name in all three, so the same id.
SAME = document_id("same.txt")
IDS = {name: tuple(map(document_id, texts)) for name, texts in TEXTS.items()}


@dataclass(frozen=True)
class Person:
    """A caller, by headers, and what they may see."""

    headers: dict[str, str]
    sees: tuple[str, ...]


def _key(name: str) -> str:
    return f"the key of {name}"


def _with_key(name: str, *sees: str) -> Person:
    return Person({"X-API-Key": _key(name)}, sees)


PEOPLE = {
    "all": _with_key("all", OPEN, STAFF, BOARD),
    "staff": _with_key("staff", OPEN, STAFF),
    "board": _with_key("board", OPEN, BOARD),
    "both": _with_key("both", OPEN, STAFF, BOARD),
    "none": _with_key("none", OPEN),
    "nobody": Person({}, (OPEN,)),
    "user": Person({"Remote-User": "alice"}, (OPEN, STAFF)),
    "stranger": Person({"Remote-User": "mallory"}, (OPEN,)),
}
KEY_HOLDERS = ("all", "staff", "board", "both", "none")


def _digests(*names: str) -> frozenset[bytes]:
    return frozenset(hashlib.sha256(_key(name).encode()).digest() for name in names)


RIGHTS = {
    OPEN: Rights(everybody=True),
    STAFF: Rights(
        keys=_digests("all", "staff", "both"), users=frozenset({"alice"}), telegram=frozenset({11})
    ),
    BOARD: Rights(keys=_digests("all", "board", "both"), telegram=frozenset({22, -100})),
}


class WatchedService(LiveService):
    """Counts who takes its service: a request must not even touch what it may not see."""

    touched = 0

    @property
    def service(self) -> Service:
        self.touched += 1
        return super().service


@dataclass
class Office:
    """An application with three collections."""

    app: FastAPI
    client: Client
    collections: Collections
    lives: dict[str, WatchedService] = field(default_factory=dict)

    def backend(self, name: str) -> Backend:
        return self.collections.everything.chosen([name]).only.backend

    def touched(self) -> dict[str, int]:
        return {name: live.touched for name, live in self.lives.items()}


BuildOffice = Callable[..., Office]


@pytest.fixture(scope="session")
def indexed_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The homes of the three, with an index each."""
    home = tmp_path_factory.mktemp("office")
    for name, texts in TEXTS.items():
        index(home / name, texts)
    return home


@contextmanager
def building_offices(folder: Path, indexed_office: Path) -> Iterator[BuildOffice]:
    """Builds applications that keep their files in a folder; options are given by name."""
    opened: list[Any] = []

    def make(
        rights: dict[str, Rights] = RIGHTS,
        limits: dict[str, str] | None = None,
        writer: Writer | None = None,
        without_index: tuple[str, ...] = (),
        **given: Any,
    ) -> Office:
        made, lives = [], {}
        for name, of_one in rights.items():
            own = folder / name
            home = own / "home" if name in without_index else indexed_office / name
            curated = CuratedPairs(own / "curated.json")
            lives[name] = live = WatchedService([Store(home).current_file], _opener(home, curated))
            live.refresh()
            feedback = FeedbackStore(own / "feedback.sqlite")
            asked = AskedQuestions(own / "questions.sqlite", 30)
            seeds = own / "seeds"
            seeds.mkdir(exist_ok=True)
            opened.extend((feedback, asked))
            backend = Backend(
                live,
                Rebuilds(lambda _progress: {}),
                feedback,
                UploadFolder(seeds / "given", seeds, own / "kept", 1_000_000),
                PageViews(seeds),
                asked,
                curated,
                writer,
            )
            limit = (limits or {}).get(name, "")
            made.append(Collection(backend, name, TITLES[name], of_one, limit))
        collections = Collections(made)
        options = ApiOptions(
            rate_limit="off",
            page=folder,
            admin_token=ADMIN,
            api_keys=(_key("none"),),
            user_header="Remote-User",
        )
        app = create_app(collections, replace(options, **given))
        return Office(app, Client(app), collections, lives)

    yield make
    for each in opened:
        each.close()


def _opener(home: Path, curated: CuratedPairs) -> Callable[[], Service]:
    return lambda: Service(open_index(home), CALIBRATION, curated=curated)


@pytest.fixture
def build_office(tmp_path: Path, indexed_office: Path) -> Iterator[BuildOffice]:
    """Builds applications for one test."""
    with building_offices(tmp_path, indexed_office) as make:
        yield make


@pytest.fixture
def office(build_office: BuildOffice) -> Office:
    return build_office()


@pytest.fixture(scope="module")
def shared_office(
    tmp_path_factory: pytest.TempPathFactory, indexed_office: Path
) -> Iterator[Office]:
    """An application for tests to which it is the same what others have done to it."""
    with building_offices(tmp_path_factory.mktemp("office"), indexed_office) as make:
        yield make()


def leaks(text: str, sees: tuple[str, ...]) -> list[str]:
    """What a text has of collections that are not seen: marks, names, titles, ids of documents."""
    found = []
    seen_ids = {identity for name in sees for identity in IDS[name]}
    for name in set(TEXTS) - set(sees):
        words = [MARKS[name], name, TITLES[name], *(set(IDS[name]) - seen_ids)]
        found += [word for word in words if word in text]
    return found


def mcp_messages(
    app: FastAPI, client: Client, headers: dict[str, str], *calls: tuple[str, dict[str, Any]]
) -> list[str]:
    """What an agent is told to its calls, each with the name of a method and its parameters."""

    async def tell(sender: httpx.AsyncClient) -> list[str]:
        accepted = {"Accept": "application/json, text/event-stream", **headers}
        told = []
        async with app.router.lifespan_context(app):
            for name, params in calls:
                message = {"jsonrpc": "2.0", "id": 1, "method": name, "params": params}
                told.append((await sender.post("/mcp", json=message, headers=accepted)).text)
        return told

    said: list[str] = client.together(tell)[0]
    return said
