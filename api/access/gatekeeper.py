"""API keys, the admin token, users of a trusted proxy: who calls, and what they may see."""

import hmac
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request

from api.access.rate_limits import RateLimits, client_network
from api.http.problems import Refusal
from api.options import ApiOptions
from rag.errors import CollectionError
from rag.serving.collections import ANYBODY, OWNER, Caller, Collections, View
from rag.serving.collections.rights import key_digest

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
    """Checks keys and rate limits, and gives each request the view of what it may see. The admin
    token is accepted wherever a key is.

    `may_ask`, `may_read`, `may_administer`, `may_manage` and `may_measure` are lists of FastAPI
    dependencies for routes. Without them a request has no view, so a route can show nothing.
    """

    def __init__(self, options: ApiOptions, collections: Collections) -> None:
        """Raises SettingsError for limits that cannot be used."""
        self._admin = key_digest(options.admin_token) if options.admin_token else None
        self._keys = [*map(key_digest, options.api_keys), *collections.keys]
        self._user_header = options.user_header
        self._collections = collections
        self._limits = RateLimits(options.rate_limit)
        self._public_limits = {
            each.name: RateLimits(each.rate_limit, f"rate_limit of the collection {each.name}")
            for each in collections.everything.collections
            if each.rate_limit
        }

    @property
    def may_ask(self) -> list[Any]:
        return [Depends(self._ask_with_key if self._knows_keys else self._ask)]

    @property
    def may_read(self) -> list[Any]:
        return [Depends(self._read_with_key if self._knows_keys else self._read)]

    @property
    def may_administer(self) -> list[Any]:
        return [Depends(self._administer)]

    @property
    def may_manage(self) -> list[Any]:
        """For administrators too, but what takes many requests: those count as readings."""
        return [Depends(self._manage)]

    @property
    def may_measure(self) -> list[Any]:
        """For figures of everything: with collections, those are for administrators."""
        return self.may_manage if self._collections.are_named else self.may_read

    async def count_question(self, request: Request) -> None:
        """Counts a question within a request that was let in to read. Raises Refusal above the
        limit.
        """
        await self._limits.count_question(request.state.counted)

    async def count_public(self, request: Request, view: View) -> None:
        """Counts a question to collections that have a limit of their own for everybody. Raises
        Refusal above one of them.
        """
        for each in view.collections:
            limits = self._public_limits.get(each.name)
            if limits is not None and not each.rights.name_caller(request.state.caller):
                await limits.count_question(request.state.counted)

    @property
    def _knows_keys(self) -> bool:
        return bool(self._keys) or self._collections.are_named

    async def _ask(self, request: Request) -> None:
        self._let_in(request, ANYBODY, _address(request))
        await self._limits.count_question(request.state.counted)

    async def _read(self, request: Request) -> None:
        self._let_in(request, ANYBODY, _address(request))
        await self._limits.count_reading(request.state.counted)

    async def _ask_with_key(self, request: Request, bearer: Bearer, key: KeyHeader) -> None:
        await self._identify(request, bearer, key)
        await self._limits.count_question(request.state.counted)

    async def _read_with_key(self, request: Request, bearer: Bearer, key: KeyHeader) -> None:
        await self._identify(request, bearer, key)
        await self._limits.count_reading(request.state.counted)

    async def _administer(self, request: Request, bearer: Bearer) -> None:
        """Requests with a wrong token count too, so that nobody can try many."""
        await self._limits.count_question(_address(request))
        self._check_admin(bearer)
        self._let_in(request, OWNER, _address(request))

    async def _manage(self, request: Request, bearer: Bearer) -> None:
        try:
            self._check_admin(bearer)
        except Refusal:
            await self._limits.count_question(_address(request))
            raise
        await self._limits.count_reading(_address(request))
        self._let_in(request, OWNER, _address(request))

    def _check_admin(self, bearer: HTTPAuthorizationCredentials | None) -> None:
        if self._admin is None:
            raise Refusal(403, "no_admin_token", _NO_ADMIN)
        if bearer is None or not _is_one_of(bearer.credentials, [self._admin]):
            raise Refusal(401, "unauthorized", _NOT_ADMIN, headers=_CHALLENGE)

    async def _identify(
        self, request: Request, bearer: HTTPAuthorizationCredentials | None, key: str | None
    ) -> None:
        """Lets a request in for its key, the user that a proxy names, or as anybody.

        Raises Refusal with a wrong key, and without any where one is needed, CollectionError where
        there is nothing to see; then the request is counted for its address.
        """
        given = bearer.credentials if bearer is not None else key
        try:
            caller = self._caller(request, given)
            view = self._collections.seen_by(caller)
            open_to = self._collections.are_named and (caller.user or view.collections)
            if caller.key is None and not open_to:
                raise _unauthorized(_NO_KEY)
            _ = view.first  # raises where there is none
        except (Refusal, CollectionError):
            await self._limits.count_question(_address(request))
            raise
        named = caller.key.hex() if caller.key is not None else caller.user and f"@{caller.user}"
        self._let_in(request, caller, named or _address(request))

    def _caller(self, request: Request, given: str | None) -> Caller:
        """Who sends a request. Raises Refusal for a key that is none."""
        users = request.headers.getlist(self._user_header) if self._user_header else []
        # Of several such headers, one may be the client's own.
        user = users[0].strip() or None if len(users) == 1 else None
        if given is None:
            return Caller(user=user)
        if not _is_one_of(given, [*self._keys, *([self._admin] if self._admin else [])]):
            raise _unauthorized(_WRONG_KEY)
        digest = key_digest(given)
        return Caller(digest, user, owner=digest == self._admin)

    def _let_in(self, request: Request, caller: Caller, counted: str) -> None:
        request.state.caller = caller
        request.state.view = self._collections.seen_by(caller)
        request.state.counted = counted


def _unauthorized(message: str) -> Refusal:
    return Refusal(401, "unauthorized", message, headers=_CHALLENGE)


def _is_one_of(given: str, known: Sequence[bytes]) -> bool:
    """Compares in constant time: with every known digest, all of one length."""
    digest = key_digest(given)
    found = False
    for secret in known:
        found |= hmac.compare_digest(digest, secret)
    return found


def _address(request: Request) -> str:
    return client_network(request.client.host) if request.client is not None else "unknown"
