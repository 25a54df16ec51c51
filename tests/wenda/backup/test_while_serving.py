"""Backups of a home that is asked, judged and rebuilt at the same time."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from rag.answering.service import Service
from rag.index.generations import Store
from rag.progress import silent
from rag.serving.feedback import FeedbackStore
from tests.api.live import Server, serving, until
from tests.fakes import CALIBRATION, open_index
from wenda.backup.making import make_backup
from wenda.backup.restoring import restore_backup

pytestmark = pytest.mark.slow

QUESTIONS = 1000
BACKUPS = 6
ASKED = ("城镇新增就业多少人？", "How many parks?", "居民满意吗？", "Wie heißt der Berg?")
TOKEN = "a token for the test"  # noqa: S105 - of a server that lives for a test


def known(answer: dict[str, Any]) -> dict[str, Any]:
    """What must be equal of two answers."""
    return {name: value for name, value in answer.items() if name != "took_ms"}


def test_each_backup_is_of_one_moment_and_answers_as_the_server_did(tmp_path: Path) -> None:
    settings = {"RATE_LIMIT": "off", "ADMIN_TOKEN": TOKEN}
    told: dict[tuple[str, str], dict[str, Any]] = {}
    headers: list[str] = []
    done = threading.Event()
    with serving(tmp_path, settings=settings) as server, httpx.Client(timeout=30) as client:

        def ask(number: int) -> None:
            question = ASKED[number % len(ASKED)]
            answer = client.get(f"{server.url}ask", params={"q": question}).json()
            told.setdefault((answer["generation"], question), known(answer))
            judged = {
                "question": question,
                "answer": None,
                "helpful": True,
                "generation": answer["generation"],
                "confidence": 0.5,
            }
            client.post(f"{server.url}feedback", json=judged).raise_for_status()

        with ThreadPoolExecutor(4) as threads:
            changing = threads.submit(_change, server, done)
            asking = [threads.submit(ask, number) for number in range(QUESTIONS)]
            for number in range(BACKUPS):
                until(lambda wanted=number: sum(map(_ended, asking)) >= wanted * 100, 120)  # type: ignore[misc]
                header = make_backup(Store(tmp_path / "home"), tmp_path / f"{number}.tar", silent)
                headers.append(header.index)
            for each in asking:
                each.result()
            done.set()
            changing.result()
    assert len(set(headers)) > 1
    for number, name in enumerate(headers):
        home = tmp_path / f"restored-{number}"
        restore_backup(tmp_path / f"{number}.tar", Store(home), silent)
        service = Service(open_index(home), CALIBRATION)
        compared = [question for question in ASKED if (name, question) in told]
        for question in compared:
            answer = service.ask_question(question).to_json()
            assert plain(known(answer)) == told[name, question]
        feedback = FeedbackStore(home / "feedback.sqlite")
        assert feedback.counts()[1] == 0
        feedback.close()
    assert any((name, question) in told for name in headers for question in ASKED)


def _ended(future: Any) -> bool:
    return bool(future.done())


def _change(server: Server, done: threading.Event) -> None:
    """Changes a document and rebuilds, again and again."""
    number = 0
    while not done.is_set():
        number += 1
        (server.seeds / "more.md").write_text(f"# More\n\nNumber {number}.\n", encoding="utf-8")
        httpx.post(
            f"{server.url}index/rebuild",
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=30,
        ).raise_for_status()
        done.wait(0.3)


def plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return value
