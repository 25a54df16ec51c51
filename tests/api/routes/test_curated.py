"""Curated answers over HTTP."""

import json
from typing import Any

import pytest

from rag.evaluation.question_sets import load_questions
from tests.api.conftest import AS_ADMIN, UNKNOWN, Site, problem

OTHER = "Welcher Berg ist es?"


def made(site: Site, **changes: object) -> dict[str, Any]:
    """The body that names the second sentence of a document."""
    documents = site.client.get("/documents", params={"q": "parks"}).json()["documents"]
    whole = site.client.get(f"/documents/{documents[0]['id']}").json()
    start, end = whole["paragraphs"][0]["sentences"][1]
    body = {"document_id": whole["id"], "start": start, "end": end, "questions": [UNKNOWN]}
    return {**body, "not_for": [OTHER], **changes}


def test_a_sentence_is_named_given_changed_exported_and_removed(site: Site, tmp_path: Any) -> None:
    assert site.client.get("/ask", params={"q": UNKNOWN}).json()["answered"] is False
    added = site.client.post("/curated", made(site), headers=AS_ADMIN)
    assert added.status_code == 201
    item = added.json()
    assert (item["sentence"], item["expired"]) == ("People are content.", False)
    answer = site.client.get("/ask", params={"q": UNKNOWN}).json()
    assert (answer["answer"], answer["curated"]) == ("People are content.", item["id"])
    assert item["url"].startswith(answer["citations"][0]["url"])
    listed = site.client.get("/curated", headers=AS_ADMIN).json()["curated"]
    assert listed == [item]
    exported = site.client.get("/curated/questions.jsonl", headers=AS_ADMIN)
    line = {"question": UNKNOWN, "must": ["People are content."], "document": "parks.txt"}
    assert [json.loads(each) for each in exported.text.splitlines()] == [line]
    (tmp_path / "questions.jsonl").write_text(exported.text, encoding="utf-8")
    assert len(load_questions(tmp_path / "questions.jsonl").questions) == 1
    changed = {"questions": [OTHER], "not_for": []}
    put = site.client.send("PUT", f"/curated/{item['id']}", json=changed, headers=AS_ADMIN)
    assert put.json()["questions"] == [OTHER]
    assert site.client.get("/ask", params={"q": UNKNOWN}).json()["curated"] is None
    gone = site.client.send("DELETE", f"/curated/{item['id']}", headers=AS_ADMIN)
    assert gone.status_code == 204
    assert site.client.get("/curated", headers=AS_ADMIN).json() == {"curated": []}
    again = site.client.send("DELETE", f"/curated/{item['id']}", headers=AS_ADMIN)
    problem(again, 404, "unknown_curated")


@pytest.mark.parametrize(
    "changes", [{"start": 1}, {"end": 10_000}, {"start": 50, "end": 40}, {"document_id": "none"}]
)
def test_only_whole_sentences_can_be_named(site: Site, changes: dict[str, object]) -> None:
    response = site.client.post("/curated", made(site, **changes), headers=AS_ADMIN)
    problem(response, 422, "no_sentence")


@pytest.mark.parametrize(
    "changes", [{"questions": []}, {"questions": ["x"] * 21}, {"not_for": [""]}, {"more": 1}]
)
def test_bodies_are_checked(site: Site, changes: dict[str, object]) -> None:
    response = site.client.post("/curated", made(site, **changes), headers=AS_ADMIN)
    problem(response, 422, "invalid_request")
