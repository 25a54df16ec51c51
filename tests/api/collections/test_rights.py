"""Who is let in: keys, users of a trusted proxy, everybody; and limits of public collections."""

import pytest

from rag.serving.collections import EVERYBODY, Rights
from tests.api.collections.conftest import (
    BOARD,
    OPEN,
    PEOPLE,
    RIGHTS,
    STAFF,
    BuildOffice,
    Office,
)
from tests.api.conftest import AS_ADMIN, Client, problem

CLOSED = {name: rights for name, rights in RIGHTS.items() if name != OPEN}


def names(office: Office, **headers: str) -> list[str]:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    state = office.client.get("/index", headers=given)
    assert state.status_code == 200, state.text
    return [each["name"] for each in state.json()["collections"]]


def test_a_user_of_the_proxy_sees_what_is_theirs(office: Office) -> None:
    assert names(office, remote_user="alice") == [OPEN, STAFF]
    for other in ("mallory", "Alice", "alice,bob", " "):
        assert names(office, remote_user=other) == [OPEN]
    both = {**PEOPLE["board"].headers, "Remote-User": "alice"}
    assert names(office, **both) == [OPEN, STAFF, BOARD]


def test_two_users_in_one_request_are_nobody(office: Office) -> None:
    twice = [("Remote-User", "alice"), ("Remote-User", "mallory")]
    state = office.client.get("/index", headers=twice).json()
    assert [each["name"] for each in state["collections"]] == [OPEN]


def test_without_the_setting_no_header_names_a_user(build_office: BuildOffice) -> None:
    assert names(build_office(user_header=""), remote_user="alice") == [OPEN]


def test_a_wrong_key_is_refused_although_there_is_a_public_collection(office: Office) -> None:
    for headers in ({"X-API-Key": "guess"}, {"Authorization": "Bearer guess"}):
        problem(office.client.get("/index", headers=headers), 401, "unauthorized")


def test_where_nothing_is_public_a_key_is_needed(build_office: BuildOffice) -> None:
    office = build_office(CLOSED)
    for path in ("/index", "/documents", "/ask?q=x", "/v1/models", "/examples"):
        problem(office.client.get(path), 401, "unauthorized")
    for headers in (PEOPLE["none"].headers, {"Remote-User": "mallory"}):
        for path in ("/index", "/documents", "/ask?q=x", "/v1/models", "/examples"):
            problem(office.client.get(path, headers=headers), 403, "no_collection")
    assert names(office, **PEOPLE["board"].headers) == [BOARD]
    ready = office.client.get("/readyz").json()
    assert (ready["generation"], ready["problem"]) == ("", None)


def test_the_admin_token_opens_everything(office: Office) -> None:
    assert names(office, **AS_ADMIN) == [OPEN, STAFF, BOARD]


def test_what_cannot_be_seen_counts_against_guessing(build_office: BuildOffice) -> None:
    office = build_office(CLOSED, rate_limit="3/minute")
    statuses = [office.client.get("/index").status_code for _ in range(4)]
    assert statuses == [401, 401, 401, 429]


def test_a_public_collection_has_a_limit_of_its_own(build_office: BuildOffice) -> None:
    office = build_office(limits={OPEN: "2/minute", STAFF: "2/minute"})

    def statuses(path: str, **headers: str) -> list[int]:
        return [office.client.get(path, headers=headers).status_code for _ in range(4)]

    assert statuses(f"/ask?q=x&collection={OPEN}") == [200, 200, 429, 429]
    other = Client(office.app, address="198.51.100.4")
    assert other.get(f"/passages?q=x&collection={OPEN}").status_code == 200
    # Reading is not asking; and who is named by the collection is not everybody.
    assert office.client.get("/documents").status_code == 200
    key = PEOPLE["staff"].headers
    assert statuses(f"/ask?q=x&collection={STAFF}", **key) == [200] * 4


@pytest.mark.parametrize("rights", [EVERYBODY, Rights()])
def test_rights_name_nobody_by_default(rights: Rights) -> None:
    assert rights.everybody is (rights is EVERYBODY)
    assert [*rights.keys, *rights.users, *rights.telegram] == []
