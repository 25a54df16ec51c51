"""The index over HTTP: what is served, and rebuilds of it."""

import json
import threading
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from rag.errors import SeedsError
from rag.progress import Progress
from tests.api.conftest import ADMIN, AS_ADMIN, TEXTS, BuildSite, Site, problem
from tests.fakes import index


def test_the_index_tells_what_is_served(site: Site) -> None:
    state = site.client.get("/index").json()
    manifest = site.serving.service.generation.manifest
    assert state["generation"] == manifest.name
    assert state["counts"]["documents"] == len(TEXTS)
    files = site.serving.service.generation.folder.iterdir()
    assert state["bytes"] == sum(path.stat().st_size for path in files)
    assert state["dates"] is None
    assert state["age_seconds"] >= 0
    assert (state["problem"], state["job"]) == (None, None)


def test_without_an_index_its_state_says_why(tmp_path: Path, build: BuildSite) -> None:
    state = build(tmp_path / "nowhere").client.get("/index").json()
    assert state["generation"] is None
    assert "wenda index" in state["problem"]


def test_a_new_generation_is_served_without_a_pause(home: Path, site: Site) -> None:
    before = site.client.get("/index").json()["generation"]
    index(home, TEXTS | {"jobs.txt": TEXTS["jobs.txt"].replace("3960", "4000")})
    assert site.client.get("/index").json()["generation"] == before
    assert site.serving.refresh()
    answer = site.client.get("/ask", params={"q": "城镇新增就业多少人？"}).json()
    assert "4000" in answer["passages"][0]["text"]
    assert answer["generation"] != before


def test_a_rebuild_is_a_job_and_a_second_request_gets_the_same(
    home: Path, build: BuildSite
) -> None:
    go = threading.Event()

    def rebuild(progress: Progress) -> Mapping[str, object]:
        progress("embedding", 1, 2)
        assert go.wait(10)
        return {"added": ["x"]}

    site = build(home, admin_token=ADMIN, rebuild=rebuild)
    first = site.client.post("/index/rebuild", headers=AS_ADMIN)
    second = site.client.post("/index/rebuild", headers=AS_ADMIN)
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["id"] == second.json()["id"]
    assert first.headers["location"] == f"/index/jobs/{first.json()['id']}"
    assert site.client.get("/index").json()["job"]["state"] == "running"
    go.set()
    ended = _ended(site, first.headers["location"])
    assert (ended["state"], ended["report"]) == ("done", {"added": ["x"]})
    third = site.client.post("/index/rebuild", headers=AS_ADMIN)
    assert third.json()["id"] != first.json()["id"]
    _ended(site, third.headers["location"])


def test_a_rebuild_that_fails_says_why(home: Path, build: BuildSite) -> None:
    def rebuild(_progress: Progress) -> Mapping[str, object]:
        raise SeedsError("The folder seeds does not exist. Create it.")

    site = build(home, admin_token=ADMIN, rebuild=rebuild)
    started = site.client.post("/index/rebuild", headers=AS_ADMIN)
    ended = _ended(site, started.headers["location"])
    assert ended["error"] == "The folder seeds does not exist. Create it."


def _ended(site: Site, path: str) -> dict[str, object]:
    """The last event of a job."""
    response = site.client.get(path, headers={"Accept": "text/event-stream"})
    assert response.headers["content-type"].startswith("text/event-stream")
    events = [block for block in response.text.split("\n\n") if block.startswith("event: job\n")]
    last: dict[str, object] = json.loads(events[-1].partition("data: ")[2])
    assert last == site.client.get(path).json()
    return last


def test_progress_comes_as_events(home: Path, build: BuildSite) -> None:
    told, go = threading.Event(), threading.Event()

    def rebuild(progress: Progress) -> Mapping[str, object]:
        progress("embedding", 1, 2)
        told.set()
        assert go.wait(10)
        return {}

    site = build(home, admin_token=ADMIN, rebuild=rebuild)
    path = site.client.post("/index/rebuild", headers=AS_ADMIN).headers["location"]
    assert told.wait(10)
    threading.Timer(0.3, go.set).start()
    events = site.client.get(path, headers={"Accept": "text/event-stream"}).text
    assert '"stage":"embedding","done":1,"total":2' in events
    assert events.count("event: job") == 2


def test_events_end_when_the_server_does(home: Path, build: BuildSite) -> None:
    go = threading.Event()

    def rebuild(_progress: Progress) -> Mapping[str, object]:
        assert go.wait(10)
        return {}

    site = build(home, admin_token=ADMIN, rebuild=rebuild, closing=lambda: True)
    path = site.client.post("/index/rebuild", headers=AS_ADMIN).headers["location"]
    events = site.client.get(path, headers={"Accept": "text/event-stream"}).text
    assert events.count('"state":"running"') == events.count("event: job") == 1
    go.set()


def test_an_unknown_job(site: Site) -> None:
    problem(site.client.get("/index/jobs/none"), 404, "unknown_job")


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", f"Basic {ADMIN}", ADMIN])
def test_only_the_admin_token_rebuilds(site: Site, authorization: str) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    response = site.client.post("/index/rebuild", headers=headers)
    problem(response, 401, "unauthorized")
    assert response.headers["www-authenticate"] == "Bearer"
    assert site.rebuilds.last_job is None


def test_without_an_admin_token_nothing_can_be_changed(home: Path, build: BuildSite) -> None:
    site = build(home)
    response: httpx.Response = site.client.post("/index/rebuild", headers=AS_ADMIN)
    assert "WENDA_ADMIN_TOKEN" in problem(response, 403, "no_admin_token")["detail"]
