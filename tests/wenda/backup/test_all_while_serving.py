"""A backup of all collections that are asked and rebuilt at the same time."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from rag.answering.service import Service
from rag.index.generations import Store
from rag.progress import silent
from tests.api.live import FILES, serving, until
from tests.fakes import CALIBRATION, HASHING_SCALE, open_index, write_files
from tests.wenda.backup.test_while_serving import known, plain
from wenda.backup.making import make_joint_backup
from wenda.backup.restoring import restore_backup

pytestmark = pytest.mark.slow

NAMES = ("jobs", "parks")
ASKED = ("城镇新增就业多少人？", "How many parks?", "Wie heißt der Berg?")
QUESTIONS = 120
TABLE = '[[collection]]\nname = "{0}"\nfolder = "{0}"\nwho = "everybody"\n'
TOKEN = "a token for the test"  # noqa: S105 - of a server that lives for a test
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


def test_all_answer_elsewhere_as_they_did(tmp_path: Path) -> None:
    stores = {}
    for name in NAMES:
        write_files(tmp_path / name, {f"{name}.md": FILES[f"{name}.md"]})
        home = tmp_path / "home" / "collections" / name
        home.mkdir(parents=True)
        CALIBRATION.save(home / "calibration.json", HASHING_SCALE)
        stores[name] = Store(home)
    file = tmp_path / "collections.toml"
    file.write_text("\n".join(map(TABLE.format, NAMES)), encoding="utf-8")
    settings = {"COLLECTIONS": str(file), "RATE_LIMIT": "off", "ADMIN_TOKEN": TOKEN}
    told: dict[tuple[str, str], Any] = {}
    done = threading.Event()
    with serving(tmp_path, settings=settings, building=300) as server, httpx.Client() as client:

        def ask(number: int) -> None:
            asked = {"q": ASKED[number % len(ASKED)], "collection": NAMES[number % len(NAMES)]}
            answer = client.get(f"{server.url}ask", params=asked, timeout=60).json()
            told.setdefault((answer["generation"], asked["q"]), known(answer))

        def change() -> None:
            number = 0
            while not done.wait(0.3):
                number += 1
                more = f"# More\n\nNumber {number}.\n"
                (tmp_path / "jobs" / "more.md").write_text(more, encoding="utf-8")
                url = f"{server.url}index/rebuild?collection=jobs"
                httpx.post(url, headers=HEADERS, timeout=60).raise_for_status()

        until(lambda: all(each["generation"] for each in _states(server.url)), 300)
        with ThreadPoolExecutor(3) as threads:
            changing = threads.submit(change)
            asking = [threads.submit(ask, number) for number in range(QUESTIONS)]
            until(lambda: sum(each.done() for each in asking) > QUESTIONS // 3, 300)
            _, unindexed = make_joint_backup(tmp_path / "home", stores, tmp_path / "a.tar", silent)
            for each in asking:
                each.result()
            done.set()
            changing.result()
    assert unindexed == []
    restore_backup(tmp_path / "a.tar", Store(tmp_path / "elsewhere"), silent)
    compared = 0
    for name in NAMES:
        generation = open_index(tmp_path / "elsewhere" / "collections" / name)
        service = Service(generation, CALIBRATION)
        for question in ASKED:
            expected = told.get((generation.manifest.name, question))
            if expected is not None:
                answer = plain(known(service.ask_question(question).to_json()))
                assert answer["answer"] == expected["answer"]
                assert answer["confidence"] == expected["confidence"]
                assert answer["suggestions"] == expected["suggestions"]
                compared += 1
    assert compared > 0


def _states(url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(f"{url}index", timeout=30).json()["collections"]
    return found
