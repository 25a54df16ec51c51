"""A server with three collections, of which one is for nobody without a key."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.api.live import FILES, Server, serving, until
from tests.fakes import CALIBRATION, HASHING_SCALE, write_files

FILE = """
[[collection]]
name = "work"
title = "工作"
folder = "work"
who = "everybody"

[[collection]]
name = "city"
title = "City <b>news</b>"
folder = "city"
who = "everybody"

[[collection]]
name = "closed"
title = "Geheim"
folder = "closed"
who = "key:the-key"
"""
PARKS = "How many new parks has the city opened?"


@contextmanager
def serving_office(folder: Path, file: str = FILE, **settings: str) -> Iterator[Server]:
    """The server, once every collection has an index; `settings` without WENDA_."""
    write_files(folder / "work", {"same.md": FILES["jobs.md"]})
    write_files(folder / "city", {"same.md": FILES["parks.md"]})
    write_files(folder / "closed", {"closed.md": "# Geheim\n\nThe vault has nine keys.\n"})
    (folder / "collections.toml").write_text(file, encoding="utf-8")
    for name in ("work", "city", "closed"):
        home = folder / "home" / "collections" / name
        home.mkdir(parents=True)
        CALIBRATION.save(home / "calibration.json", HASHING_SCALE)
    given = {"COLLECTIONS": str(folder / "collections.toml"), "RATE_LIMIT": "off", **settings}
    with serving(folder, settings=given, building=300) as server:

        def built() -> bool:
            state = server.get("index").json()
            return all(each["generation"] for each in state["collections"])

        until(built, 300)
        yield server
