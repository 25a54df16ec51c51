"""Rate limits, for each person and each group."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from rag.errors import SettingsError

#: A person who exceeds their rate by this factor is banned for a while.
_FLOOD = 3
_BAN_SECONDS = 600.0
_MOST_BANNED = 10_000


class Verdict(Enum):
    """The decision about an update."""

    ADMITTED = "admitted"
    #: Over the limit; the person is told, once.
    SLOW = "slow"
    #: So far over the limit that the person is banned for a while, and told, once.
    BANNED = "banned"
    #: Over the limit, and told already.
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict; `wait` is the number of seconds until further updates are admitted."""

    verdict: Verdict
    wait: int = 0


class AskingLimits:
    """Counts updates in moving windows, in memory only."""

    def __init__(
        self, user_rate: str, group_rate: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._user = _parsed(user_rate)
        self._group = _parsed(group_rate)
        self._flood = type(self._user)(
            self._user.amount * _FLOOD, self._user.multiples, namespace="flood"
        )
        self._counter = MovingWindowRateLimiter(MemoryStorage())
        self._banned: OrderedDict[int, float] = OrderedDict()
        self._told: OrderedDict[tuple[str, int], float] = OrderedDict()
        self._clock = clock

    def admit(self, user: int, group: int | None = None) -> Decision:
        """Counts one update of a user, in a group if there is one."""
        now = self._clock()
        if self.is_banned(user):
            return Decision(Verdict.IGNORED)
        if not self._counter.hit(self._flood, str(user)):
            self._banned[user] = now + _BAN_SECONDS
            self._banned.move_to_end(user)
            _bound(self._banned)
            return Decision(Verdict.BANNED, round(_BAN_SECONDS))
        if not self._counter.hit(self._user, str(user)):
            return self._slow("user", user, self._user, now)
        if group is not None and not self._counter.hit(self._group, f"group {group}"):
            return self._slow("group", group, self._group, now)
        return Decision(Verdict.ADMITTED)

    def is_banned(self, user: int) -> bool:
        return self._banned.get(user, 0.0) > self._clock()

    def _slow(self, kind: str, number: int, rate: RateLimitItem, now: float) -> Decision:
        """SLOW the first time in a window, then IGNORED."""
        if self._told.get((kind, number), 0.0) > now:
            return Decision(Verdict.IGNORED)
        name = str(number) if kind == "user" else f"group {number}"
        wait = self._counter.get_window_stats(rate, name).reset_time - time.time()
        seconds = max(1, round(wait))
        self._told[kind, number] = now + seconds
        self._told.move_to_end((kind, number))
        _bound(self._told)
        return Decision(Verdict.SLOW, seconds)


def _bound(kept: OrderedDict[int, float] | OrderedDict[tuple[str, int], float]) -> None:
    while len(kept) > _MOST_BANNED:
        kept.popitem(last=False)


def _parsed(rate: str) -> RateLimitItem:
    try:
        return parse(rate)
    except ValueError as error:
        raise SettingsError(
            f"The rate {rate!r} cannot be read. Write it like 20/minute or 100/hour."
        ) from error
