"""Every route × who has a right and who has none: nothing of what is not seen can be told."""

import json
from typing import Any

import httpx
import pytest

from api.mcp.tools import TOOLS
from tests.api.collections.conftest import (
    BOARD,
    IDS,
    OPEN,
    PEOPLE,
    QUESTIONS,
    SAME,
    STAFF,
    TEXTS,
    TITLES,
    Office,
    Person,
    leaks,
    mcp_messages,
)
from tests.api.conftest import AS_ADMIN, UNKNOWN, problem

QUESTION = QUESTIONS[BOARD][0]
FEEDBACK = {"question": QUESTION, "answer": None, "helpful": False, "generation": "g"}
CHAT = {"messages": [{"role": "user", "content": QUESTION}]}
#: What is sent to each route that needs no administrator, by its name in the description.
READ: dict[tuple[str, str], tuple[str, Any]] = {
    ("POST", "/ask"): ("/ask", {"question": QUESTION}),
    ("GET", "/ask"): (f"/ask?q={QUESTION}", None),
    ("GET", "/passages"): (f"/passages?q={QUESTION}", None),
    ("GET", "/examples"): ("/examples", None),
    ("GET", "/documents"): ("/documents", None),
    ("GET", "/documents/{identity}"): (f"/documents/{IDS[BOARD][0]}", None),
    ("GET", "/documents/{identity}/places"): (
        f"/documents/{IDS[BOARD][0]}/places?start=0&end=5",
        None,
    ),
    ("GET", "/documents/{identity}/pages/{number}.png"): (
        f"/documents/{IDS[BOARD][0]}/pages/1.png",
        None,
    ),
    ("GET", "/index"): ("/index", None),
    ("GET", "/index/jobs/{identity}"): ("/index/jobs/JOB", None),
    ("POST", "/feedback"): ("/feedback", {**FEEDBACK, "confidence": 0.0}),
    ("GET", "/v1/models"): ("/v1/models", None),
    ("GET", "/v1/models/{name}"): (f"/v1/models/wenda/{BOARD}", None),
    ("POST", "/v1/chat/completions"): ("/v1/chat/completions", CHAT),
    ("GET", "/healthz"): ("/healthz", None),
    ("GET", "/readyz"): ("/readyz", None),
}
#: Routes of administrators, who see everything.
ADMINISTERED = {
    *(("POST", "/index/rebuild"), ("GET", "/metrics")),
    *(("PUT", "/documents/{identity}"), ("DELETE", "/documents/{identity}")),
    *(("GET", "/uploads"), ("GET", "/uploads/{identity}"), ("POST", "/uploads/{identity}/undo")),
    *(("GET", "/questions"), ("POST", "/questions/try"), ("POST", "/questions/forget")),
    *(("GET", "/curated"), ("POST", "/curated"), ("GET", "/curated/questions.jsonl")),
    *(("PUT", "/curated/{identity}"), ("DELETE", "/curated/{identity}")),
}
WITHOUT_BOARD = [name for name, person in PEOPLE.items() if BOARD not in person.sees]


def send(office: Office, person: Person, method: str, path: str, body: Any) -> httpx.Response:
    given = {"json": body} if body is not None else {}
    return office.client.send(method, path, headers=person.headers, **given)


def mcp(office: Office, person: Person, *calls: tuple[str, dict[str, Any]]) -> list[str]:
    """What an agent is told to its calls, each with the name of a method and its parameters."""

    return mcp_messages(office.app, office.client, person.headers, *calls)


def with_collection(path: str, name: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}collection={name}"


def test_every_route_is_looked_at(shared_office: Office) -> None:
    described = shared_office.client.get("/openapi.json").json()["paths"]
    routes = {(method.upper(), path) for path, methods in described.items() for method in methods}
    assert routes == {*READ, *ADMINISTERED}


def test_routes_of_administrators_are_described_as_theirs(shared_office: Office) -> None:
    described = shared_office.client.get("/openapi.json").json()["paths"]
    for method, path in ADMINISTERED:
        assert described[path][method.lower()]["security"] == [{"HTTPBearer": []}], path


@pytest.mark.parametrize("who", list(PEOPLE))
def test_no_route_tells_of_what_is_not_seen(shared_office: Office, who: str) -> None:
    person = PEOPLE[who]
    job = shared_office.backend(BOARD).rebuilds.start_rebuild().id
    before = shared_office.touched()
    for (method, name), (path, body) in READ.items():
        for text in (path, with_collection(path, OPEN)):
            response = send(shared_office, person, method, text.replace("JOB", job), body)
            told = response.text + json.dumps(dict(response.headers))
            # What a request says itself may be said back: its address and its question.
            told = told.replace(QUESTION, "").replace(text, "").replace(path.split("?")[0], "")
            assert leaks(told, person.sees) == [], (name, told)
            if BOARD not in person.sees and "JOB" in path:
                problem(response, 404, "unknown_job")
    touched = shared_office.touched()
    for unseen in set(TEXTS) - set(person.sees):
        # /readyz, which was sent twice, asks whether anything is served.
        assert touched[unseen] - before[unseen] <= 2, unseen


