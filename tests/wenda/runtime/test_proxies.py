"""A header that names a user is believed from a trusted proxy, and taken away from all others."""

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from wenda.runtime.proxies import NamedUsers

HEADERS = [(b"host", b"wenda"), (b"x-user", b"alice"), (b"x-user", b"bob"), (b"x-users", b"eve")]


def passed_on(kind: str, client: tuple[str, int] | None) -> list[tuple[bytes, bytes]]:
    """The headers that the application behind it sees."""
    seen: list[Any] = []

    async def application(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.extend(scope["headers"])

    async def nothing() -> Message:
        return {}

    async def send(_message: Message) -> None: ...

    guarded = NamedUsers(application, {"127.0.0.1"}, "X-User")
    scope = {"type": kind, "client": client, "headers": HEADERS}
    asyncio.run(guarded(scope, nothing, send))
    return seen


def test_the_proxy_names_users() -> None:
    assert passed_on("http", ("127.0.0.1", 5)) == HEADERS
    assert passed_on("lifespan", None) == HEADERS


@pytest.mark.parametrize("client", [("203.0.113.7", 5), None])
def test_nobody_else_does(client: tuple[str, int] | None) -> None:
    assert passed_on("http", client) == [HEADERS[0], HEADERS[3]]
