"""API keys, the admin token, users of a trusted proxy: who calls, and what they may see."""

import hmac
from collections.abc import Sequence

from starlette.requests import Request

from api.access.rate_limits import RateLimits, client_network, public_limits
from api.http.problems import Refusal
from api.options import ApiOptions
from rag.errors import CollectionError
from rag.serving.collections import ANYBODY, OWNER, Caller, Collection, Collections, View
from rag.serving.collections.rights import key_digest

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

    The `let` methods raise Refusal for a request that may not. Without one of them a request has no
    view, so a route can show nothing.
    """

    def __init__(self, options: ApiOptions, collections: Collections) -> None:
        """Raises SettingsError for limits that cannot be used."""
        self._admin = key_digest(options.admin_token) if options.admin_token else None
        self._api_keys = [*map(key_digest, options.api_keys)]
        self._user_header = options.user_header
        self._collections = collections
        self._limits = RateLimits(options.rate_limit)
        self._public_limits = dict[str, tuple[str, RateLimits]]()
        for each in collections.everything.collections:
            self._public_limit_of(each)

    @property
    def knows_keys(self) -> bool:
        """Whether there are keys at all; else everybody may ask."""
        return bool(self._keys) or self._collections.are_named

    @property
    def guards_figures(self) -> bool:
        """Whether metrics of the whole server are for administrators: with collections they are."""
        return self._collections.are_named

    async def let_ask(self, request: Request, key: str | None) -> None:
        await self._identify(request, key)
        await self._limits.count_question(request.state.counted)

    async def let_read(self, request: Request, key: str | None) -> None:
        await self._identify(request, key)
        await self._limits.count_reading(request.state.counted)

    async def let_administer(self, request: Request, token: str | None) -> None:
        """Lets administrators in. Requests with a wrong token count too, so that nobody can try
        many. Raises Refusal.
        """
        await self._limits.count_question(_address(request))
        self._check_admin(token)
        self._let_in(request, OWNER, _address(request))

    async def let_manage(self, request: Request, token: str | None) -> None:
        """For administrators too, in work that takes many requests, which count as readings. Raises
        Refusal.
        """
        try:
            self._check_admin(token)
        except Refusal:
            await self._limits.count_question(_address(request))
            raise
        await self._limits.count_reading(_address(request))
        self._let_in(request, OWNER, _address(request))

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
            if each.rate_limit and not each.rights.name_caller(request.state.caller):
                await self._public_limit_of(each).count_question(request.state.counted)

    def _public_limit_of(self, collection: Collection) -> RateLimits:
        """That of a collection, counted anew where it was changed."""
        limit, limits = self._public_limits.get(collection.name, ("", None))
        if limits is None or limit != collection.rate_limit:
            limits = public_limits(collection.name, collection.rate_limit)
            self._public_limits[collection.name] = (collection.rate_limit, limits)
        return limits

    @property
    def _keys(self) -> list[bytes]:
        return [*self._api_keys, *self._collections.keys]

    def _check_admin(self, token: str | None) -> None:
        if self._admin is None:
            raise Refusal(403, "no_admin_token", _NO_ADMIN)
        if token is None or not _is_one_of(token, [self._admin]):
            raise Refusal(401, "unauthorized", _NOT_ADMIN, headers=_CHALLENGE)

    async def _identify(self, request: Request, key: str | None) -> None:
        """Lets a request in for its key, the user that a proxy names, or as anybody.

        Raises Refusal for a wrong key, and for none where one is needed, CollectionError where
        there is nothing to see; then the request is counted for its address.
        """
        if not self.knows_keys:
            self._let_in(request, ANYBODY, _address(request))
            return
        try:
            caller = self._caller(request, key)
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
        """Who sends a request. Raises Refusal for an unknown key."""
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
