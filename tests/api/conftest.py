"""The application over a small index, with an encoder that takes no time."""

import asyncio
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.options import ApiOptions
from rag.answering.curated import CURATED_FILE, CuratedPairs
from rag.answering.service import Service
from rag.answering.writing import Writer
from rag.index.generations import Store
from rag.progress import Progress
from rag.serving.backend import Backend
from rag.serving.collections import Collections
from rag.serving.feedback import FeedbackStore
from rag.serving.live import LiveService
from rag.serving.pages import PageViews
from rag.serving.questions import AskedQuestions
from rag.serving.rebuilds import Rebuilds
from rag.serving.uploads import UploadFolder
from tests.fakes import CALIBRATION, index, open_index

TEXTS = {
    "jobs.txt": "城镇新增就业3960人。居民很满意。",
    "parks.txt": "The city opened seven new parks. People are content.",
    "地方/roads.txt": "修建農村公路12.5公里，農民都說方便。",
}
JOBS = "城镇新增就业多少人？"
UNKNOWN = "Wie heißt der höchste Berg?"
ADMIN = "correct horse battery staple"
AS_ADMIN = {"Authorization": f"Bearer {ADMIN}"}


@dataclass
class Site:
    """An application with the parts it stands on, and a client of it."""

    app: FastAPI
    client: "Client"
    backend: Backend
    serving: LiveService
    rebuilds: Rebuilds
    feedback: FeedbackStore


class Client:
    """Sends requests to an application, each in a loop of its own unless they are gathered."""

    def __init__(self, app: FastAPI, *, address: str = "203.0.113.7", root_path: str = "") -> None:
        self._app = app
        self._address = address
        self._root_path = root_path

    def get(self, path: str, **given: Any) -> httpx.Response:
        return self.send("GET", path, **given)

    def post(self, path: str, json: object = None, **given: Any) -> httpx.Response:
        return self.send("POST", path, json=json, **given)

    def send(self, method: str, path: str, **given: Any) -> httpx.Response:
        async def one(client: httpx.AsyncClient) -> httpx.Response:
            return await client.request(method, path, **given)

        response: httpx.Response = self.together(one)[0]
        return response

    def together(self, *senders: Callable[[httpx.AsyncClient], Any]) -> list[Any]:
        """What each sender gets, when all send at once."""

        async def gathered() -> list[Any]:
            transport = httpx.ASGITransport(
                self._app, client=(self._address, 5), root_path=self._root_path
            )
            async with httpx.AsyncClient(transport=transport, base_url="http://wenda") as client:
                return await asyncio.gather(*(sender(client) for sender in senders))

        return asyncio.run(gathered())


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an index, to be copied."""
    home = tmp_path_factory.mktemp("indexed")
    index(home, TEXTS)
    return home


@pytest.fixture
def home(tmp_path: Path, indexed: Path) -> Path:
    """A home with an index."""
    return Path(shutil.copytree(indexed, tmp_path / ".wenda"))


BuildSite = Callable[..., Site]


@contextmanager
def building(folder: Path) -> Iterator[BuildSite]:
    """Builds applications that keep their files in a folder. Options are given by name; `rebuild`
    is what a rebuild does.
    """
    feedback = FeedbackStore(folder / "feedback.sqlite")

    def make(
        home: Path,
        *,
        rebuild: Callable[[Progress], Mapping[str, object]] = lambda _progress: {},
        service: Callable[[], Service] | None = None,
        closing: Callable[[], bool] = lambda: False,
        bot_state: Callable[[], str] = lambda: "off",
        uploads: UploadFolder | None = None,
        pages: PageViews | None = None,
        asked: AskedQuestions | None = None,
        writer: Writer | None = None,
        **given: Any,
    ) -> Site:
        curated = CuratedPairs(folder / CURATED_FILE)
        opened = service or (lambda: Service(open_index(home), CALIBRATION, curated=curated))
        serving = LiveService([Store(home).current_file], opened)
        serving.refresh()
        rebuilds = Rebuilds(rebuild)
        chosen = replace(ApiOptions(rate_limit="off", page=home), **given)
        backend = Backend(serving, rebuilds, feedback, uploads, pages, asked, curated, writer)
        app = create_app(Collections.of_one(backend), chosen, bot_state=bot_state, closing=closing)
        return Site(app, Client(app), backend, serving, rebuilds, feedback)

    yield make
    feedback.close()


@pytest.fixture
def build(tmp_path: Path) -> Iterator[BuildSite]:
    """Builds applications for one test."""
    with building(tmp_path) as make:
        yield make


@pytest.fixture(scope="module")
def build_shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BuildSite]:
    """Builds applications for tests of a module that change nothing."""
    with building(tmp_path_factory.mktemp("shared")) as make:
        yield make


@pytest.fixture
def site(home: Path, build: BuildSite) -> Site:
    """An application with an admin token, without keys and limits."""
    return build(home, admin_token=ADMIN)


@pytest.fixture(scope="module")
def shared_site(indexed: Path, build_shared: BuildSite) -> Site:
    """The same for tests that change nothing."""
    return build_shared(indexed, admin_token=ADMIN)


def problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem details of a refused request, after a look at what all of them have."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = response.json()
    assert (found["status"], found["code"]) == (status, code)
    assert found["type"] == "about:blank"
    assert found["title"]
    assert found["detail"]
    assert "Traceback" not in response.text
    return found
