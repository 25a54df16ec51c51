"""What the bot remembers: across restarts, within bounds, and no longer than it says."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answers.shown import Shown
from bot.state import Attempt, Remembered, State
from bot.state.people import _MOST_TURNS
from rag.errors import StoreError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "telegram.sqlite"


@pytest.fixture
def state(file: Path) -> Iterator[State]:
    made = State(file, 30)
    yield made
    made.close()


def age(file: Path, table: str, days: float) -> None:
    """Makes all rows of a table older."""
    with sqlite3.connect(file) as database:
        column = "seen" if table == "people" else "at"
        database.execute(f"UPDATE {table} SET {column} = {column} - ?", (days * 86_400,))  # noqa: S608
    database.close()


def test_an_update_is_accepted_once_and_its_text_forgotten(state: State, file: Path) -> None:
    assert state.inbox.accept(7, {"update_id": 7, "text": "secret question \ud83d"})
    assert not state.inbox.accept(7, {"update_id": 7})
    ((number, content),) = state.inbox.pending()
    assert (number, json.loads(content)["text"]) == (7, "secret question \ud83d")
    state.inbox.done(7)
    assert state.inbox.pending() == []
    assert not state.inbox.accept(7, {"update_id": 7})
    assert state.inbox.waiting() == 0
    state.close()
    assert b"secret question" not in file.read_bytes()


def test_an_update_that_ends_the_process_again_and_again_is_given_up(state: State) -> None:
    state.inbox.accept(7, {"update_id": 7})
    assert [len(state.inbox.pending()) for _ in range(7)] == [1] * 5 + [0] * 2


def test_a_message_is_uncertain_until_its_number_is_known(state: State) -> None:
    assert state.inbox.attempt(7, 0) is None
    state.inbox.intend(7, 0, 1, 100)
    state.inbox.intend(7, 0, 1, 200)
    assert state.inbox.attempt(7, 0) == Attempt(100, None)
    state.inbox.sent(7, 0, 105)
    assert state.inbox.attempt(7, 0) == Attempt(100, 105)
    assert state.inbox.is_known(1, 105)
    assert not state.inbox.is_known(2, 105)
    state.inbox.unsent(7, 0)
    assert state.inbox.attempt(7, 0) is None


def test_everything_survives_a_restart(file: Path) -> None:
    first = State(file, 30)
    first.people.choose(2, "en")
    first.shown.put(Shown("a", 1, 2, "Why?"), 10)
    first.shown.set_messages("a", [11, 12])
    first.turns.add((1, 0, 2), 10, "Why?", "Because.")
    first.figures.count(answered=True)
    first.close()
    again = State(file, 30)
    assert again.people.language(2) == "en"
    assert again.shown.answer_to(1, 10) == ("a", [11, 12])
    assert again.shown.in_message(1, 12) == Shown("a", 1, 2, "Why?")
    assert again.turns.before((1, 0, 2), 11) == [("Why?", "Because.")]
    assert again.figures.totals(1) == (1, 1)
    again.close()


def test_buttons_of_another_chat_open_nothing(state: State) -> None:
    state.shown.put(Shown("a", 1, 2, "Why?"), 10)
    assert state.shown.get("a", 1) is not None
    assert state.shown.get("a", 3) is None
    assert state.shown.get("b", 1) is None


def test_an_edited_question_takes_the_place_of_its_turn(state: State) -> None:
    place = (1, 0, 2)
    for asked in (10, 12):
        state.turns.add(place, asked, f"q{asked}", None)
    state.turns.add(place, 10, "edited", "yes")
    assert state.turns.before(place, 99) == [("edited", "yes"), ("q12", "")]
    assert state.turns.before(place, 12) == [("edited", "yes")]
    assert state.turns.before((1, 5, 2), 99) == []
    assert state.turns.before((1, 0, 3), 99) == []


def test_only_the_last_turns_are_kept(state: State) -> None:
    for asked in range(20):
        state.turns.add((1, 0, 2), asked, f"q{asked}", "a")
        state.turns.add((1, 7, 2), 100 + asked, "other topic", "a")
    turns = state.turns.before((1, 0, 2), 99)
    assert [question for question, _ in turns] == [f"q{n}" for n in range(20 - _MOST_TURNS, 20)]


def test_what_is_too_old_is_forgotten(state: State, file: Path) -> None:
    state.people.saw(1)
    state.people.choose(2, "en")
    state.shown.put(Shown("a", 1, 2, "Why?"), 10)
    state.turns.add((1, 0, 2), 10, "Why?", "a")
    state.figures.add_unanswered(2, "Why?")
    state.inbox.drop(7)
    state.inbox.accept(8, {})
    state.inbox.intend(7, 0, 1, 1)
    state.inbox.intend(8, 0, 1, 1)
    for table in ("people", "shown", "turns", "unanswered", "updates", "sent"):
        age(file, table, 31)
    state.sweep()
    assert state.of(2) == Remembered(0, 0, 0)
    assert state.people.count() == 1
    assert state.people.language(2) == "en"
    assert state.inbox.attempt(7, 0) is None
    # What still waits is kept however old.
    assert state.inbox.waiting() == 1
    assert state.inbox.attempt(8, 0) is not None


def test_more_than_so_many_updates_and_sent_messages_are_forgotten(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.state.inbox._MOST_UPDATES", 3)
    monkeypatch.setattr("bot.state.inbox._MOST_SENT", 2)
    state.inbox.accept(1, {})
    for number in range(2, 9):
        state.inbox.drop(number)
    for number in range(1, 9):
        state.inbox.intend(number, 0, 1, number)
    state.sweep()
    # The newest, and what still waits.
    assert [n for n in range(1, 9) if state.inbox.knows(n)] == [1, 6, 7, 8]
    assert [n for n in range(1, 9) if state.inbox.attempt(n, 0)] == [1, 7, 8]


def test_messages_that_show_something_are_known_and_counted(state: State) -> None:
    state.shown.put(Shown("a", 1, 2, "Why?"), 10)
    state.shown.set_messages("a", [11, 12])
    state.inbox.intend(7, 0, 1, 4)
    state.inbox.sent(7, 0, 5)
    state.inbox.intend(8, 0, -3, 4)
    known = [(chat, n) for chat in (1, 2) for n in range(20) if state.inbox.is_known(chat, n)]
    assert known == [(1, 5), (1, 11), (1, 12)]
    assert state.inbox.highest() == [(1, 12)]


def test_a_person_is_forgotten_and_nobody_else(state: State) -> None:
    for user in (1, 2):
        state.people.choose(user, "en")
        state.shown.put(Shown(f"a{user}", 9, user, "Why?"), user)
        state.turns.add((9, 0, user), 10, "Why?", "a")
        state.figures.add_unanswered(user, f"Why {user}?")
        state.inbox.intend(user, 0, user, 1)
    state.inbox.intend(3, 0, -1, 1)
    state.forget(1)
    state.forget(-1)
    assert [state.inbox.attempt(update, 0) is None for update in (1, 2, 3)] == [True, False, False]
    assert (state.of(1), state.of(2)) == (Remembered(0, 0, 0), Remembered(1, 1, 1))
    assert state.people.language(1) is None
    assert [question for _, question in state.figures.unanswered(9)] == ["Why 2?"]


def test_unanswered_questions_are_listed_once_newest_first(state: State) -> None:
    for question in ("a", "b", "a"):
        state.figures.add_unanswered(1, question)
    assert [question for _, question in state.figures.unanswered(9)] == ["a", "b"]


def test_a_damaged_file_is_named_with_the_next_step(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match=r"telegram\.sqlite cannot be used .* move it away"):
        State(file, 30)
