"""Questions over HTTP get the answer object, or words for why they cannot be asked."""

import json
from pathlib import Path

import pytest

from rag.answering.conversation import Turn
from tests.api.conftest import JOBS, UNKNOWN, BuildSite, Client, Site, problem


@pytest.fixture(scope="module")
def site(shared_site: Site) -> Site:
    """No test of this module changes anything."""
    return shared_site


def test_a_question_is_answered_with_its_proof(site: Site) -> None:
    response = site.client.post("/ask", {"question": JOBS, "top_k": 2})
    assert response.status_code == 200
    answer = response.json()
    expected = json.loads(json.dumps(site.serving.service.ask_question(JOBS, 2).to_json()))
    assert answer | {"took_ms": 0} == expected | {"took_ms": 0}
    citation = answer["citations"][0]
    document = site.client.get(f"/documents/{citation['document_id']}").json()
    assert document["text"][citation["start"] : citation["end"]] == citation["quote"]
    assert "3960人" in citation["quote"]
    assert len(answer["passages"]) == 2


def test_the_same_by_address(site: Site) -> None:
    by_body = site.client.post("/ask", {"question": JOBS}).json()
    by_query = site.client.get("/ask", params={"q": JOBS}).json()
    assert by_query | {"took_ms": 0} == by_body | {"took_ms": 0}


def test_what_the_documents_do_not_hold_is_not_answered(site: Site) -> None:
    answer = site.client.get("/ask", params={"q": UNKNOWN}).json()
    assert answer["answered"] is False
    assert answer["answer"] is None
    assert answer["suggestions"]


def test_a_follow_up_takes_what_it_lacks_from_the_history(site: Site) -> None:
    earlier = "The city opened how many new parks?"
    history = [{"question": earlier, "answer": None}]
    alone = site.client.post("/ask", {"question": "And people?"}).json()
    after = site.client.post("/ask", {"question": "And people?", "history": history}).json()
    expected = site.serving.service.ask_question("And people?", history=[Turn(earlier, "")])
    assert after["confidence"] == expected.confidence
    assert after["confidence"] != alone["confidence"]


def test_passages_are_found_whether_they_answer_or_not(site: Site) -> None:
    found = site.client.get("/passages", params={"q": UNKNOWN, "top_k": 3}).json()
    assert [passage["rank"] for passage in found["passages"]] == [1, 2, 3]
    assert set(found) == {"question", "passages", "narrowed", "generation", "took_ms"}


def test_addresses_in_answers_have_the_root_path(site: Site) -> None:
    behind = Client(site.app, root_path="/wenda")
    answer = behind.get("/wenda/ask", params={"q": JOBS}).json()
    assert answer["citations"][0]["url"].startswith("/wenda/documents/")
    assert answer["passages"][0]["url"].startswith("/wenda/documents/")


@pytest.mark.parametrize(
    ("question", "reason"), [("？！", "no_word"), (" \t ", "empty"), ("_", "no_word")]
)
def test_what_cannot_be_asked_is_said_in_words(site: Site, question: str, reason: str) -> None:
    found = problem(site.client.post("/ask", {"question": question}), 422, "question")
    assert found["reason"] == reason


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "body.question"),
        ({"question": ""}, "body.question"),
        ({"question": "x" * 1001}, "body.question"),
        ({"question": 7}, "body.question"),
        ({"question": ["x"]}, "body.question"),
        ({"question": "x", "top_k": 0}, "body.top_k"),
        ({"question": "x", "top_k": 21}, "body.top_k"),
        ({"question": "x", "top_k": "5"}, "body.top_k"),
        ({"question": "x", "topk": 5}, "body.topk"),
        ({"question": "x", "history": [["a", "b"]]}, "body.history.0"),
        ({"question": "x", "history": "a"}, "body.history"),
        ({"question": "x", "history": [{"question": "a"}] * 101}, "body.history"),
        ([], "body"),
        ("question", "body"),
    ],
)
def test_a_body_of_another_form_is_refused_by_name(site: Site, body: object, where: str) -> None:
    found = problem(site.client.post("/ask", body), 422, "invalid_request")
    assert found["errors"][0]["where"] == where
    assert where in found["detail"]