@pytest.mark.parametrize("who", WITHOUT_BOARD)
def test_what_is_not_seen_is_refused_as_what_is_not_there(shared_office: Office, who: str) -> None:
    """The very same bytes, whether a name or an id exists or not."""
    person = PEOPLE[who]
    for (method, name), (path, body) in READ.items():
        if name in ("/healthz", "/readyz"):
            continue
        told = []
        for collection in (BOARD, "nothing-of-that-name"):
            named = body and {**body, "collection": collection}
            response = send(shared_office, person, method, with_collection(path, collection), named)
            told.append((response.status_code, response.text, sorted(response.headers)))
        assert told[0] == told[1], name
    for foreign, unknown in ((IDS[BOARD][0], "0" * 12), (IDS[BOARD][2], "f" * 12)):
        for path in ("/documents/{}", "/documents/{}/places?start=0&end=1", "/documents?after={}"):
            answers = [
                send(shared_office, person, "GET", path.format(identity), None)
                for identity in (foreign, unknown)
            ]
            for answer in answers:
                problem(answer, 404, "unknown_document")
            texts = [each.text.replace(foreign, "").replace(unknown, "") for each in answers]
            assert texts[0] == texts[1]


@pytest.mark.parametrize("who", list(PEOPLE))
def test_routes_of_administrators_are_closed_to_all_others(shared_office: Office, who: str) -> None:
    for method, path in ADMINISTERED:
        response = send(shared_office, PEOPLE[who], method, path.replace("{identity}", "x"), None)
        problem(response, 401, "unauthorized")
        assert leaks(response.text, ()) == []


ARGUMENTS: dict[str, dict[str, Any]] = {
    "ask": {"question": QUESTION},
    "search_passages": {"query": QUESTION},
    "read_document": {"document": IDS[BOARD][0]},
    "list_documents": {},
}


@pytest.mark.parametrize("who", list(PEOPLE))
def test_no_tool_tells_of_what_is_not_seen(office: Office, who: str) -> None:
    person = PEOPLE[who]
    assert set(ARGUMENTS) == set(TOOLS)
    uri = f"wenda://documents/{IDS[BOARD][0]}"
    calls = [
        ("tools/call", {"name": tool, "arguments": given}) for tool, given in ARGUMENTS.items()
    ]
    told = mcp(
        office,
        person,
        ("tools/list", {}),
        ("resources/list", {}),
        ("resources/read", {"uri": uri}),
        ("resources/read", {"uri": f"{uri}?collection={BOARD}"}),
        *calls,
    )
    told = [said.replace(QUESTION, "") for said in told]
    for said in told:
        assert leaks(said, person.sees) == [], said
    several = len(person.sees) > 1
    assert all((name in told[0]) is several for name in person.sees)
    sees_it = BOARD in person.sees
    assert all(("BOARDMARK" in said) is sees_it for said in told[2:7])


@pytest.mark.parametrize("who", WITHOUT_BOARD)
def test_tools_refuse_what_is_not_seen_as_what_is_not_there(office: Office, who: str) -> None:
    calls = [
        ("tools/call", {"name": tool, "arguments": {**given, "collection": name}})
        for tool, given in ARGUMENTS.items()
        for name in (BOARD, "nothing-of-that-name")
    ]
    told = mcp(office, PEOPLE[who], *calls)
    assert told[::2] == told[1::2]
    assert all("There is no collection of this name" in said for said in told)


def test_who_may_see_it_gets_it_with_the_collections_name(office: Office) -> None:
    person = PEOPLE["board"]
    answer = send(office, person, "POST", "/ask", {"question": QUESTION}).json()
    assert "BOARDMARK" in answer["answer"]
    assert answer["collection"] == BOARD
    (citation,) = answer["citations"]
    assert citation["collection"] == BOARD
    found = send(office, person, "GET", citation["url"].partition("#")[0], None).json()
    assert found["text"][citation["start"] : citation["end"]] == citation["quote"]
    assert (found["collection"], found["id"]) == (BOARD, citation["document_id"])


def test_the_same_id_in_several_is_told_apart(office: Office) -> None:
    person = PEOPLE["both"]
    for name in (OPEN, STAFF, BOARD):
        found = send(office, person, "GET", f"/documents/{SAME}?collection={name}", None).json()
        assert found["collection"] == name
        assert TEXTS[name]["same.txt"] == found["text"]
    first = send(office, PEOPLE["board"], "GET", f"/documents/{SAME}", None).json()
    assert first["collection"] == OPEN


