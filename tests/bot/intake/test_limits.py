"""Who asks too fast is slowed, then not listened to for a while; who may not ask cannot."""

import pytest

from bot.intake.allowed_users import AllowedUsers
from bot.intake.limits import AskingLimits, Verdict
from rag.errors import SettingsError


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def verdicts(
    limits: AskingLimits, times: int, user: int = 1, group: int | None = None
) -> list[str]:
    return [limits.admit(user, group).verdict.value for _ in range(times)]


def test_too_much_is_told_once_then_ignored_then_banned() -> None:
    clock = Clock()
    limits = AskingLimits("2/minute", "9/minute", clock)
    assert verdicts(limits, 8) == [
        *("admitted", "admitted", "slow", "ignored", "ignored", "ignored"),
        *("banned", "ignored"),
    ]
    assert verdicts(limits, 1, user=2) == ["admitted"]
    clock.now += 601
    assert limits.admit(1).verdict is not Verdict.IGNORED


def test_the_wait_is_said() -> None:
    limits = AskingLimits("1/minute", "9/minute")
    limits.admit(1)
    assert 50 <= limits.admit(1).wait <= 60


def test_a_group_has_its_own_limit() -> None:
    limits = AskingLimits("9/minute", "2/minute")
    found = [limits.admit(user, -5).verdict.value for user in range(4)]
    assert found == ["admitted", "admitted", "slow", "ignored"]
    assert verdicts(limits, 1, user=1) == ["admitted"]
    assert verdicts(limits, 1, user=1, group=-6) == ["admitted"]


def test_a_rate_that_cannot_be_read_is_said() -> None:
    with pytest.raises(SettingsError, match="Write it like 20/minute"):
        AskingLimits("often", "2/minute")


def test_access_is_open_or_for_those_listed() -> None:
    assert AllowedUsers(frozenset({1}), frozenset()).allows(5, -9)
    listed = AllowedUsers(frozenset({1}), frozenset({2, -9}))
    assert listed.allows(1, None)
    assert listed.allows(2, 2)
    assert listed.allows(5, -9)
    assert not listed.allows(5, 5)
    assert not listed.allows(5, None)
    assert not listed.is_admin(2)