def test_what_was_sent_is_not_repeated(site: Site) -> None:
    response = site.client.post("/ask", {"question": "x", "top_k": "PRIVATE WORDS"})
    assert "PRIVATE" not in response.text


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": "x", "top_k": "many"}])
def test_a_query_of_another_form_is_refused(site: Site, query: dict[str, str]) -> None:
    problem(site.client.get("/ask", params=query), 422, "invalid_request")


def test_examples_come_in_the_language_that_is_wanted(site: Site) -> None:
    response = site.client.get("/examples", params={"lang": "zh-Hans", "count": 2})
    assert response.status_code == 200
    assert len(response.json()["examples"]) <= 2
    problem(site.client.get("/examples", params={"lang": "tlh"}), 422, "invalid_request")


def test_without_an_index_the_way_to_one_is_told(tmp_path: Path, build: BuildSite) -> None:
    empty = build(tmp_path / "nowhere")
    for path in ("/ask?q=x", "/passages?q=x", "/examples", "/documents", "/documents/x"):
        response = empty.client.get(path)
        assert "wenda index" in problem(response, 503, "unavailable")["detail"]
        assert response.headers["retry-after"] == "5"


def test_a_whole_number_may_be_written_as_json_likes(site: Site) -> None:
    response = site.client.post("/ask", {"question": JOBS, "top_k": 2.0})
    assert len(response.json()["passages"]) == 2
    problem(site.client.post("/ask", {"question": JOBS, "top_k": 2.5}), 422, "invalid_request")


def test_another_method_is_told_all_that_there_are(site: Site) -> None:
    response = site.client.send("PUT", "/ask")
    assert "GET, POST" in problem(response, 405, "method_not_allowed")["detail"]
    assert response.headers["allow"] == "GET, POST"


def test_small_talk_gets_a_reply_in_its_language_and_is_no_abstention(site: Site) -> None:
    before = site.client.get("/metrics").text
    thanked = site.client.post("/ask", {"question": "谢谢！"}).json()
    assert (thanked["kind"], thanked["answered"], thanked["citations"]) == ("thanks", False, [])
    assert thanked["reply"] == "不客气。有问题随时再问。"
    assert "wenda_abstentions_total" not in _changed(before, site.client.get("/metrics").text)
    listed = site.client.post("/ask", {"question": "What documents do you have?"}).json()
    assert listed["kind"] == "documents"
    assert str(listed["listing"]["documents"]) in listed["reply"]
    assert listed["listing"]["listed"][0]["url"].startswith("/documents/")
    assert site.client.post("/ask", {"question": JOBS}).json()["reply"] is None


def _changed(before: str, after: str) -> str:
    return "\n".join(set(after.splitlines()) - set(before.splitlines()))


def test_a_greeting_is_looked_up_where_passages_are_asked_for(site: Site) -> None:
    assert site.client.get("/passages", params={"q": "hello"}).json()["passages"]


@pytest.mark.parametrize("path", ["/ask", "/passages"])
def test_a_filter_leaves_only_its_documents(site: Site, path: str) -> None:
    everywhere = site.client.get(path, params={"q": JOBS}).json()
    first = everywhere["passages"][0]["path"]
    name = first.rpartition("/")[2]
    narrowed = site.client.get(path, params={"q": JOBS, "document": name}).json()
    assert {each["path"] for each in narrowed["passages"]} == {first}
    assert narrowed["narrowed"]["documents"] == 1
    nothing = site.client.get(path, params={"q": JOBS, "folder": "nowhere"}).json()
    assert (nothing["passages"], nothing["narrowed"]["documents"]) == ([], 0)


def test_a_filter_in_the_body_is_the_same(site: Site) -> None:
    answer = site.client.post("/ask", {"question": JOBS, "type": "nothing"}).json()
    assert (answer["answered"], answer["suggestions"]) == (False, [])
    assert answer["narrowed"]["type"] == "nothing"


def test_what_is_no_date_is_refused(site: Site) -> None:
    for response in (
        site.client.get("/ask", params={"q": JOBS, "after": "soon"}),
        site.client.post("/ask", {"question": JOBS, "before": "2024-1-1-1"}),
    ):
        problem(response, 422, "invalid_request")
