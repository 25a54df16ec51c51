"""Rate limits: a sliding window of requests for each key or address."""

import ipaddress
import math
import time

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from api.http.problems import Refusal
from rag.errors import SettingsError

#: Reading costs little: it has a window of its own, with a limit this many times that of questions.
_READINGS_PER_QUESTION = 10
_TOO_MANY = "More than {} were sent. Wait {} seconds, then go on."


class RateLimits:
    """Counts the requests of each caller. Belongs to one event loop.

    `limit` is like `60/minute` or `1000/2 hours`; empty, `off` or 0 mean no limit. Raises
    SettingsError for anything else, which names the `setting`.
    """

    def __init__(self, limit: str, setting: str = "WENDA_RATE_LIMIT") -> None:
        asking = _parsed(limit, setting)
        self._asking = asking
        self._reading = asking and type(asking)(
            asking.amount * _READINGS_PER_QUESTION, asking.multiples
        )
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def count_question(self, caller: str) -> None:
        """Counts a question, feedback or a rebuild. Raises Refusal above the limit."""
        if self._asking is not None:
            await self._count(self._asking, caller, "ask")

    async def count_reading(self, caller: str) -> None:
        """Counts a request that only reads. Raises Refusal above the limit."""
        if self._reading is not None:
            await self._count(self._reading, caller, "read")

    async def _count(self, limit: RateLimitItem, caller: str, window: str) -> None:
        if await self._limiter.hit(limit, window, caller):
            return
        reset, _ = await self._limiter.get_window_stats(limit, window, caller)
        seconds = max(1, math.ceil(reset - time.time()))
        raise Refusal(
            429,
            "rate_limited",
            _TOO_MANY.format(f"{limit.amount} requests in {limit.get_expiry()} seconds", seconds),
            headers={"Retry-After": str(seconds)},
        )


def public_limits(name: str, limit: str) -> RateLimits:
    """Those of a collection for everybody. Raises SettingsError for a limit that is none."""
    return RateLimits(limit, f"rate_limit of the collection {name}")


def client_network(address: str) -> str:
    """Who is counted for an address: an IPv4 address itself, of IPv6 its /64 network.

    One subscriber has a whole /64 network, so single addresses would be no limit.
    """
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((known, 64), strict=False))


def _parsed(limit: str, setting: str) -> RateLimitItem | None:
    if limit.strip().lower() in ("", "0", "off"):
        return None
    try:
        parsed = parse(limit)
    except ValueError as error:
        raise SettingsError(
            f"{setting}={limit!r} cannot be used. Give a number and a time, like 60/minute "
            "or 1000/2 hours, or off."
        ) from error
    return parsed if parsed.amount > 0 else None
