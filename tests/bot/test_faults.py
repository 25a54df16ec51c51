"""Telegram fails in every way at every method: each question is answered, and once."""

import time
from dataclasses import replace

import pytest

from tests.bot.conftest import Shared, Start
from tests.bot.telegram_server import Fault, TelegramServer
from tests.bot.telegram_world import Message, Person

pytestmark = pytest.mark.model

QUESTION = "盘锦市新增创业多少人？"
FACT = "11331人"
FAULTS = {
    "too many": Fault("status", 429, "Too Many Requests: retry after 1", {"retry_after": 1}),
    "500": Fault("status", 500, "Internal Server Error", times=2),
    "502": Fault("status", 502, "Bad Gateway"),
    "502, done": Fault("status", 502, "Bad Gateway", done=True),
    "dropped": Fault("drop", times=2),
    "dropped, done": Fault("drop", done=True),
    "silent": Fault("silence", seconds=60),
    "silent, done": Fault("silence", seconds=60, done=True),
}
#: Sending alone, and everything else together.
METHODS = (
    ("sendMessage",),
    ("editMessageText", "sendChatAction", "answerCallbackQuery", "getUpdates"),
)


def answered_once(server: TelegramServer, person: Person, question: str, fact: str) -> Message:
    asked = person.say(question)
    answer = server.reply(asked)
    server.settle()
    assert [each.id for each in server.world.bot_messages(person.chat, asked)] == [answer.id]
    assert fact in answer.text
    return answer


@pytest.mark.parametrize("methods", METHODS, ids=["sending", "the others"])
@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_at_each_method(shared: Shared, methods: tuple[str, ...], kind: str) -> None:
    server, person = shared.server, shared.server.world.person()
    for method in methods:
        server.inject(method, replace(FAULTS[kind]))
    answer = answered_once(server, person, QUESTION, FACT)
    person.press(answer, "[1]")
    server.wait(lambda: "‹‹ 返回" in answer.labels)
    person.press(answer, "返回")
    server.wait(lambda: "更多" in answer.labels)
    server.faults.clear()
    server.settle()
    assert len(server.world.bot_messages(person.chat)) == 1
    assert len(answer.versions) == 2
    answered_once(server, person, "臨河區有幾個社區養老服務站？", "23個")


def test_markup_that_telegram_rejects_is_sent_as_plain_text(shared: Shared) -> None:
    server, person = shared.server, shared.server.world.person()
    broken = Fault("status", 400, "Bad Request: can't parse entities: Unsupported start tag")
    server.inject("sendMessage", broken)
    answer = answered_once(server, person, QUESTION, FACT)
    assert answer.marked.entities == ()
    assert "<b>" not in answer.text
    assert answer.labels[0].startswith("[1]")
    server.inject("editMessageText", replace(broken))
    person.press(answer, "[1]")
    server.wait(lambda: "‹‹ 返回" in answer.labels)
    assert answer.marked.entities == ()


def test_somebody_who_blocked_the_bot_costs_nobody_else_an_answer(shared: Shared) -> None:
    server = shared.server
    gone, other = server.world.person("gone"), server.world.person("other")
    gone.chat.blocked = True
    gone.say(QUESTION)
    answered_once(server, other, QUESTION, FACT)
    gone.chat.blocked = False
    answered_once(server, gone, QUESTION, FACT)


def test_a_group_that_became_a_supergroup_is_answered_there(shared: Shared) -> None:
    server, person = shared.server, shared.server.world.person()
    old, new = server.world.group("old", basic=True), server.world.group("new")
    moved = Fault(
        "status",
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        {"migrate_to_chat_id": new.id},
    )
    server.inject("sendMessage", moved)
    person.say(f"/ask {QUESTION}", old)
    server.wait(lambda: server.world.bot_messages(new))
    server.settle()
    assert [FACT in each.text for each in server.world.bot_messages(new)] == [True]


def test_one_chat_that_is_told_to_wait_does_not_hold_up_others(shared: Shared) -> None:
    server = shared.server
    slow, other = server.world.person("slow"), server.world.person("other")
    wait = Fault("status", 429, "Too Many Requests: retry after 5", {"retry_after": 5})
    server.inject("sendMessage", wait)
    asked = slow.say(QUESTION)
    server.wait(lambda: server.called("sendMessage")[-1].error == "status")
    began = time.monotonic()
    answered_once(server, other, QUESTION, FACT)
    assert not server.world.bot_messages(slow.chat)
    server.reply(asked)
    # Not a speed: Telegram's own wait was honoured.
    assert time.monotonic() - began >= 4


@pytest.mark.parametrize("kind", ["too many", "500", "dropped", "silent"])
def test_faults_while_it_starts(server: TelegramServer, start: Start, kind: str) -> None:
    for method in ("getMe", "deleteWebhook", "setMyCommands", "getUpdates"):
        server.inject(method, replace(FAULTS[kind]))
    start()
    answered_once(server, server.world.person(), QUESTION, FACT)
    assert server.wait(lambda: len(server.world.menus) == 4)


def test_it_waits_for_a_telegram_that_is_away(server: TelegramServer, start: Start) -> None:
    with server.away():
        bot = start(wait=False)
        person = server.world.person()
        asked = person.say(QUESTION)
        server.wait(lambda: "Telegram cannot be reached" in bot.log)
    assert FACT in server.reply(asked).text
    with server.away():
        again = person.say(QUESTION)
        server.wait(lambda: bot.log.count("Telegram cannot be reached") >= 2)
    assert FACT in server.reply(again).text
    server.settle()
    assert len(server.world.bot_messages(person.chat)) == 2


def test_a_refused_token_is_said_clearly(server: TelegramServer, start: Start) -> None:
    server.refused_tokens = True
    bot = start(wait=False)
    assert bot.wait() == 1
    assert "Telegram refused the token" in bot.log
    assert "BotFather" in bot.log


def test_a_second_bot_with_the_same_token_is_told(server: TelegramServer, start: Start) -> None:
    first = start()
    second = start(wait=False)
    server.wait(lambda: "Another program polls" in first.log + second.log)
    second.terminate()
    answered_once(server, server.world.person(), QUESTION, FACT)
