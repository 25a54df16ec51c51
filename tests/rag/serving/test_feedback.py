"""What people thought of answers is kept durably, bounded, and forgotten on request."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import StoreError
from rag.serving.feedback import Feedback, FeedbackStore

ONE = Feedback(
    key="a",
    at="2026-11-22T08:00:00+00:00",
    channel="web",
    user="",
    helpful=True,
    question="多少人？",
    answer="3960人。",
    generation="g",
    confidence=0.9,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FeedbackStore]:
    store = FeedbackStore(tmp_path / "new" / "feedback.sqlite", most=3)
    yield store
    store.close()


def numbered(number: int) -> Feedback:
    return replace(ONE, key=str(number), at=f"2026-11-22T08:00:0{number}+00:00")


def test_what_was_said_is_read_back_newest_first(store: FeedbackStore) -> None:
    other = replace(ONE, key="b", at="2026-11-22T09:00:00+00:00", helpful=False, answer=None)
    store.add_feedback(ONE)
    store.add_feedback(other)
    assert store.newest_feedback(5) == [other, ONE]
    assert store.newest_feedback(1) == [other]
    assert store.counts() == (1, 1)


def test_a_second_word_replaces_the_first(store: FeedbackStore) -> None:
    store.add_feedback(ONE)
    store.add_feedback(replace(ONE, helpful=False, comment="wrong line"))
    assert store.counts() == (0, 1)
    assert store.newest_feedback(5)[0].comment == "wrong line"


def test_it_survives_the_process(store: FeedbackStore, tmp_path: Path) -> None:
    store.add_feedback(ONE)
    again = FeedbackStore(tmp_path / "new" / "feedback.sqlite")
    assert again.newest_feedback(5) == [ONE]
    again.close()


def test_the_oldest_go_when_there_are_too_many(store: FeedbackStore) -> None:
    for number in (3, 1, 2, 5, 4):
        store.add_feedback(numbered(number))
    assert [each.key for each in store.newest_feedback(9)] == ["5", "4", "3"]


def test_a_user_is_forgotten_on_request(store: FeedbackStore) -> None:
    store.add_feedback(ONE)
    store.add_feedback(replace(numbered(1), user="7"))
    store.add_feedback(replace(numbered(2), user="7"))
    assert store.forget_user("7") == 2
    assert store.newest_feedback(9) == [ONE]


def test_threads_may_use_it_at_once(store: FeedbackStore) -> None:
    threads = [threading.Thread(target=store.add_feedback, args=(numbered(n),)) for n in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(store.counts()) == 3


def test_a_file_that_is_no_database_is_an_error_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "feedback.sqlite").write_bytes(b"no database, whatever its name says" * 9)
    with pytest.raises(StoreError, match=r"feedback\.sqlite cannot be used .*move it away"):
        FeedbackStore(tmp_path / "feedback.sqlite")
