"""What administrators look after, in the view of all collections at once."""

from typing import Any

import pytest

from tests.api.collections.conftest import (
    BOARD,
    OPEN,
    PEOPLE,
    SAME,
    STAFF,
    TEXTS,
    BuildOffice,
    Office,
)
from tests.api.conftest import AS_ADMIN, UNKNOWN, problem

SENTENCE = "The STAFFMARK garden has twelve gnomes."


def send(office: Office, method: str, path: str, body: Any = None) -> Any:
    given = {"json": body} if body is not None else {}
    response = office.client.send(method, path, headers=AS_ADMIN, **given)
    assert response.status_code < 300, response.text
    return response.json() if response.content else None


def test_questions_in_vain_of_all_are_listed_with_their_collection(office: Office) -> None:
    for name in (OPEN, STAFF):
        asked = {"q": UNKNOWN, "collection": name}
        office.client.get("/ask", params=asked, headers=PEOPLE["all"].headers)
    liked = {"question": UNKNOWN, "answer": None, "helpful": False, "generation": "g"}
    body = {**liked, "confidence": 0.0, "collection": BOARD}
    office.client.post("/feedback", body, headers=PEOPLE["all"].headers)
    found = send(office, "GET", "/questions")
    assert [each["collection"] for each in found["unanswered"]] == [OPEN, STAFF]
    assert [each["collection"] for each in found["disliked"]] == [BOARD]
    assert found["kept_days"] == 30
    two = send(office, "GET", f"/questions?collection={STAFF}&collection={BOARD}")
    assert [each["collection"] for each in two["unanswered"]] == [STAFF]
    send(office, "POST", f"/questions/forget?collection={STAFF}", {"questions": [UNKNOWN]})
    left = send(office, "GET", "/questions")
    assert [each["collection"] for each in left["unanswered"]] == [OPEN]
    assert len(left["disliked"]) == 1


def test_curated_answers_of_all_are_listed_and_changed_in_their_collection(office: Office) -> None:
    start = TEXTS[STAFF]["same.txt"].index(SENTENCE)
    place = {"document_id": SAME, "start": start, "end": start + len(SENTENCE)}
    body = {**place, "questions": ["Who stands on the lawn?"]}
    refused = office.client.post("/curated", body, headers=AS_ADMIN)
    problem(refused, 422, "collection_needed")
    made = send(office, "POST", f"/curated?collection={STAFF}", body)
    assert (made["collection"], made["sentence"]) == (STAFF, SENTENCE)
    (listed,) = send(office, "GET", "/curated")["curated"]
    assert listed == made
    assert send(office, "GET", f"/curated?collection={BOARD}")["curated"] == []
    asked = {"question": "Who stands on the lawn?"}
    given = office.client.post("/ask", asked, headers=PEOPLE["staff"].headers).json()
    assert (given["collection"], given["answer"]) == (STAFF, SENTENCE)
    other = office.client.post("/ask", asked, headers=PEOPLE["board"].headers)
    assert "STAFFMARK" not in other.text
    changed = send(
        office, "PUT", f"/curated/{made['id']}?collection={STAFF}", {"questions": ["Lawn?"]}
    )
    assert changed["questions"] == ["Lawn?"]
    send(office, "DELETE", f"/curated/{made['id']}?collection={STAFF}")
    assert send(office, "GET", "/curated")["curated"] == []


def test_a_collection_without_an_index_keeps_no_other_from_being_listed(
    build_office: BuildOffice,
) -> None:
    office = build_office(without_index=(BOARD,))
    asked = {"q": UNKNOWN, "collection": OPEN}
    office.client.get("/ask", params=asked)
    assert len(send(office, "GET", "/questions")["unanswered"]) == 1
    assert send(office, "GET", "/curated")["curated"] == []


@pytest.mark.parametrize("path", ["/questions", "/curated"])
def test_nobody_else_sees_any(office: Office, path: str) -> None:
    for person in PEOPLE.values():
        refused = office.client.get(path, headers=person.headers)
        problem(refused, 401, "unauthorized")
