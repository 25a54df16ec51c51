"""API keys, the admin token and rate limits."""

from pathlib import Path

import httpx
import pytest

from api.access.gatekeeper import Gatekeeper
from api.access.rate_limits import RateLimits, client_network
from api.options import ApiOptions
from rag.errors import SettingsError
from rag.serving.collections import Collections
from tests.api.conftest import ADMIN, AS_ADMIN, JOBS, BuildSite, Client, Site, problem

KEYS = ("first-key", "zweiter Schlüssel")
GUARDED = [
    *(("POST", "/ask"), ("GET", f"/ask?q={JOBS}"), ("GET", "/passages?q=x"), ("GET", "/examples")),
    *(("GET", "/documents"), ("GET", "/documents/x"), ("GET", "/index")),
    *(("GET", "/documents/x/places"), ("GET", "/documents/x/pages/1.png")),
    *(("GET", "/index/jobs/x"), ("POST", "/feedback"), ("GET", "/metrics"), ("GET", "/v1/models")),
    *(("GET", "/v1/models/wenda"), ("POST", "/v1/chat/completions")),
]
ADMINISTERED = [
    *(("POST", "/index/rebuild"), ("PUT", "/documents/x"), ("DELETE", "/documents/x")),
    *(("GET", "/uploads"), ("GET", "/uploads/x"), ("POST", "/uploads/x/undo")),
    *(("GET", "/questions"), ("POST", "/questions/try"), ("POST", "/questions/forget")),
    *(("GET", "/curated"), ("POST", "/curated"), ("GET", "/curated/questions.jsonl")),
    *(("PUT", "/curated/x"), ("DELETE", "/curated/x")),
]


@pytest.fixture(scope="module")
def locked(indexed: Path, build_shared: BuildSite) -> Site:
    """An application that answers only with a key."""
    return build_shared(indexed, api_keys=KEYS, admin_token=ADMIN)


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_without_a_key_nothing_is_told(locked: Site, method: str, path: str) -> None:
    for headers in ({}, {"X-API-Key": "wrong"}, {"Authorization": "Bearer wrong"}):
        response = locked.client.send(method, path, headers=headers)
        problem(response, 401, "unauthorized")
        assert response.headers["www-authenticate"] == "Bearer"


def test_every_route_but_health_and_the_description_is_guarded(locked: Site) -> None:
    described = locked.client.get("/openapi.json").json()["paths"]
    routes = {(method.upper(), path) for path, methods in described.items() for method in methods}
    guarded = {(method, path.partition("?")[0]) for method, path in GUARDED}
    named = {
        (
            method,
            path.replace("{identity}", "x").replace("{name}", "wenda").replace("{number}", "1"),
        )
        for method, path in routes
    }
    assert named - guarded == {("GET", "/healthz"), ("GET", "/readyz"), *ADMINISTERED}


@pytest.mark.parametrize(
    ("keys", "asked_for"), [((), []), (KEYS, [{"HTTPBearer": []}, {"APIKeyHeader": []}])]
)
def test_keys_are_described_where_they_are_asked_for(
    home: Path, build: BuildSite, keys: tuple[str, ...], asked_for: list[object]
) -> None:
    described = build(home, api_keys=keys).client.get("/openapi.json").json()
    paths, schemes = described["paths"], described["components"]["securitySchemes"]
    for path in ("/ask", "/documents", "/metrics", "/v1/models"):
        assert paths[path]["get"].get("security", []) == asked_for
    assert paths["/questions"]["get"]["security"] == [{"HTTPBearer": []}]
    assert "security" not in paths["/healthz"]["get"]
    assert ("APIKeyHeader" in schemes) == bool(keys)


