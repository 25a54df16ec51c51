"""What the bot remembers: across restarts, within bounds, and no longer than it says."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answers.shown import ShownAnswer
from bot.state import Attempt, BotState, Remembered
from bot.state.people import _MOST_TURNS
from rag import Turn
from rag.errors import StoreError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "telegram.sqlite"


@pytest.fixture
def state(file: Path) -> Iterator[BotState]:
    made = BotState(file, 30)
    yield made
    made.close()


def age(file: Path, table: str, days: float) -> None:
    """Makes all rows of a table older."""
    with sqlite3.connect(file) as database:
        column = "seen" if table == "people" else "at"
        database.execute(f"UPDATE {table} SET {column} = {column} - ?", (days * 86_400,))  # noqa: S608
    database.close()


def test_an_update_is_accepted_once_and_its_text_forgotten(state: BotState, file: Path) -> None:
    assert state.inbox.keep_update(7, {"update_id": 7, "text": "secret question \ud83d"})
    assert not state.inbox.keep_update(7, {"update_id": 7})
    ((number, content),) = state.inbox.pending_updates()
    assert (number, json.loads(content)["text"]) == (7, "secret question \ud83d")
    state.inbox.finish_update(7)
    assert state.inbox.pending_updates() == []
    assert not state.inbox.keep_update(7, {"update_id": 7})
    assert state.inbox.count_waiting() == 0
    state.close()
    assert b"secret question" not in file.read_bytes()


def test_an_update_that_ends_the_process_again_and_again_is_given_up(state: BotState) -> None:
    state.inbox.keep_update(7, {"update_id": 7})
    assert [len(state.inbox.pending_updates()) for _ in range(7)] == [1] * 5 + [0] * 2


def test_a_message_is_uncertain_until_its_number_is_known(state: BotState) -> None:
    assert state.inbox.sending_attempt(7, 0) is None
    state.inbox.note_sending(7, 0, 1, 100)
    state.inbox.note_sending(7, 0, 1, 200)
    assert state.inbox.sending_attempt(7, 0) == Attempt(100, None)
    state.inbox.note_sent(7, 0, 105)
    assert state.inbox.sending_attempt(7, 0) == Attempt(100, 105)
    assert state.inbox.is_known_message(1, 105)
    assert not state.inbox.is_known_message(2, 105)
    state.inbox.note_unsent(7, 0)
    assert state.inbox.sending_attempt(7, 0) is None


def test_everything_survives_a_restart(file: Path) -> None:
    first = BotState(file, 30)
    first.people.choose_language(2, "en")
    first.shown.put_answer(ShownAnswer("a", 1, 2, "Why?"), 10)
    first.shown.set_messages("a", [11, 12])
    first.turns.remember_turn((1, 0, 2), 10, Turn("And then?", "Because.", "Why and then?"))
    first.figures.count_question(answered=True)
    first.close()
    again = BotState(file, 30)
    assert again.people.chosen_language(2) == "en"
    assert again.shown.answer_to_message(1, 10) == ("a", [11, 12])
    assert again.shown.answer_in_message(1, 12) == ShownAnswer("a", 1, 2, "Why?")
    assert again.turns.turns_before((1, 0, 2), 11) == [
        Turn("And then?", "Because.", "Why and then?")
    ]
    assert again.figures.totals(1) == (1, 1)
    again.close()


def test_buttons_of_another_chat_open_nothing(state: BotState) -> None:
    state.shown.put_answer(ShownAnswer("a", 1, 2, "Why?"), 10)
    assert state.shown.answer_by_id("a", 1) is not None
    assert state.shown.answer_by_id("a", 3) is None
    assert state.shown.answer_by_id("b", 1) is None


def test_an_edited_question_takes_the_place_of_its_turn(state: BotState) -> None:
    place = (1, 0, 2)
    for asked in (10, 12):
        state.turns.remember_turn(place, asked, Turn(f"q{asked}", ""))
    state.turns.remember_turn(place, 10, Turn("edited", "yes"))
    assert state.turns.turns_before(place, 99) == [Turn("edited", "yes"), Turn("q12", "")]
    assert state.turns.turns_before(place, 12) == [Turn("edited", "yes")]
    assert state.turns.turns_before((1, 5, 2), 99) == []
    assert state.turns.turns_before((1, 0, 3), 99) == []


def test_only_the_last_turns_are_kept(state: BotState) -> None:
    for asked in range(20):
        state.turns.remember_turn((1, 0, 2), asked, Turn(f"q{asked}", "a"))
        state.turns.remember_turn((1, 7, 2), 100 + asked, Turn("other topic", "a"))
    turns = state.turns.turns_before((1, 0, 2), 99)
    assert [turn.question for turn in turns] == [f"q{n}" for n in range(20 - _MOST_TURNS, 20)]


def test_what_is_too_old_is_forgotten(state: BotState, file: Path) -> None:
    state.people.mark_seen(1)
    state.people.choose_language(2, "en")
    state.shown.put_answer(ShownAnswer("a", 1, 2, "Why?"), 10)
    state.turns.remember_turn((1, 0, 2), 10, Turn("Why?", "a"))
    state.inbox.note_dropped(7)
    state.inbox.keep_update(8, {})
    state.inbox.note_sending(7, 0, 1, 1)
    state.inbox.note_sending(8, 0, 1, 1)
    for table in ("people", "shown", "turns", "updates", "sent"):
        age(file, table, 31)
    state.sweep()
    assert state.remembered_of(2) == Remembered(0, 0)
    assert state.people.count_seen() == 1
    assert state.people.chosen_language(2) == "en"
    assert state.inbox.sending_attempt(7, 0) is None
    # What still waits is kept however old.
    assert state.inbox.count_waiting() == 1
    assert state.inbox.sending_attempt(8, 0) is not None


def test_more_than_so_many_updates_and_sent_messages_are_forgotten(
    state: BotState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.state.inbox._MOST_UPDATES", 3)
    monkeypatch.setattr("bot.state.inbox._MOST_SENT", 2)
    state.inbox.keep_update(1, {})
    for number in range(2, 9):
        state.inbox.note_dropped(number)
    for number in range(1, 9):
        state.inbox.note_sending(number, 0, 1, number)
    state.sweep()
    # The newest, and what still waits.
    assert [n for n in range(1, 9) if state.inbox.knows_update(n)] == [1, 6, 7, 8]
    assert [n for n in range(1, 9) if state.inbox.sending_attempt(n, 0)] == [1, 7, 8]


def test_messages_that_show_something_are_known_and_counted(state: BotState) -> None:
    state.shown.put_answer(ShownAnswer("a", 1, 2, "Why?"), 10)
    state.shown.set_messages("a", [11, 12])
    state.inbox.note_sending(7, 0, 1, 4)
    state.inbox.note_sent(7, 0, 5)
    state.inbox.note_sending(8, 0, -3, 4)
    known = [
        (chat, n) for chat in (1, 2) for n in range(20) if state.inbox.is_known_message(chat, n)
    ]
    assert known == [(1, 5), (1, 11), (1, 12)]
    assert state.inbox.highest_messages() == [(1, 12)]


def test_a_person_is_forgotten_and_nobody_else(state: BotState) -> None:
    for user in (1, 2):
        state.people.choose_language(user, "en")
        state.shown.put_answer(ShownAnswer(f"a{user}", 9, user, "Why?"), user)
        state.turns.remember_turn((9, 0, user), 10, Turn("Why?", "a"))
        state.inbox.note_sending(user, 0, user, 1)
    state.inbox.note_sending(3, 0, -1, 1)
    state.forget_user(1)
    state.forget_user(-1)
    assert [state.inbox.sending_attempt(update, 0) is None for update in (1, 2, 3)] == [
        True,
        False,
        False,
    ]
    assert (state.remembered_of(1), state.remembered_of(2)) == (
        Remembered(0, 0),
        Remembered(1, 1),
    )
    assert state.people.chosen_language(1) is None


def test_a_damaged_file_is_named_with_the_next_step(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match=r"telegram\.sqlite cannot be used .* move it away"):
        BotState(file, 30)


def test_a_file_of_an_earlier_version_is_taken_over(file: Path) -> None:
    BotState(file, 30).close()
    with sqlite3.connect(file) as database:  # as it was before both columns
        database.execute("ALTER TABLE turns DROP COLUMN understood_as")
        database.execute("ALTER TABLE people DROP COLUMN telegram_language")
        database.execute("INSERT INTO turns VALUES (1, 0, 2, 10, unixepoch(), 'Why?', 'So.')")
        database.execute("INSERT INTO people VALUES (2, 'en', 1)")
        database.execute("PRAGMA user_version = 0")
    database.close()
    for _ in range(2):  # the second time there is nothing to do
        state = BotState(file, 30)
        assert state.turns.turns_before((1, 0, 2), 11) == [Turn("Why?", "So.")]
        assert state.people.chosen_language(2) == "en"
        assert state.people.telegram_language(2) is None
        state.close()


def test_the_language_of_telegram_stays_where_it_is_not_sent(state: BotState) -> None:
    state.people.mark_seen(2, "zh-hant")
    state.people.mark_seen(2)
    assert state.people.telegram_language(2) == "zh-hant"
    state.people.mark_seen(2, "en")
    assert state.people.telegram_language(2) == "en"
    state.forget_user(2)
    assert state.people.telegram_language(2) is None


def test_the_language_of_telegram_is_forgotten_with_time_and_the_chosen_one_is_not(
    state: BotState, file: Path
) -> None:
    state.people.mark_seen(2, "zh-hant")
    state.people.choose_language(2, "en")
    age(file, "people", 31)
    state.sweep()
    assert state.people.telegram_language(2) is None
    assert state.people.chosen_language(2) == "en"
