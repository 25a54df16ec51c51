"""How often somebody may ask: a sliding window for each key or address."""

import ipaddress
import math
import time

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from api.problems import Refusal
from rag.errors import SettingsError

#: Reading costs little: it is counted apart, with so many times the number.
_READINGS = 10
_WORDS = "More than {} were sent. Wait {} seconds, then go on."


class Rates:
    """Counts requests of each caller. Belongs to one event loop.

    `limit` is like `60/minute` or `1000/2 hours`; empty, `off` or 0 for no limit. Raises
    SettingsError for what is neither.
    """

    def __init__(self, limit: str) -> None:
        asking = _parsed(limit)
        self._asking = asking
        self._reading = asking and type(asking)(asking.amount * _READINGS, asking.multiples)
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def ask(self, caller: str) -> None:
        """Counts a question, or whatever costs as much. Raises Refusal when it is one too many."""
        if self._asking is not None:
            await self._hit(self._asking, caller, "ask")

    async def read(self, caller: str) -> None:
        """Counts what costs little. Raises Refusal when it is one too many."""
        if self._reading is not None:
            await self._hit(self._reading, caller, "read")

    async def _hit(self, limit: RateLimitItem, caller: str, what: str) -> None:
        if await self._limiter.hit(limit, what, caller):
            return
        reset, _ = await self._limiter.get_window_stats(limit, what, caller)
        seconds = max(1, math.ceil(reset - time.time()))
        raise Refusal(
            429,
            "rate_limited",
            _WORDS.format(f"{limit.amount} requests in {limit.get_expiry()} seconds", seconds),
            headers={"Retry-After": str(seconds)},
        )


def caller_of(address: str) -> str:
    """Who is behind an address: of IPv6 the network, of which everybody has one."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((known, 64), strict=False))


def _parsed(limit: str) -> RateLimitItem | None:
    if limit.strip().lower() in ("", "0", "off"):
        return None
    try:
        parsed = parse(limit)
    except ValueError as error:
        raise SettingsError(
            f"WENDA_RATE_LIMIT={limit!r} cannot be used. Give a number and a time, like 60/minute "
            "or 1000/2 hours, or off."
        ) from error
    return parsed if parsed.amount > 0 else None