@pytest.mark.parametrize(("method", "path"), ADMINISTERED)
def test_a_key_does_not_make_an_administrator(locked: Site, method: str, path: str) -> None:
    response = locked.client.send(method, path, headers={"Authorization": f"Bearer {KEYS[0]}"})
    problem(response, 401, "unauthorized")


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": f"Bearer {KEYS[0]}"},
        {"authorization": f"bearer {KEYS[0]}"},
        {"X-API-Key": KEYS[0]},
        AS_ADMIN,
    ],
)
def test_with_a_key_or_the_admin_token_it_answers(locked: Site, headers: dict[str, str]) -> None:
    assert locked.client.get("/ask", params={"q": JOBS}, headers=headers).status_code == 200


def test_a_key_does_not_rebuild(locked: Site) -> None:
    response = locked.client.post("/index/rebuild", headers={"Authorization": f"Bearer {KEYS[0]}"})
    problem(response, 401, "unauthorized")


def test_secrets_are_in_no_representation() -> None:
    options = ApiOptions(admin_token=ADMIN, api_keys=KEYS, rate_limit="off")
    assert ADMIN not in repr(options)
    assert KEYS[0] not in repr(options)
    assert KEYS[0] not in str(vars(Gatekeeper(options, Collections([]))))


def test_questions_past_the_limit_wait(home: Path, build: BuildSite) -> None:
    site = build(home, rate_limit="3/minute")

    async def ask(client: httpx.AsyncClient) -> httpx.Response:
        return await client.get("/ask", params={"q": JOBS})

    responses = site.client.together(*[ask] * 5)
    assert sorted(response.status_code for response in responses) == [200, 200, 200, 429, 429]
    refused = next(response for response in responses if response.status_code == 429)
    problem(refused, 429, "rate_limited")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    # Others are not touched, nor is reading, nor health.
    assert Client(site.app, address="198.51.100.4").get("/ask?q=x").status_code == 200
    assert site.client.get("/documents").status_code == 200
    assert site.client.get("/healthz").status_code == 200


def test_reading_has_a_limit_of_its_own(home: Path, build: BuildSite) -> None:
    site = build(home, rate_limit="2/minute")

    async def read(client: httpx.AsyncClient) -> int:
        return (await client.get("/documents")).status_code

    assert sorted(site.client.together(*[read] * 25)) == [200] * 20 + [429] * 5


def test_keys_are_counted_apart_and_wrong_ones_by_address(home: Path, build: BuildSite) -> None:
    site = build(home, api_keys=KEYS, rate_limit="2/minute")

    def status(key: str) -> int:
        return site.client.get("/ask?q=x", headers={"X-API-Key": key}).status_code

    assert [status("wrong") for _ in range(3)] == [401, 401, 429]
    assert [status(KEYS[0]) for _ in range(3)] == [200, 200, 429]
    assert status("guess") == 429


def test_the_admin_token_cannot_be_guessed_without_end(home: Path, build: BuildSite) -> None:
    site = build(home, admin_token=ADMIN, rate_limit="2/minute")
    for path in ("/index/rebuild", "/uploads/x/undo"):
        statuses = [
            site.client.post(path, headers={"Authorization": f"Bearer {n}"}).status_code
            for n in range(3)
        ]
        assert statuses == ([401, 401, 429] if "index" in path else [429] * 3)


@pytest.mark.parametrize(
    ("address", "caller"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_of_ipv6_the_network_is_counted(address: str, caller: str) -> None:
    assert client_network(address) == caller


@pytest.mark.parametrize("limit", ["", " ", "0", "off", "OFF", "0/minute"])
def test_a_limit_can_be_none(home: Path, build: BuildSite, limit: str) -> None:
    site = build(home, rate_limit=limit)
    assert {site.client.get("/ask?q=x").status_code for _ in range(5)} == {200}


@pytest.mark.parametrize("limit", ["many", "60", "60/fortnight", "-1/minute", "60/minute;"])
def test_a_limit_that_is_none_names_the_setting(limit: str) -> None:
    with pytest.raises(SettingsError, match="WENDA_RATE_LIMIT"):
        RateLimits(limit)
