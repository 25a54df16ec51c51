"""Groups with the real bot: what it answers there, to whom, and in which topic."""

import pytest

from tests.bot.conftest import Shared, Start
from tests.bot.telegram_server import TelegramServer

pytestmark = pytest.mark.model

JOBS, FACT = "盘锦市新增创业多少人？", "11331人"


@pytest.mark.parametrize(
    "text", [f"/ask {JOBS}", f"/ask@wenda_bot {JOBS}", f"/ask@Wenda_Bot\n{JOBS}", f"/ASK {JOBS}"]
)
def test_ask_is_answered_with_a_reply(shared: Shared, text: str) -> None:
    group, person = shared.server.world.group("g"), shared.server.world.person()
    asked = person.say(text, group)
    answer = shared.server.reply(asked)
    assert FACT in answer.text
    assert answer.reply_to is asked


def test_other_bots_commands_and_what_people_tell_each_other_are_left_alone(
    shared: Shared,
) -> None:
    group = shared.server.world.group("g", privacy=False)
    person, other = shared.server.world.person(), shared.server.world.person()
    said = person.say(JOBS, group)
    person.say(f"/ask@other_bot {JOBS}", group)
    other.say(f"@somebody {JOBS}", group, reply_to=said)
    shared.server.settle()
    assert shared.server.world.bot_messages(group) == []
    assert not [each for each in shared.server.world.typing if each[0] == group.id]


def test_mentions_are_questions_when_they_arrive(shared: Shared) -> None:
    group, person = shared.server.world.group("g", privacy=False), shared.server.world.person()
    answer = shared.server.reply(person.say(f"@wenda_bot {JOBS}", group))
    assert FACT in answer.text
    answer = shared.server.reply(person.say("盘锦市新增创业多少人？ @wenda_bot", group))
    assert FACT in answer.text


def test_a_reply_to_the_bot_builds_on_what_it_replies_to(shared: Shared) -> None:
    group = shared.server.world.group("g")
    ann, bob = (shared.server.world.person(name, "en") for name in ("Ann", "Bob"))
    asked = ann.say("/ask How many job fairs did Linhe hold by the end of October?", group)
    answer = shared.server.reply(asked)
    follow = bob.say("And in Taobei?", group, reply_to=answer)
    assert "590场" in shared.server.reply(follow).text


def test_ask_in_reply_to_a_message_asks_that_message(shared: Shared) -> None:
    group = shared.server.world.group("g")
    ann, bob = shared.server.world.person(), shared.server.world.person()
    said = ann.say(JOBS, group)
    assert FACT in shared.server.reply(bob.say("/ask", group, reply_to=said)).text


def test_topics_are_respected(shared: Shared) -> None:
    group, person = shared.server.world.group("g", 7, 9), shared.server.world.person()
    answer = shared.server.reply(person.say(f"/ask {JOBS}", group, thread=9))
    assert answer.thread == 9
    assert (group.id, 9) in shared.server.world.typing
    assert shared.server.reply(person.say("/about", group, thread=7)).thread == 7


def test_everybody_in_a_group_may_open_a_source(shared: Shared) -> None:
    group = shared.server.world.group("g")
    ann, bob = shared.server.world.person(), shared.server.world.person("Bob", "en")
    answer = shared.server.reply(ann.say(f"/ask {JOBS}", group))
    bob.press(answer, "[1]")
    shared.server.wait(lambda: "‹‹ Back" in answer.labels)


def test_an_edited_question_in_a_group_is_answered_in_place(shared: Shared) -> None:
    group, person = shared.server.world.group("g"), shared.server.world.person()
    asked = person.say("/ask 今天星期几？", group)
    answer = shared.server.reply(asked)
    person.edit(asked, f"/ask {JOBS}")
    shared.server.wait(lambda: FACT in answer.text)
    assert len(shared.server.world.bot_messages(group)) == 1


def test_a_flood_in_a_group_is_limited_and_told_once(server: TelegramServer, start: Start) -> None:
    start(WENDA_TELEGRAM_GROUP_LIMIT="3/minute")
    group = server.world.group("g")
    people = [server.world.person(f"p{n}") for n in range(8)]
    for person in people:
        person.say(f"/ask {JOBS}", group)
    server.wait(lambda: len(server.world.bot_messages(group)) >= 4)
    server.settle(1.0)
    texts = [each.text for each in server.world.bot_messages(group)]
    assert sum(FACT in text for text in texts) == 3
    assert sum("太快" in text for text in texts) == 1
    assert len(texts) == 4


def test_a_fast_person_is_slowed_then_banned_and_others_are_not(
    server: TelegramServer, start: Start
) -> None:
    start(WENDA_TELEGRAM_RATE_LIMIT="3/minute")
    fast, other = server.world.person(), server.world.person()
    with server.world.changed:
        for _ in range(20):
            first = fast.say(JOBS)
    # The wait, the ban and three answers.
    server.wait(lambda: sum(FACT in m.text for m in server.world.bot_messages(fast.chat)) >= 3)
    server.wait(lambda: len(server.world.bot_messages(fast.chat)) >= 5)
    server.settle()
    texts = [each.text for each in server.world.bot_messages(fast.chat)]
    assert sum(FACT in text for text in texts) == 3
    assert sum("请等" in text for text in texts) == 1
    assert sum("10分钟内" in text for text in texts) == 1
    assert len(texts) == 5
    assert first
    assert FACT in server.reply(other.say(JOBS)).text


def test_only_who_is_listed_may_ask(server: TelegramServer, start: Start) -> None:
    friend, admin, stranger = (server.world.person(name, "en") for name in "fas")
    ours, theirs = server.world.group("ours"), server.world.group("theirs")
    start(WENDA_TELEGRAM_ALLOWED=f"{friend.id}, {ours.id}", WENDA_TELEGRAM_ADMINS=str(admin.id))
    assert FACT in server.reply(friend.say(JOBS)).text
    assert FACT in server.reply(admin.say(JOBS)).text
    assert str(stranger.id) in server.reply(stranger.say(JOBS)).text
    for _ in range(3):
        stranger.say(JOBS)
        stranger.say(f"/ask {JOBS}", theirs)
    assert FACT in server.reply(stranger.say(f"/ask {JOBS}", ours)).text
    query = stranger.type_inline(JOBS)
    server.settle()
    assert len(server.world.bot_messages(stranger.chat)) == 1
    assert server.world.bot_messages(theirs) == []
    assert query not in server.world.answers
