"""Documents over HTTP: their facts, and their texts with all that offsets refer to."""

import pytest

from rag.documents import LeftOut
from rag.index.corpus.corpus import Corpus
from tests.api.conftest import TEXTS, Site, problem


@pytest.fixture(scope="module")
def site(shared_site: Site) -> Site:
    """No test of this module changes anything."""
    return shared_site


def test_all_documents_are_listed_with_their_facts(site: Site) -> None:
    answer = site.client.get("/documents").json()
    listed = answer["documents"]
    assert (answer["total"], answer["next"]) == (len(TEXTS), None)
    assert [each["path"] for each in listed] == [f"seeds/{path}" for path in sorted(TEXTS)]
    roads = next(each for each in listed if each["path"] == "seeds/地方/roads.txt")
    assert (roads["script"], roads["paragraphs"]) == ("Hant", 1)
    assert set(roads) == {
        *("id", "path", "title", "date", "source", "language", "script", "paragraphs")
    }


def test_the_list_comes_in_parts(site: Site) -> None:
    paths: list[str] = []
    after: dict[str, str] = {}
    for at in range(len(TEXTS)):
        part = site.client.get("/documents", params={"limit": 1, **after}).json()
        paths += [each["path"] for each in part["documents"]]
        assert part["total"] == len(TEXTS)
        assert (part["next"] is None) == (at == len(TEXTS) - 1)
        after = {"after": part["next"]}
    assert paths == [f"seeds/{path}" for path in sorted(TEXTS)]


def test_the_list_is_filtered_by_title_and_path(site: Site) -> None:
    part = site.client.get("/documents", params={"q": "地方/ROADS"}).json()
    assert [each["path"] for each in part["documents"]] == ["seeds/地方/roads.txt"]
    assert (part["total"], part["next"]) == (1, None)
    assert site.client.get("/documents", params={"q": "nowhere"}).json()["documents"] == []


def test_a_part_that_begins_nowhere_says_where_to_begin(site: Site) -> None:
    response = site.client.get("/documents", params={"after": "gone"})
    assert "without `after`" in problem(response, 404, "unknown_document")["detail"]


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 1001}, {"q": "x" * 201}])
def test_a_part_that_is_too_large_is_refused(site: Site, query: dict[str, object]) -> None:
    problem(site.client.get("/documents", params=query), 422, "invalid_request")


def test_a_document_has_its_text_and_what_offsets_refer_to(site: Site) -> None:
    for listed in site.client.get("/documents").json()["documents"]:
        document = site.client.get(f"/documents/{listed['id']}").json()
        stored = site.serving.service.generation.corpus.document(listed["id"])
        assert stored is not None
        assert document["text"] == stored.text
        facts = [name for name in listed if name != "paragraphs"]
        assert [document[name] for name in facts] == [listed[name] for name in facts]
        (paragraph,) = document["paragraphs"]
        assert paragraph["lines"] == [1, 1]
        assert paragraph["kind"] == stored.paragraphs[0].kind
        sentences = [document["text"][start:end] for start, end in paragraph["sentences"]]
        assert "".join(sentences).replace(" ", "") == document["text"][
            paragraph["start"] : paragraph["end"]
        ].replace(" ", "")


def test_a_document_tells_what_its_file_has_besides(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    (listed, *_) = site.client.get("/documents").json()["documents"]
    path = f"/documents/{listed['id']}"
    assert site.client.get(path).json()["left_out"] == []
    parts = (LeftOut("picture", 2), LeftOut("hidden sheet", place="Rates"))
    monkeypatch.setattr(
        Corpus, "left_out", lambda _corpus, identity: parts * (identity == listed["id"])
    )
    told = site.client.get(path).json()["left_out"]
    assert told[0] == {"what": "picture", "count": 2, "place": "", "reason": ""}
    assert told[1]["place"] == "Rates"


@pytest.mark.parametrize(
    "identity",
    ["nope", "..", "%2e%2e%2fjobs.txt", "..%5C..%5Cetc", "%00", "a" * 300, "seeds/jobs.txt", "'--"],
)
def test_only_ids_of_the_index_lead_to_documents(site: Site, identity: str) -> None:
    response = site.client.get(f"/documents/{identity}")
    assert response.status_code == 404
    assert response.json()["code"] in ("unknown_document", "not_found")


def test_an_id_that_is_far_too_long_is_refused(site: Site) -> None:
    problem(site.client.get(f"/documents/{'a' * 301}"), 422, "invalid_request")
