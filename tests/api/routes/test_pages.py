"""Pages of PDF files over HTTP: only of files of the index, as they were indexed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]  # it ships no annotations

from rag.answering.service import Service
from rag.documents import Document
from rag.index.generations import Store
from rag.indexing.indexer import Indexer
from rag.progress import silent
from rag.serving.pages import PageViews
from tests.api.conftest import BuildSite, Site, problem
from tests.fakes import CALIBRATION, MEGABYTE, HashingModel, open_index, write_files
from tests.rag.documents.files import drawn_pdf

pytestmark = pytest.mark.slow

SENTENCE = "The ferry leaves at seven in the morning."
KEY = "a key for the test"


def first(canvas: Canvas) -> None:
    canvas.drawString(60, 700, f"{SENTENCE} It comes back at noon.")


def second(canvas: Canvas) -> None:
    canvas.drawString(60, 700, "Nobody lives on the island in winter.")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    files: dict[str, str | bytes] = {
        "deep/ferry.pdf": drawn_pdf(first, second),
        "notes.md": "# Notes\n\nThe lamp is lit at dusk.\n",
    }
    seeds = write_files(folder / "seeds", files)
    Indexer(Store(folder / "home"), HashingModel, silent, MEGABYTE).index_folder(seeds)
    return folder


@pytest.fixture
def views(folder: Path) -> Iterator[PageViews]:
    views = PageViews(folder / "seeds")
    yield views
    views.close()


@pytest.fixture
def site(folder: Path, build: BuildSite, views: PageViews) -> Site:
    return build(
        folder / "home",
        service=lambda: Service(open_index(folder / "home"), CALIBRATION),
        pages=views,
    )


def document(site: Site, name: str) -> dict[str, Any]:
    listed = site.client.get("/documents", params={"q": name}).json()["documents"]
    found: dict[str, Any] = site.client.get(f"/documents/{listed[0]['id']}").json()
    return found


def test_a_page_is_a_picture_that_clients_keep_until_the_file_changes(site: Site) -> None:
    identity = document(site, "ferry")["id"]
    got = site.client.get(f"/documents/{identity}/pages/2.png")
    assert got.status_code == 200
    assert got.headers["content-type"] == "image/png"
    assert got.content.startswith(b"\x89PNG")
    assert got.headers["cache-control"] == "private, no-cache"
    known = {"If-None-Match": got.headers["etag"]}
    assert site.client.get(f"/documents/{identity}/pages/2.png", headers=known).status_code == 304
    other = site.client.get(f"/documents/{identity}/pages/1.png", headers=known)
    assert other.status_code == 200
    assert other.content != got.content


def test_the_places_of_a_quotation_are_on_its_page(site: Site) -> None:
    found = document(site, "ferry")
    start = found["text"].index(SENTENCE)
    span = {"start": start, "end": start + len(SENTENCE)}
    places = site.client.get(f"/documents/{found['id']}/places", params=span).json()
    assert places["pages"] == 2
    (shown,) = places["shown"]
    assert shown["page"] == 1
    ((left, top, width, height),) = shown["marks"]
    assert (round(left, 1), round(top, 1)) == (0.1, 0.2)
    assert 0.2 < width < 0.5
    assert 0 < height < 0.05


def test_only_pages_of_documents_of_the_index_are_shown(site: Site, folder: Path) -> None:
    ferry, notes = document(site, "ferry")["id"], document(site, "notes")["id"]
    (folder / "seeds" / "secret.pdf").write_bytes(drawn_pdf(first))
    for path, code in {
        f"/documents/{ferry}/pages/3.png": "no_page",
        f"/documents/{notes}/pages/1.png": "no_page",
        f"/documents/{notes}/places?start=0&end=5": "no_page",
        f"/documents/{ferry}/places?start=5&end=5": "no_page",
        f"/documents/{ferry}/places?start=0&end=99999": "no_page",
        "/documents/secret.pdf/pages/1.png": "unknown_document",
        "/documents/..%2Fsecret/pages/1.png": "unknown_document",
    }.items():
        problem(site.client.get(path), 404, code)
    for path in (
        f"/documents/{ferry}/pages/0.png",
        f"/documents/{ferry}/pages/x.png",
        f"/documents/{ferry}/pages/999999999.png",
        f"/documents/{ferry}/places",
        f"/documents/{ferry}/places?start=-1&end=3",
    ):
        problem(site.client.get(path), 422, "invalid_request")


def test_a_file_that_has_changed_or_gone_is_not_shown(site: Site, folder: Path) -> None:
    identity = document(site, "ferry")["id"]
    file = folder / "seeds" / "deep" / "ferry.pdf"
    content = file.read_bytes()
    try:
        file.write_bytes(drawn_pdf(second))
        problem(site.client.get(f"/documents/{identity}/pages/1.png"), 409, "file_changed")
        file.unlink()
        problem(site.client.get(f"/documents/{identity}/places?start=0&end=9"), 409, "file_changed")
    finally:
        file.write_bytes(content)


def test_a_server_without_the_folder_shows_none(folder: Path, build: BuildSite) -> None:
    site = build(folder / "home", service=lambda: Service(open_index(folder / "home"), CALIBRATION))
    identity = document(site, "ferry")["id"]
    problem(site.client.get(f"/documents/{identity}/pages/1.png"), 404, "no_page")


def test_pages_need_a_key_where_documents_do(
    folder: Path, build: BuildSite, views: PageViews
) -> None:
    site = build(
        folder / "home",
        service=lambda: Service(open_index(folder / "home"), CALIBRATION),
        pages=views,
        api_keys=(KEY,),
    )
    for path in ("/documents/x/pages/1.png", "/documents/x/places?start=0&end=1"):
        problem(site.client.get(path), 401, "unauthorized")
        problem(site.client.get(path, headers={"X-API-Key": KEY}), 404, "unknown_document")


def test_pictures_are_kept_within_bounds_and_drawn_once(
    site: Site, views: PageViews, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = document(site, "ferry")
    whole = site.serving.service.generation.corpus.document(facts["id"])
    assert isinstance(whole, Document)
    drawn: list[object] = []
    read = views._read  # noqa: SLF001 - how often it reads

    def counted(reader: Any, data: bytes) -> Any:
        drawn.append(reader)
        return read(reader, data)

    monkeypatch.setattr(views, "_read", counted)
    first_png = views.picture(whole, 1)
    assert views.picture(whole, 1) == first_png
    assert len(drawn) == 1
    monkeypatch.setattr("rag.serving.pages._KEPT_BYTES", len(first_png) + 10)
    views.picture(whole, 2)
    views.picture(whole, 1)
    assert len(drawn) == 3
    views.close()
    assert views.picture(whole, 2).startswith(b"\x89PNG")
