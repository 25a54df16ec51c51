"""Questions without an answer, over HTTP."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from rag.serving.questions import AskedQuestions
from tests.api.conftest import ADMIN, AS_ADMIN, JOBS, TEXTS, UNKNOWN, BuildSite, Site, problem
from tests.fakes import index

CRANES = "How many cranes does the harbour have?"


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[AskedQuestions]:
    with closing(AskedQuestions(tmp_path / "questions.sqlite", 7)) as kept:
        yield kept


@pytest.fixture
def keeping(home: Path, build: BuildSite, asked: AskedQuestions) -> Site:
    return build(home, admin_token=ADMIN, asked=asked)


def reviewed(site: Site) -> dict[str, Any]:
    found: dict[str, Any] = site.client.get("/questions", headers=AS_ADMIN).json()
    return found


def test_what_is_asked_in_vain_is_listed_tried_and_forgotten(
    keeping: Site, asked: AskedQuestions, home: Path
) -> None:
    for question in (CRANES, CRANES, UNKNOWN):
        keeping.client.get("/ask", params={"q": question})
    keeping.client.get("/ask", params={"q": JOBS})  # it is answered
    keeping.client.post("/ask", {"question": "你好"})
    chat = {"model": "wenda", "messages": [{"role": "user", "content": UNKNOWN}]}
    keeping.client.post("/v1/chat/completions", chat)
    found = reviewed(keeping)
    groups = {g["question"]: g["count"] for g in found["unanswered"]}
    assert found["kept_days"] == 7
    assert groups == {CRANES: 2, UNKNOWN: 2}
    assert {each.channel for each in asked.newest_questions()} == {"ask", "chat"}
    assert {each.user for each in asked.newest_questions()} == {""}

    def tried() -> dict[str, object]:
        body = {"questions": [CRANES]}
        response = keeping.client.post("/questions/try", body, headers=AS_ADMIN)
        (only,) = response.json()["tried"]
        return dict(only)

    assert tried()["answered"] is False
    index(home, TEXTS | {"harbour.txt": "The harbour has twelve tall cranes."})
    keeping.serving.refresh()
    now = tried()
    assert now["answer"] == "The harbour has twelve tall cranes."
    assert str(now["url"]).startswith("/documents/")
    forgotten = keeping.client.post("/questions/forget", {"questions": [CRANES]}, headers=AS_ADMIN)
    assert forgotten.json() == {"forgotten": 2}
    assert len(reviewed(keeping)["unanswered"]) == 1


def test_answers_that_did_not_help_are_listed(keeping: Site) -> None:
    answer = keeping.client.get("/ask", params={"q": JOBS}).json()
    told = {name: answer[name] for name in ("question", "answer", "generation", "confidence")}
    keeping.client.post("/feedback", {**told, "helpful": False, "comment": "wrong year"})
    (only,) = reviewed(keeping)["disliked"]
    assert (only["question"], only["comments"]) == (JOBS, ["wrong year"])


def test_where_nothing_is_kept_nothing_is_listed(site: Site) -> None:
    site.client.get("/ask", params={"q": UNKNOWN})
    assert reviewed(site) == {"kept_days": 0, "unanswered": [], "disliked": []}


def test_a_file_that_cannot_be_written_does_not_hold_an_answer_up(
    keeping: Site, asked: AskedQuestions
) -> None:
    asked.close()
    assert keeping.client.get("/ask", params={"q": UNKNOWN}).status_code == 200


@pytest.mark.parametrize("body", [{}, {"questions": []}, {"questions": ["x"] * 51}])
def test_what_cannot_be_tried_is_refused(keeping: Site, body: dict[str, object]) -> None:
    problem(keeping.client.post("/questions/try", body, headers=AS_ADMIN), 422, "invalid_request")
