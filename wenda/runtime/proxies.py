"""Users whom a trusted proxy names in a header; nobody else may name one."""

from typing import Protocol

from starlette.types import ASGIApp, Receive, Scope, Send

from rag.errors import SettingsError


class TrustedAddresses(Protocol):
    """Addresses of trusted proxies."""

    def __contains__(self, address: str, /) -> bool: ...


class NamedUsers:
    """Takes the header away from requests that do not come from a trusted proxy itself."""

    def __init__(self, app: ASGIApp, trusted: TrustedAddresses, header: str) -> None:
        self._app = app
        self._trusted = trusted
        self._header = header.lower().encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        if scope["type"] == "http" and (client is None or client[0] not in self._trusted):
            headers = [(name, value) for name, value in scope["headers"] if name != self._header]
            scope = {**scope, "headers": headers}
        await self._app(scope, receive, send)


def check_proxies(header: str, proxies: str) -> None:
    """Raises SettingsError where a header would be believed that anybody can send."""
    if header and (not proxies.strip() or "*" in proxies):
        raise SettingsError(
            f"WENDA_USER_HEADER={header} is believed only from proxies that are named: set "
            "WENDA_TRUSTED_PROXIES to their addresses, like 127.0.0.1, and not to *."
        )
