"""A process opens the index that it can serve, builds one where it cannot, and follows the next."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from rag.answering.service import Service
from rag.errors import StoreError
from rag.serving.backend import Backend
from rag.serving.collections import Collections
from rag.serving.feedback import FeedbackStore
from rag.serving.live import LiveService
from rag.serving.rebuilds import Rebuilds
from wenda.runtime import follower


def opened() -> Service:
    """As much of a service as is looked at."""
    return cast("Service", SimpleNamespace(generation=SimpleNamespace(name="g1")))


def other_model() -> Service:
    raise StoreError("The index was built with the model other.")


@pytest.fixture
def feedback(tmp_path: Path) -> Iterator[FeedbackStore]:
    store = FeedbackStore(tmp_path / "feedback.sqlite")
    yield store
    store.close()


@pytest.mark.parametrize(("open_service", "built"), [(opened, False), (other_model, True)])
def test_an_index_that_cannot_be_served_is_built_although_there_is_one(
    tmp_path: Path, feedback: FeedbackStore, open_service: Callable[[], Service], *, built: bool
) -> None:
    current = tmp_path / "CURRENT"
    current.write_text("g1", encoding="utf-8")
    rebuilds = Rebuilds(lambda _progress: {})
    backend = Backend(LiveService((current,), open_service), rebuilds, feedback)
    asyncio.run(follower.open_or_build(Collections.of_one(backend)))
    assert (rebuilds.last_job is not None) is built


def test_what_is_published_later_is_swapped_in_whatever_failed_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(follower, "_LOOK_SECONDS", 0.0)
    given_back = threading.Event()
    monkeypatch.setattr(follower, "give_back", given_back.set)
    outcomes: list[Any] = [RuntimeError("once"), False, True]

    class Live:
        def refresh(self) -> bool:
            outcome = outcomes.pop(0) if outcomes else False
            if isinstance(outcome, Exception):
                raise outcome
            return bool(outcome)

    async def follow() -> None:
        backend = cast("Backend", SimpleNamespace(live=Live()))
        following = asyncio.create_task(follower.follow_indexes(Collections.of_one(backend)))
        assert await asyncio.to_thread(given_back.wait, 20)
        following.cancel()

    asyncio.run(follow())
