"""Which messages are meant for the bot, and what they ask."""

from pathlib import Path
from typing import Any

import pytest
from telegram import CallbackQuery, Message, Update, User

from bot.intake import addressing
from bot.intake.addressing import BotIdentity
from bot.intake.asker import asker_of
from bot.routing import Routing
from bot.state import BotState
from bot.telegram.numbering import MessageNumbering
from tests.bot.telegram_world import BOT, World

ME = BotIdentity(int(str(BOT["id"])), str(BOT["username"]))


def message(text: str, chat: str = "group", **fields: Any) -> Message:
    world = World()
    person = world.person("Ann", "en")
    where = person.chat if chat == "private" else world.group("g", privacy=False)
    content = person.say(text, where, **fields).to_json()
    return Message.de_json(content, None)


def reply(to: dict[str, Any]) -> dict[str, Any]:
    chat = {"id": -1_000_000_000_001, "type": "supergroup", "title": "g"}
    return {"reply_to_message": {"message_id": 1, "date": 1, "chat": chat, **to}}


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("/ask Why?", "Why?"),
        ("/ask@wenda_bot  Why?", "Why?"),
        ("/ask\nWhy?", "Why?"),
        ("/ask", ""),
        ("@wenda_bot Why?", "Why?"),
        ("Why, @Wenda_Bot ?", "Why,   ?"),
    ],
)
def test_in_groups_what_names_the_bot_is_a_question(text: str, asked: str) -> None:
    assert addressing.is_addressed(message(text), ME)
    assert addressing.question(message(text), ME) == asked


@pytest.mark.parametrize(
    "text",
    [
        *("Why?", "/ask@other_bot Why?", "@wenda_bots Why?", "a /ask b", "@other Why?", "/x@y"),
        "/roll 5",
    ],
)
def test_in_groups_all_else_is_not(text: str) -> None:
    assert not addressing.is_addressed(message(text), ME)


def test_a_reply_to_the_bot_is_a_question_but_not_one_to_others() -> None:
    assert addressing.is_addressed(message("Why?", **reply({"from": BOT, "text": "x"})), ME)
    other = {"id": 5, "is_bot": False, "first_name": "x"}
    assert not addressing.is_addressed(message("Why?", **reply({"from": other})), ME)
    # Every message of a topic replies to its start, even when the bot made it.
    topic: dict[str, Any] = {"from": BOT, "forum_topic_created": {"name": "t", "icon_color": 1}}
    assert not addressing.is_addressed(message("Why?", **reply(topic)), ME)


def test_in_private_everything_with_content_is_meant_for_the_bot() -> None:
    assert addressing.is_addressed(message("Why?", "private"), ME)
    picture = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    assert addressing.is_addressed(message("", "private", photo=picture), ME)
    album = message("", "private", photo=picture, media_group_id="7")
    assert not addressing.is_addressed(album, ME)
    assert not addressing.is_addressed(message("", "private", pinned_message=None), ME)
    assert not addressing.is_addressed(message("An answer", "private", via_bot=BOT), ME)


def test_other_bots_are_not_listened_to() -> None:
    sender: dict[str, Any] = {
        "from": {"id": 9, "is_bot": True, "first_name": "x", "username": "x_bot"}
    }
    assert not addressing.is_addressed(message("/ask Why?", **sender), ME)


def test_a_command_that_is_none_is_ours_only_when_it_names_us() -> None:
    assert addressing.command(message("/roll@wenda_bot"), ME) == "roll"
    assert addressing.is_addressed(message("/roll@wenda_bot"), ME)
    assert addressing.command(message("/roll"), ME) is None
    assert not addressing.is_addressed(message("/roll", **reply({"from": BOT, "text": "x"})), ME)
    assert addressing.command(message("/roll", "private"), ME) == "roll"
    for name in ("start", "help", "ask", "lang", "reindex", "unanswered"):
        assert addressing.command(message(f"/{name}"), ME) == name


ANONYMOUS: dict[str, Any] = {
    "from": {"id": 1087968824, "is_bot": True, "first_name": "Group"},
    "sender_chat": {"id": -1_000_000_000_001, "type": "supergroup", "title": "g"},
}


def test_who_writes_as_the_group_or_a_channel_is_a_person() -> None:
    asked = message("/ask Why?", **ANONYMOUS)
    assert addressing.is_addressed(asked, ME)
    forwarded = message("/ask Why?", **ANONYMOUS, is_automatic_forward=True)
    assert not addressing.is_addressed(forwarded, ME)
    assert Routing.lane(Update(1, message=asked)) == "user -1000000000001"


def test_who_writes_as_the_group_is_spoken_to_in_its_language(tmp_path: Path) -> None:
    state = BotState(tmp_path / "telegram.sqlite", 30)
    state.people.choose_language(-1_000_000_000_001, "zh-Hant")
    asker = asker_of(Update(1, message=message("/ask Why?", **ANONYMOUS)), state)
    state.close()
    assert (asker.user, asker.name) == (-1_000_000_000_001, "g")
    assert asker.words.language == "zh-Hant"


@pytest.mark.parametrize(
    ("sent", "chosen", "spoken"),
    [(None, None, "zh-Hant"), ("en", None, "en"), (None, "zh-Hans", "zh-Hans")],
)
def test_a_press_without_a_language_goes_on_in_that_of_the_conversation(
    tmp_path: Path, sent: str | None, chosen: str | None, spoken: str
) -> None:
    state = BotState(tmp_path / "telegram.sqlite", 30)
    state.people.mark_seen(7, "zh-tw")
    if chosen is not None:
        state.people.choose_language(7, chosen)
    presser = User(7, "Ann", is_bot=False, language_code=sent)
    press = CallbackQuery("1", presser, "x", message=message("An answer"), data="m:a")
    asker = asker_of(Update(1, callback_query=press), state)
    state.close()
    assert asker.words.language == spoken


def test_supergroups_count_messages_for_themselves() -> None:
    numbering = MessageNumbering()
    numbering.saw_message(5, 100)
    numbering.saw_message(-7, 101)
    numbering.saw_message(-1_000_000_000_001, 3)
    numbering.saw_message(5, 90)
    assert [numbering.highest_number(chat) for chat in (5, 6, -7)] == [101] * 3
    assert numbering.highest_number(-1_000_000_000_001) == 3
    assert numbering.highest_number(-1_000_000_000_002) == 0
