"""Documents given over HTTP."""

from pathlib import Path

import httpx
import pytest

from rag.serving.uploads import UploadFolder
from tests.api.conftest import ADMIN, AS_ADMIN, BuildSite, Site, problem
from tests.api.live import serving, until

TEXT = b"# Mill\n\nThe mill on the river opens at nine.\n"
OTHER = b"# Mill\n\nThe mill on the river opens at ten.\n"


@pytest.fixture
def giving(tmp_path: Path, home: Path, build: BuildSite) -> Site:
    """A site that takes documents of up to 1000 bytes in, below `seeds/given`."""
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    folder = UploadFolder(seeds / "given", seeds, tmp_path / "changes", 1000)
    return build(home, admin_token=ADMIN, uploads=folder)


def put(site: Site, name: str, content: bytes = TEXT, **given: object) -> httpx.Response:
    return site.client.send("PUT", f"/documents/{name}", content=content, headers=AS_ADMIN, **given)


def test_a_document_is_given_replaced_and_taken_back(giving: Site, tmp_path: Path) -> None:
    path = tmp_path / "seeds/given/2024/水坊.md"
    first = put(giving, "2024/水坊.md")
    assert first.status_code == 201
    change = first.json()
    assert (change["action"], change["path"], change["state"]) == (
        "added",
        "seeds/given/2024/水坊.md",
        "waiting",
    )
    assert path.read_bytes() == TEXT
    assert put(giving, "2024/水坊.md").json()["id"] == change["id"]  # the same content
    refused = problem(put(giving, "2024/水坊.md", OTHER), 409, "document_exists")
    assert "overwrite" in refused["detail"]
    assert path.read_bytes() == TEXT
    second = put(giving, "2024/水坊.md", OTHER, params={"overwrite": "true"})
    assert (second.status_code, second.json()["action"]) == (200, "replaced")
    undone = giving.client.post(second.json()["undo"], headers=AS_ADMIN).json()
    assert (undone["action"], undone["undo"]) == ("replaced", None)
    assert path.read_bytes() == TEXT
    removed = giving.client.send("DELETE", "/documents/2024/水坊.md", headers=AS_ADMIN).json()
    assert not path.exists()
    listed = giving.client.get("/uploads", headers=AS_ADMIN).json()
    assert (listed["folder"], listed["files"]) == ("seeds/given", [])
    assert listed["changes"][0]["id"] == removed["id"]
    giving.client.post(removed["undo"], headers=AS_ADMIN)
    assert path.read_bytes() == TEXT
    problem(giving.client.post(removed["undo"], headers=AS_ADMIN), 404, "no_such_change")


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("..%2f..%2fx.md", 422, "bad_name"),
        ("%2e%2e/x.md", 422, "bad_name"),
        ("a%00.md", 422, "bad_name"),
        ("a%5c..%5cx.md", 422, "bad_name"),
        ("%ff.md", 422, "bad_name"),
        ("/x.md", 422, "bad_name"),
        ("x" * 300 + ".md", 422, "long_name"),
        ("LPT1.md", 422, "device_name"),
        (".env.md", 422, "passed_over"),
        ("run.exe", 415, "unread_type"),
    ],
)
def test_hostile_names_leave_nothing(
    giving: Site, tmp_path: Path, name: str, status: int, code: str
) -> None:
    problem(put(giving, name), status, code)
    assert list((tmp_path / "seeds").iterdir()) == []


def test_sizes_and_what_is_not_there(giving: Site, tmp_path: Path) -> None:
    problem(put(giving, "a.md", b"x" * 1001), 413, "too_large")
    problem(put(giving, "a.md", b" "), 422, "empty_document")
    assert not list((tmp_path / "seeds").rglob("*.md"))
    gone = giving.client.send("DELETE", "/documents/a.md", headers=AS_ADMIN)
    problem(gone, 404, "no_such_document")
    problem(giving.client.get("/uploads/none", headers=AS_ADMIN), 404, "no_such_change")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/documents/a.md"),
        ("DELETE", "/documents/a.md"),
        ("GET", "/uploads"),
        ("GET", "/uploads/x"),
        ("POST", "/uploads/x/undo"),
    ],
)
def test_only_the_admin_token_opens_it(giving: Site, site: Site, method: str, path: str) -> None:
    problem(giving.client.send(method, path), 401, "unauthorized")
    wrong = {"Authorization": "Bearer wrong"}
    problem(giving.client.send(method, path, headers=wrong), 401, "unauthorized")
    # The other one has the token, and no folder.
    problem(site.client.send(method, path, headers=AS_ADMIN), 403, "no_uploads")


def test_the_index_tells_what_may_be_given(giving: Site, site: Site) -> None:
    rules = giving.client.get("/index").json()["uploads"]
    assert (rules["folder"], rules["most_bytes"]) == ("seeds/given", 1000)
    assert {".md", ".pdf", ".docx"} <= set(rules["types"])
    assert site.client.get("/index").json()["uploads"] is None


def test_other_methods_are_named(giving: Site) -> None:
    refused = giving.client.post("/documents/a.md")
    problem(refused, 405, "method_not_allowed")
    assert {"PUT", "DELETE"} <= set(refused.headers["allow"].split(", "))


@pytest.mark.slow
def test_what_is_given_is_answered_from(tmp_path: Path) -> None:
    """Without --watch, and although a rebuild is running when it comes."""
    given = {"ADMIN_TOKEN": ADMIN, "UPLOADS": "given", "RATE_LIMIT": "off", "MAX_FILE_MB": "1"}
    with (
        serving(tmp_path, "tests.api.fake_server", "1", settings=given) as server,
        httpx.Client(base_url=server.url, headers=AS_ADMIN, timeout=60) as client,
    ):
        started = client.post("index/rebuild").json()
        assert started["state"] == "running"
        change = client.put("documents/mill.md", content=TEXT).json()
        bad = client.put("documents/bad.docx", content=b"PK no archive").json()
        until(lambda: client.get(change["url"]).json()["state"] == "indexed")
        until(lambda: client.get(bad["url"]).json()["state"] == "skipped")
        assert client.get(bad["url"]).json()["reason"]
        found = client.get(client.get(change["url"]).json()["document"]).json()
        assert found["path"] == "seeds/given/mill.md"
        answer = client.get("ask", params={"q": "When does the mill on the river open?"}).json()
        assert "nine" in answer["passages"][0]["text"]
        undone = client.post(change["undo"]).json()
        until(lambda: client.get(undone["url"]).json()["state"] == "removed")
        # Refused before it has been sent, and a body that is far too large: both are told.
        large = client.put("documents/large.md", content=b"x" * 3_000_000)
        assert (large.status_code, large.json()["code"]) == (413, "too_large")
        nobody = client.put(
            "documents/x.md", content=b"x" * 900_000, headers={"Authorization": "Bearer no"}
        )
        assert nobody.status_code == 401
        assert server.lives()
    assert not (tmp_path / "seeds/given/mill.md").exists()
    assert "mill" not in server.log


@pytest.mark.slow
def test_half_a_document_is_none(tmp_path: Path) -> None:
    given = {"ADMIN_TOKEN": ADMIN, "UPLOADS": "given", "RATE_LIMIT": "off"}
    with serving(tmp_path, settings=given) as server:
        head = (
            f"PUT /documents/a.md HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ADMIN}\r\n"
            "Content-Length: 100\r\n\r\n"
        )
        server.talk(head.encode(), b"half of it", seconds=1)
        until(lambda: not list((tmp_path / "seeds/given").iterdir()))
        assert server.lives()