def test_a_question_asks_one_several_or_all_that_one_sees(office: Office) -> None:
    person = PEOPLE["all"]

    def asked(question: str, chosen: object) -> dict[str, Any]:
        body = {"question": question, "collection": chosen, "top_k": 20}
        answer: dict[str, Any] = send(office, person, "POST", "/ask", body).json()
        return answer

    everything = asked(QUESTIONS[STAFF][0], "")
    assert {each["collection"] for each in everything["passages"]} == {OPEN, STAFF, BOARD}
    assert [each["rank"] for each in everything["passages"]] == list(range(1, 8))
    scores = [each["score"] for each in everything["passages"]]
    assert scores == sorted(scores, reverse=True)
    two = asked(QUESTIONS[STAFF][0], [OPEN, BOARD])
    assert {each["collection"] for each in two["passages"]} == {OPEN, BOARD}
    assert not two["answered"]
    assert everything["answered"]
    one = asked(QUESTIONS[STAFF][0], STAFF)
    assert one["citations"] == everything["citations"]
    assert {each["collection"] for each in one["passages"]} == {STAFF}


def test_models_are_those_that_one_sees(office: Office) -> None:
    person = PEOPLE["staff"]
    models = send(office, person, "GET", "/v1/models", None).json()["data"]
    assert [each["id"] for each in models] == ["wenda", f"wenda/{OPEN}", f"wenda/{STAFF}"]
    chat = {"model": f"wenda/{OPEN}", "messages": [{"role": "user", "content": "How many gnomes?"}]}
    said = send(office, person, "POST", "/v1/chat/completions", chat).json()
    assert said["wenda"]["collection"] == OPEN
    foreign = {**chat, "model": f"wenda/{BOARD}"}
    refused = send(office, person, "POST", "/v1/chat/completions", foreign)
    problem(refused, 404, "unknown_model")


def test_documents_are_listed_collection_by_collection_in_parts(office: Office) -> None:
    person = PEOPLE["all"]
    whole = send(office, person, "GET", "/documents", None).json()
    assert [each["collection"] for each in whole["documents"]] == [OPEN] * 2 + [STAFF] * 2 + [
        BOARD
    ] * 3
    assert (whole["total"], whole["next"]) == (7, None)
    for size in (1, 2, 3, 5, 7):
        found, after = [], ""
        while True:
            part = send(office, person, "GET", f"/documents?limit={size}{after}", None).json()
            assert part["total"] == 7
            found += part["documents"]
            if part["next"] is None:
                break
            after = f"&after={part['next']}"
        assert found == whole["documents"]
    same = send(office, person, "GET", "/documents?q=same", None).json()
    assert (len(same["documents"]), same["total"]) == (3, 3)


def test_the_state_of_the_index_is_that_of_what_one_sees(office: Office) -> None:
    for who, count in (("nobody", 2), ("staff", 4), ("all", 7)):
        state = send(office, PEOPLE[who], "GET", "/index", None).json()
        assert state["counts"]["documents"] == count
        shown = [(each["name"], each["title"]) for each in state["collections"]]
        assert shown == [(name, TITLES[name]) for name in PEOPLE[who].sees]


def test_feedback_and_questions_in_vain_stay_with_their_collection(office: Office) -> None:
    person = PEOPLE["board"]
    body = {**FEEDBACK, "confidence": 0.0, "collection": BOARD}
    assert send(office, person, "POST", "/feedback", body).status_code == 204
    asked = send(office, person, "GET", f"/ask?q={UNKNOWN}&collection={BOARD}", None).json()
    assert (asked["answered"], asked["kind"]) == (False, None)
    for name, count in ((OPEN, 0), (STAFF, 0), (BOARD, 1)):
        listed = office.client.get(f"/questions?collection={name}", headers=AS_ADMIN).json()
        assert (len(listed["disliked"]), len(listed["unanswered"])) == (count, count)


def test_what_is_for_one_collection_must_name_it(office: Office) -> None:
    for method, path in (("POST", "/index/rebuild"), ("GET", "/uploads")):
        refused = office.client.send(method, path, headers=AS_ADMIN)
        problem(refused, 422, "collection_needed")
    job = office.client.post(f"/index/rebuild?collection={STAFF}", headers=AS_ADMIN).json()
    assert job["url"].endswith(f"?collection={STAFF}")
    assert office.client.get(job["url"], headers=AS_ADMIN).status_code == 200
    given = office.client.send(
        "PUT", f"/documents/new.txt?collection={STAFF}", content=b"new", headers=AS_ADMIN
    ).json()
    assert given["url"].endswith(f"?collection={STAFF}")
    assert (office.backend(STAFF).uploads.files()[0].name) == "new.txt"  # type: ignore[union-attr]
    assert office.backend(BOARD).uploads.files() == []  # type: ignore[union-attr]


def test_figures_are_for_administrators_by_collection(office: Office) -> None:
    told = office.client.get("/metrics", headers=AS_ADMIN).text
    assert f'wenda_documents{{collection="{BOARD}"}} 3.0' in told
    assert f'wenda_documents{{collection="{OPEN}"}} 2.0' in told
