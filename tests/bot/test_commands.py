"""Every command, in the language of who gives it."""

import json

import pytest

from tests.bot.conftest import Shared, Start
from tests.bot.telegram_server import TelegramServer
from tests.bot.telegram_world import Message, Person

pytestmark = pytest.mark.model

COMMANDS = ("start", "help", "sources", "new", "lang", "about", "privacy", "ask", "in")


def ask(shared: Shared, person: Person, text: str) -> Message:
    return shared.server.reply(person.say(text))


@pytest.mark.parametrize(
    ("code", "hello", "marks"),
    [
        ("zh-hans", "你好，", "？…"),
        ("zh-TW", "請用任何語言提問", "？…"),
        ("en-GB", "Hello, ", "?…"),
        (None, "Hello, ", "?…"),
    ],
)
def test_start_offers_questions_that_are_answered(
    shared: Shared, code: str | None, hello: str, marks: str
) -> None:
    person = shared.server.world.person("Ann", code)
    welcome = ask(shared, person, "/start")
    assert hello in welcome.text
    assert len(welcome.labels) == 4
    assert all(label[-1] in marks for label in welcome.labels)
    person.press(welcome, welcome.labels[0])
    answer = shared.server.replies(welcome, 1)[0]
    assert answer.marked_as("italic")[0].startswith(welcome.labels[0].rstrip("…"))
    assert "[1]" in answer.text


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_speaks_three_languages(shared: Shared, command: str) -> None:
    texts = {
        ask(shared, shared.server.world.person("Ann", code), f"/{command}").text
        for code in ("zh-hans", "zh-hant", "en")
    }
    assert len(texts) == 3


def test_lang_comes_before_the_language_of_telegram(shared: Shared) -> None:
    person = shared.server.world.person("Ann", "en")
    choice = ask(shared, person, "/lang")
    assert choice.labels == ["简体中文", "繁體中文", "English"]
    person.press(choice, "繁體中文")
    shared.server.wait(lambda: choice.text == "以後用繁體中文和你說話。")
    assert ask(shared, person, "/new").text.startswith("好的，前面的問題我已忘掉")
    scope = json.dumps({"chat_id": person.id, "type": "chat"}, sort_keys=True)
    menus = shared.server.world.menus
    shared.server.wait(lambda: (scope, "zh") in menus)
    assert {"command": "ask", "description": "提問"} in menus[scope, ""]


def test_sources_and_about_tell_what_there_is(shared: Shared) -> None:
    person = shared.server.world.person("Ann", "en")
    sources = ask(shared, person, "/sources").text
    assert sources.startswith("7 documents\n\n1. ")
    assert "盘锦市2022年民生工作：就业、民生实事与文明城市创建 · 2022-12" in sources
    about = ask(shared, person, "/about").text
    assert "Documents: 7, with " in about
    assert "Dates: 2021 – 2024-12" in about
    assert "minutes ago (20" in about


def test_commands_are_listed_for_each_language_and_kind_of_chat(shared: Shared) -> None:
    menus = shared.server.world.menus

    def names(scope: dict[str, object], code: str) -> set[str]:
        found = menus[json.dumps(scope, sort_keys=True), code]
        return {each["command"] for each in found}

    for code in ("", "zh"):
        everybody = names({"type": "default"}, code)
        assert everybody >= {"ask", "sources", "new", "lang", "about", "privacy", "help"}
        assert "reindex" not in everybody
        assert names({"type": "all_group_chats"}, code) < everybody
        admins = names({"type": "chat", "chat_id": shared.admin.id}, code)
        assert admins == everybody | {"reindex", "stats", "unanswered"}


@pytest.mark.parametrize("command", ["/reindex", "/stats", "/unanswered"])
def test_administration_is_for_administrators(shared: Shared, command: str) -> None:
    person = shared.server.world.person("Ann", "en")
    assert ask(shared, person, command).text == "Only administrators can use this command."
    assert "/reindex" not in ask(shared, person, "/help").text
    assert "/reindex" in ask(shared, shared.admin, "/help").text


def test_stats_count_questions_and_thumbs(shared: Shared) -> None:
    person = shared.server.world.person("Ann", "en")
    before = ask(shared, shared.admin, "/stats").text
    answer = ask(shared, person, "盘锦市新增创业多少人？")
    query = person.press(answer, "👍")
    shared.server.wait(lambda: query in shared.server.world.answers)
    after = ask(shared, shared.admin, "/stats").text
    assert numbers(after)[0] == numbers(before)[0] + 1
    assert after.endswith("Waiting: 0")


def numbers(text: str) -> list[int]:
    return [int(word) for word in text.replace(":", " ").split() if word.isdecimal()]


def test_reindex_follows_the_build_by_edits(server: TelegramServer, start: Start) -> None:
    admin = server.world.person("Admin", "en")
    bot = start(WENDA_TELEGRAM_ADMINS=str(admin.id))
    seeds = bot.home.parent / "seeds"
    (seeds / "cranes.md").write_text("# Cranes\n\nOspia has 4321 cranes.\n", encoding="utf-8")
    (seeds / "bad.txt").write_bytes(bytes(range(256)) * 8)
    asked = admin.say("/reindex")
    told = server.reply(asked)
    # It does not hold up the questions of who started it.
    answer = server.replies(admin.say("盘锦市新增创业多少人？"))[0]
    assert "11331人" in answer.text
    server.wait(lambda: "is rebuilt" in told.text, 120)
    assert "1 added, 0 changed, 0 removed, 7 unchanged, 1 skipped" in told.text
    assert "bad.txt: " in told.text
    assert told.versions[0].text.startswith("Rebuilding the index…")
    assert len(server.world.bot_messages(admin.chat)) == 2
    server.ask_until(admin, "How many cranes does Ospia have?", "4321")


def test_a_rebuild_that_fails_says_why(server: TelegramServer, start: Start) -> None:
    admin = server.world.person("Admin", "en")
    bot = start(WENDA_TELEGRAM_ADMINS=str(admin.id))
    for path in (bot.home.parent / "seeds").iterdir():
        path.unlink()
    told = server.reply(admin.say("/reindex"))
    server.wait(lambda: told.text.startswith("The index was not rebuilt: "), 120)
    assert str(bot.home.parent / "seeds") in told.text or "folder" in told.text
