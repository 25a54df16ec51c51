"""Who may do what, and how often."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request

from api.problems import Refusal
from api.rates import Rates, caller_of

Bearer = Annotated[
    HTTPAuthorizationCredentials | None,
    Security(HTTPBearer(auto_error=False, description="An API key, or the admin token.")),
]
KeyHeader = Annotated[str | None, Security(APIKeyHeader(name="X-API-Key", auto_error=False))]

_NO_KEY = (
    "This server answers only with an API key. Send it as Authorization: Bearer KEY, or as "
    "X-API-Key: KEY."
)
_WRONG_KEY = "The API key is not one of this server's. Ask whoever runs it for one."
_NO_ADMIN = (
    "This server has no admin token, so nothing can be changed from here. Set WENDA_ADMIN_TOKEN "
    "and start it again."
)
_NOT_ADMIN = (
    "Only with the admin token. Send it as Authorization: Bearer TOKEN; it is WENDA_ADMIN_TOKEN "
    "of the server."
)
_CHALLENGE = {"WWW-Authenticate": "Bearer"}


class Access:
    """Guards routes. The admin token opens what a key opens, too.

    `asking`, `reading` and `administering` are what a router depends on.
    """

    def __init__(self, keys: Sequence[str], admin_token: str | None, rates: Rates) -> None:
        self._admin = _digest(admin_token) if admin_token else None
        self._keys = [_digest(key) for key in keys]
        self._rates = rates

    @property
    def asking(self) -> list[Any]:
        return [Depends(self._ask_with_key if self._keys else self._ask)]

    @property
    def reading(self) -> list[Any]:
        return [Depends(self._read_with_key if self._keys else self._read)]

    @property
    def administering(self) -> list[Any]:
        return [Depends(self._administer)]

    async def _ask(self, request: Request) -> None:
        await self._rates.ask(_address(request))

    async def _read(self, request: Request) -> None:
        await self._rates.read(_address(request))

    async def _ask_with_key(self, request: Request, bearer: Bearer, key: KeyHeader) -> None:
        await self._rates.ask(await self._holder(request, bearer, key))

    async def _read_with_key(self, request: Request, bearer: Bearer, key: KeyHeader) -> None:
        await self._rates.read(await self._holder(request, bearer, key))

    async def _administer(self, request: Request, bearer: Bearer) -> None:
        """Wrong tokens count, so that nobody can try many."""
        await self._rates.ask(_address(request))
        if self._admin is None:
            raise Refusal(403, "no_admin_token", _NO_ADMIN)
        if bearer is None or not _is_one_of(bearer.credentials, [self._admin]):
            raise Refusal(401, "unauthorized", _NOT_ADMIN, headers=_CHALLENGE)

    async def _holder(
        self, request: Request, bearer: HTTPAuthorizationCredentials | None, key: str | None
    ) -> str:
        """A name for the holder of the key. Without a right one, the address is counted."""
        given = bearer.credentials if bearer is not None else key
        known = [*self._keys, *([self._admin] if self._admin else [])]
        if given is not None and _is_one_of(given, known):
            return _digest(given).hex()
        await self._rates.ask(_address(request))
        words = _NO_KEY if given is None else _WRONG_KEY
        raise Refusal(401, "unauthorized", words, headers=_CHALLENGE)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()


def _is_one_of(given: str, known: Sequence[bytes]) -> bool:
    """In a time that tells nothing: all are compared, as digests of one length."""
    digest = _digest(given)
    found = False
    for secret in known:
        found |= hmac.compare_digest(digest, secret)
    return found


def _address(request: Request) -> str:
    return caller_of(request.client.host) if request.client is not None else "unknown"
