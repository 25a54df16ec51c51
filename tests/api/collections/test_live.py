"""A server with collections as a process: each is built, watched and rebuilt by itself."""

from pathlib import Path

import httpx
import pytest

from tests.api.live import FILES, serving, until
from tests.fakes import CALIBRATION, HASHING_SCALE, write_files

pytestmark = pytest.mark.slow

QUESTION = "How many new parks has the city opened?"
FILE = """
[[collection]]
name = "open"
title = "Offen"
folder = "open"
who = "everybody"

[[collection]]
name = "closed"
title = "Geschlossen"
folder = "closed"
who = ["user:alice", "key:the-key"]

[[collection]]
name = "gone"
title = "Verschwunden"
folder = "gone"
who = "everybody"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_files(tmp_path / "open", {"jobs.md": FILES["jobs.md"]})
    write_files(tmp_path / "closed", {"parks.md": FILES["parks.md"]})
    (tmp_path / "collections.toml").write_text(FILE, encoding="utf-8")
    for name in ("open", "closed"):
        home = tmp_path / "home" / "collections" / name
        home.mkdir(parents=True)
        CALIBRATION.save(home / "calibration.json", HASHING_SCALE)
    return tmp_path


def test_each_collection_is_built_and_followed_and_the_proxy_names_users(
    folder: Path,
) -> None:
    given = {
        "COLLECTIONS": str(folder / "collections.toml"),
        "USER_HEADER": "X-User",
        "TRUSTED_PROXIES": "127.0.0.1",
        "RATE_LIMIT": "off",
    }
    program = ("tests.api.fake_server", "0", "serve", "--watch")
    with serving(folder, *program, settings=given) as server:

        def ask(**headers: str) -> dict[str, object]:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            found = httpx.get(f"{server.url}ask", params={"q": QUESTION}, headers=named, timeout=30)
            answer: dict[str, object] = found.json()
            return answer

        until(lambda: bool(ask(x_api_key="the-key").get("answered")))
        assert ask(x_user="alice")["collection"] == "closed"
        assert ask()["answered"] is False
        assert ask(x_user="mallory")["answered"] is False
        state = server.get("index").json()
        assert [each["name"] for each in state["collections"]] == ["open", "gone"]
        assert "gone" in state["problem"] or "no index" in state["problem"]
        write_files(folder / "open", {"more.md": FILES["parks.md"]})
        until(lambda: bool(ask()["answered"]))
