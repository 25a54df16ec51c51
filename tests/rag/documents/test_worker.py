"""The process apart sets the limits that its system allows, and reads on where it allows none."""

import resource
import sys

import pytest

from rag.documents import worker

Limits = dict[int, tuple[int, int]]


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> Limits:
    """What is set, on a system whose own limits are 1000."""
    found: Limits = {}

    def set_limit(kind: int, pair: tuple[int, int]) -> None:
        if max(pair) > 1000:
            raise ValueError("not allowed to raise maximum limit")
        found[kind] = pair

    monkeypatch.setattr(resource, "getrlimit", lambda _: (1000, 1000))
    monkeypatch.setattr(resource, "setrlimit", set_limit)
    return found


def test_a_lower_limit_of_the_system_is_kept(limits: Limits) -> None:
    worker.limit_memory(1 << 30)
    worker.limit_time(5000)
    assert limits[resource.RLIMIT_AS] == limits[resource.RLIMIT_CPU] == (1000, 1000)
    worker.limit_memory(500)
    assert limits[resource.RLIMIT_AS] == (500, 500)


def test_memory_is_not_limited_where_the_system_refuses_to(
    limits: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    worker.limit_memory(500)
    assert set(limits) == {resource.RLIMIT_CORE}


def test_a_system_that_refuses_every_limit_is_read_on(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def refuse(kind: int, _: tuple[int, int]) -> None:
        tried.append(kind)
        raise OSError("refused")

    monkeypatch.setattr(resource, "setrlimit", refuse)
    worker.limit_memory(1 << 30)
    worker.limit_time(60)
    assert tried == [resource.RLIMIT_AS, resource.RLIMIT_CORE, resource.RLIMIT_CPU]
