"""Whatever ends the bot, and whenever: every question is answered, and once."""

import time

import pytest

from tests.bot.conftest import Start
from tests.bot.telegram_server import Fault, TelegramServer
from tests.bot.telegram_world import Message, Person

pytestmark = pytest.mark.model

QUESTION = "盘锦市新增创业多少人？"
FACT = "11331人"


def answers(server: TelegramServer, asked: Message, fact: str = FACT) -> list[Message]:
    return [each for each in server.world.bot_messages(asked.chat, asked) if fact in each.text]


def asked_midway(server: TelegramServer, person: Person, *, done: bool) -> Message:
    """A question whose answer is just being sent; `done` when Telegram has taken it."""
    server.inject("sendMessage", Fault("silence", done=done, seconds=1.0))
    asked = person.say(QUESTION)
    server.wait(lambda: server.called("sendMessage"))
    return asked


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("end", ["kill", "terminate"])
def test_an_answer_that_was_being_sent_arrives_once(
    server: TelegramServer, start: Start, end: str, *, done: bool
) -> None:
    bot = start()
    person = server.world.person()
    asked = asked_midway(server, person, done=done)
    getattr(bot, end)()
    bot.start()
    server.wait(lambda: answers(server, asked))
    server.settle(1.5)
    assert len(answers(server, asked)) == 1
    assert len(server.world.bot_messages(asked.chat, asked)) == 1
    # Nor is it answered again later, and its buttons work.
    bot.terminate()
    bot.start()
    server.settle(1.0)
    (answer,) = server.world.bot_messages(asked.chat, asked)
    person.press(answer, "[1]")
    server.wait(lambda: FACT in answer.text and "expandable_blockquote" in kinds(answer))


def kinds(message: Message) -> set[str]:
    return {each["type"] for each in message.marked.entities}


def test_questions_asked_while_it_was_away_are_answered_in_order(
    server: TelegramServer, start: Start
) -> None:
    bot = start()
    bot.kill()
    person = server.world.person()
    first = person.say(QUESTION)
    person.say("臨河區有幾個社區養老服務站？")
    person.say("How many job fairs has Taobei district held since 2021?")
    bot.start()
    found = server.replies(first, 3)
    server.settle(1.0)
    assert [fact in each.text for fact, each in zip((FACT, "23個", "590场"), found, strict=True)]
    assert len(server.world.bot_messages(person.chat)) == 3


def test_a_kill_at_any_moment_neither_loses_nor_repeats(
    server: TelegramServer, start: Start
) -> None:
    bot = start()
    people = [server.world.person(f"p{n}") for n in range(12)]
    asked = [person.say(QUESTION) for person in people]
    for pause in (0.05, 0.15, 0.3):
        time.sleep(pause)
        bot.kill()
        bot.start()
    server.wait(lambda: all(answers(server, each) for each in asked), 60)
    server.settle(1.5)
    assert [len(answers(server, each)) for each in asked] == [1] * len(people)


def test_terminating_takes_seconds_and_exits_cleanly(server: TelegramServer, start: Start) -> None:
    bot = start()
    person = server.world.person()
    server.inject("sendMessage", Fault("silence", seconds=60, times=50))
    person.say(QUESTION)
    server.wait(lambda: server.called("sendMessage"))
    assert bot.terminate() == 0
    assert bot.seconds < 15
