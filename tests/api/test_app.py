"""What every response has, whatever becomes of the request."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from rag.errors import SettingsError
from tests.api.conftest import JOBS, BuildSite, Site, problem

SAFE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


@pytest.fixture(scope="module")
def site(shared_site: Site) -> Site:
    """No test of this module changes anything."""
    return shared_site


@pytest.mark.parametrize(
    "path", ["/healthz", f"/ask?q={JOBS}", "/nothing", "/ask", "/openapi.json"]
)
def test_every_response_has_safe_headers(site: Site, path: str) -> None:
    headers = site.client.get(path).headers
    assert {name: headers[name] for name in SAFE} == SAFE
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "access-control-allow-origin" not in headers


def test_other_sites_may_ask_only_when_they_are_named(home: Path, build: BuildSite) -> None:
    site = build(home, cors_origins=("https://app.example",))
    preflight = {"Access-Control-Request-Method": "POST", "Origin": "https://app.example"}
    allowed = site.client.send("OPTIONS", "/ask", headers=preflight)
    assert allowed.headers["access-control-allow-origin"] == "https://app.example"
    other = site.client.send(
        "OPTIONS", "/ask", headers=preflight | {"Origin": "https://evil.example"}
    )
    assert "access-control-allow-origin" not in other.headers
    refused = site.client.get("/nothing", headers={"Origin": "https://app.example"})
    assert refused.headers["access-control-allow-origin"] == "https://app.example"


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("wenda.example", True),
        ("WENDA.example:8443", True),
        ("a.docs.example", True),
        ("docs.example", False),
        ("evil.example", False),
        ("wenda.example.evil.example", False),
        ("", False),
        ("[::1", False),
        ("wenda.example@evil.example", False),
    ],
)
def test_only_trusted_names_are_served(
    home: Path, build: BuildSite, host: str, *, known: bool
) -> None:
    site = build(home, trusted_hosts=("wenda.example", "*.docs.example"))
    response = site.client.get("/healthz", headers={"Host": host})
    if known:
        assert response.status_code == 200
    else:
        assert "WENDA_TRUSTED_HOSTS" in problem(response, 400, "unknown_host")["detail"]


def test_what_fails_unexpectedly_tells_nothing_and_is_logged_without_words(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(question: str, *_given: object) -> None:
        raise RuntimeError(question)

    monkeypatch.setattr(site.serving.service, "ask_question", fail)
    with caplog.at_level(logging.DEBUG):
        response = site.client.get("/ask", params={"q": "PRIVATE QUESTION"})
    problem(response, 500, "internal")
    assert "PRIVATE" not in response.text
    assert "/ask failed: RuntimeError" in caplog.text
    assert "in fail" in caplog.text  # where it happened
    ours = [record for record in caplog.records if record.name.startswith(("api", "rag"))]
    assert not [record for record in ours if "PRIVATE" in record.getMessage()]


def test_a_body_past_the_limit_is_refused_however_it_is_sent(home: Path, build: BuildSite) -> None:
    site = build(home, body_bytes=1000)

    def chunks() -> Iterator[bytes]:
        for _ in range(20):
            yield b"x" * 100

    async def streamed(client: httpx.AsyncClient) -> httpx.Response:
        async def content() -> AsyncIterator[bytes]:
            for chunk in chunks():
                yield chunk

        return await client.post("/ask", content=content())

    for response in (
        site.client.send("POST", "/ask", content=b"x" * 1001),
        site.client.together(streamed)[0],
        site.client.send("GET", "/ask?q=x", content=b"x" * 1001),
        site.client.send("POST", "/healthz", content=b"x" * 1001),
    ):
        problem(response, 413, "too_large")
        assert response.headers["connection"] == "close"
    largest = b'{"question": "x"}'.ljust(1000)
    kind = {"Content-Type": "application/json"}
    assert site.client.send("POST", "/ask", content=largest, headers=kind).status_code == 200


def test_a_body_that_does_not_come_is_not_waited_for(home: Path, build: BuildSite) -> None:
    site = build(home, body_seconds=0.05)

    async def slow(client: httpx.AsyncClient) -> httpx.Response:
        async def content() -> AsyncIterator[bytes]:
            yield b"{"
            await asyncio.sleep(30)

        return await client.post("/ask", content=content())

    problem(site.client.together(slow)[0], 408, "slow_body")


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b'{"question": "\xff"}', "application/json", 400, "bad_request"),
        (b"[" * 100_000, "application/json", 400, "bad_request"),
        (b'{"question":', "application/json", 422, "invalid_request"),
        (b'{"question": "x"}', "text/plain", 422, "invalid_request"),
        (b"question=x", "application/x-www-form-urlencoded", 422, "invalid_request"),
        (b'{"question": "x"}', "", 422, "invalid_request"),
        (b"", "application/json", 422, "invalid_request"),
    ],
)
def test_a_body_that_is_no_json_is_refused(
    site: Site, content: bytes, kind: str, status: int, code: str
) -> None:
    headers = {"Content-Type": kind} if kind else {}
    problem(site.client.send("POST", "/ask", content=content, headers=headers), status, code)


def test_web_sockets_are_not_spoken(site: Site) -> None:
    sent: list[object] = []

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: object) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/ask", "headers": []}
    asyncio.run(site.app(scope, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1000}]


def test_a_setting_that_cannot_be_used_is_named_at_once(home: Path, build: BuildSite) -> None:
    with pytest.raises(SettingsError, match="WENDA_RATE_LIMIT"):
        build(home, rate_limit="now and then")


def test_applications_in_one_process_are_told_apart(home: Path, build: BuildSite) -> None:
    one = build(home, version="1")
    other = build(home, version="2", api_keys=("a key",))
    for site, version, status in ((one, "1", 200), (other, "2", 401), (one, "1", 200)):
        assert site.client.get("/healthz").json()["version"] == version
        assert site.client.get("/ask", params={"q": JOBS}).status_code == status
    assert 'wenda_questions_total{channel="ask"} 2.0' in one.client.get("/metrics").text
