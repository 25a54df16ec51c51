"""API keys and the admin token: who may call a route."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request

from api.access.rate_limits import RateLimits, client_network
from api.http.problems import Refusal

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


class Gatekeeper:
    """Checks keys and rate limits. The admin token is accepted wherever a key is.

    `may_ask`, `may_read`, `may_administer` and `may_manage` are lists of FastAPI dependencies for
    routes.
    """

    def __init__(self, keys: Sequence[str], admin_token: str | None, limits: RateLimits) -> None:
        self._admin = _digest(admin_token) if admin_token else None
        self._keys = [_digest(key) for key in keys]
        self._limits = limits

    @property
    def may_ask(self) -> list[Any]:
        return [Depends(self._ask_with_key if self._keys else self._ask)]

    @property
    def may_read(self) -> list[Any]:
        return [Depends(self._read_with_key if self._keys else self._read)]

    @property
    def may_administer(self) -> list[Any]:
        return [Depends(self._administer)]

    @property
    def may_manage(self) -> list[Any]:
        """For administrators too, but what takes many requests: those count as readings."""
        return [Depends(self._manage)]

    async def count_question(self, request: Request) -> None:
        """Counts a question within a request that was let in to read. Raises Refusal above the
        limit.
        """
        await self._limits.count_question(request.state.caller)

    async def _ask(self, request: Request) -> None:
        await self._limits.count_question(_address(request))

    async def _read(self, request: Request) -> None:
        await self._let_read(request, _address(request))

    async def _ask_with_key(self, request: Request, bearer: Bearer, key: KeyHeader) -> None:
        await self._limits.count_question(await self._key_holder(request, bearer, key))

    async def _read_with_key(self, request: Request, bearer: Bearer, key: KeyHeader) -> None:
        await self._let_read(request, await self._key_holder(request, bearer, key))

    async def _let_read(self, request: Request, caller: str) -> None:
        await self._limits.count_reading(caller)
        request.state.caller = caller

    async def _administer(self, request: Request, bearer: Bearer) -> None:
        """Requests with a wrong token count too, so that nobody can try many."""
        await self._limits.count_question(_address(request))
        self._check_admin(bearer)

    async def _manage(self, request: Request, bearer: Bearer) -> None:
        try:
            self._check_admin(bearer)
        except Refusal:
            await self._limits.count_question(_address(request))
            raise
        await self._limits.count_reading(_address(request))

    def _check_admin(self, bearer: HTTPAuthorizationCredentials | None) -> None:
        if self._admin is None:
            raise Refusal(403, "no_admin_token", _NO_ADMIN)
        if bearer is None or not _is_one_of(bearer.credentials, [self._admin]):
            raise Refusal(401, "unauthorized", _NOT_ADMIN, headers=_CHALLENGE)

    async def _key_holder(
        self, request: Request, bearer: HTTPAuthorizationCredentials | None, key: str | None
    ) -> str:
        """The name under which a key's requests are counted: its digest.

        Raises Refusal without a valid key, after the request is counted for its address.
        """
        given = bearer.credentials if bearer is not None else key
        known = [*self._keys, *([self._admin] if self._admin else [])]
        if given is not None and _is_one_of(given, known):
            return _digest(given).hex()
        await self._limits.count_question(_address(request))
        message = _NO_KEY if given is None else _WRONG_KEY
        raise Refusal(401, "unauthorized", message, headers=_CHALLENGE)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()


def _is_one_of(given: str, known: Sequence[bytes]) -> bool:
    """Compares in constant time: with every known digest, all of one length."""
    digest = _digest(given)
    found = False
    for secret in known:
        found |= hmac.compare_digest(digest, secret)
    return found


def _address(request: Request) -> str:
    return client_network(request.client.host) if request.client is not None else "unknown"
