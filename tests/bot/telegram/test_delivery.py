"""Messages arrive once, whatever Telegram does; and are refused only when it means it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from telegram import Message, Update
from telegram.error import BadRequest, Forbidden, NetworkError

from bot.answers.shown import ShownAnswer, shown_answer
from bot.intake.limits import Decision, Verdict
from bot.intake.notices import Notices
from bot.intake.processor import PerPerson
from bot.options import BotOptions
from bot.presentation.markup import StyledText, units
from bot.presentation.parts import Button, ReplyPart, text_part
from bot.presentation.replies import Replies
from bot.state import BotState
from bot.telegram.connection import built
from bot.telegram.delivery import Delivery, ReplyTarget
from bot.telegram.numbering import MessageNumbering
from tests.bot.stubs import answer, citation
from tests.bot.telegram_server import TOKEN, Fault, TelegramServer
from tests.bot.telegram_world import Person
from words import words_in

pytestmark = pytest.mark.slow

BASE = ShownAnswer("0123456789abcdef", 1, 2, "Why?")
PART = ReplyPart((StyledText("An "), StyledText("answer", bold=True)), ((Button("more", "m:1"),),))


class Desk:
    """A delivery with what it needs; `run` has it do something."""

    def __init__(self, server: TelegramServer, file: Path, patience: float) -> None:
        self.server = server
        self.state = BotState(file, 30)
        self.patience = patience

    def run_delivery(self, work: Callable[[Delivery], Awaitable[object]]) -> object:
        async def working() -> object:
            options = BotOptions(TOKEN, api=self.server.url, timeout=0.3)
            processor = PerPerson(lambda _update: "", lambda _update: None)
            bot = built(options, processor).bot
            await bot.initialize()
            numbering = MessageNumbering()
            with self.server.world.changed:
                for messages in self.server.world.messages.values():
                    for message in messages.values():
                        numbering.saw_message(message.chat.id, message.id)
            try:
                return await work(Delivery(bot, self.state.inbox, numbering, self.patience))
            finally:
                await bot.shutdown()

        return asyncio.run(working())


@pytest.fixture
def desk(server: TelegramServer, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(server, tmp_path / "telegram.sqlite", 20.0)
    yield made
    made.state.close()


@pytest.fixture
def person(server: TelegramServer) -> Person:
    person = server.world.person()
    person.say("Why?")
    return person


def texts(server: TelegramServer, person: Person) -> list[str]:
    return [each.text for each in server.world.bot_messages(person.chat)]


def test_a_reply_is_sent_once_however_often_it_is_asked_for(desk: Desk, person: Person) -> None:
    place = ReplyTarget(7, person.id)
    first = desk.run_delivery(
        lambda delivery: delivery.deliver_parts(place, [PART, text_part("two")])
    )
    again = desk.run_delivery(
        lambda delivery: delivery.deliver_parts(place, [PART, text_part("two")])
    )
    assert first == again
    assert texts(desk.server, person) == ["An answer", "two"]


def test_a_reply_that_grows_or_shrinks_stays_in_its_messages(desk: Desk, person: Person) -> None:
    server = desk.server
    three = [text_part(word) for word in ("one", "two", "three")]
    sent = desk.run_delivery(
        lambda delivery: delivery.deliver_parts(ReplyTarget(7, person.id), three)
    )
    assert isinstance(sent, list)
    short = [text_part("only")]
    assert (
        desk.run_delivery(lambda d: d.deliver_parts(ReplyTarget(8, person.id), short, sent))
        == sent[:1]
    )
    assert texts(server, person) == ["only"]
    long = [text_part("a"), text_part("b")]
    grown = desk.run_delivery(lambda d: d.deliver_parts(ReplyTarget(9, person.id), long, sent[:1]))
    assert isinstance(grown, list)
    assert grown[0] == sent[0]
    assert texts(server, person) == ["a", "b"]


@pytest.mark.parametrize("done", [True, False])
def test_an_answer_of_ten_thousand_characters_arrives_whole_and_once(
    desk: Desk, person: Person, *, done: bool
) -> None:
    sentence = "Ein <b>langer</b> Satz & ein 😀. "
    quote = (sentence * (10_000 // len(sentence) + 1)).strip()
    shown = shown_answer(answer(citation(1, quote)), BASE)
    parts = Replies(None).answer_parts(shown, words_in("en"))
    desk.server.inject("sendMessage", Fault("drop", 502, done=done, seconds=0.5))
    messages = desk.run_delivery(
        lambda delivery: delivery.deliver_parts(ReplyTarget(7, person.id), parts)
    )
    sent = desk.server.world.bot_messages(person.chat)
    assert [message.id for message in sent] == messages
    assert len(sent) == 3
    assert all(units(message.text) <= 4096 for message in sent)
    whole = " ".join(" ".join(message.text for message in sent).split())
    assert whole.startswith(f"{quote} [1]")


def test_a_message_that_somebody_deleted_is_sent_anew(desk: Desk, person: Person) -> None:
    server = desk.server
    desk.run_delivery(lambda delivery: delivery.deliver_parts(ReplyTarget(7, person.id), [PART]))
    server.world.remove(server.world.bot_messages(person.chat)[0])
    desk.run_delivery(lambda delivery: delivery.deliver_parts(ReplyTarget(7, person.id), [PART]))
    assert texts(server, person) == ["An answer"]


@pytest.mark.parametrize("kind", ["drop", "silence", "status"])
@pytest.mark.parametrize("done", [True, False])
def test_a_lost_message_is_found_among_others(
    desk: Desk, person: Person, kind: str, *, done: bool
) -> None:
    server = desk.server
    server.inject("sendMessage", Fault(kind, 502, done=done, seconds=0.5))
    others = [server.world.person() for _ in range(5)]
    for other in others:
        other.say("busy")
    desk.run_delivery(lambda delivery: delivery.deliver_parts(ReplyTarget(7, person.id), [PART]))
    assert texts(server, person) == ["An answer"]
    (answer,) = server.world.bot_messages(person.chat)
    assert answer.versions == []


def test_looking_for_a_lost_message_leaves_others_alone(desk: Desk, person: Person) -> None:
    desk.run_delivery(
        lambda delivery: delivery.deliver_parts(ReplyTarget(8, person.id), [text_part("other")])
    )
    (other,) = desk.server.world.bot_messages(person.chat)
    desk.state.inbox.note_sending(7, 0, person.id, other.id - 1)
    desk.run_delivery(lambda delivery: delivery.deliver_parts(ReplyTarget(7, person.id), [PART]))
    assert texts(desk.server, person) == ["other", "An answer"]


def test_a_search_leaves_shown_answers_and_notices_alone(desk: Desk, person: Person) -> None:
    server, inbox = desk.server, desk.state.inbox
    shown = desk.run_delivery(
        lambda delivery: delivery.deliver_parts(ReplyTarget(8, person.id), [text_part("shown")])
    )
    assert isinstance(shown, list)
    inbox.note_unsent(8, 0)  # swept; what it shows is kept for its buttons
    desk.state.shown.put_answer(ShownAnswer("a", person.id, person.id, "Why?"), 1)
    desk.state.shown.set_messages("a", shown)
    flood = Update(9, message=Message.de_json(person.say("Why?").to_json(), None))

    async def notify(delivery: Delivery) -> None:
        notices = Notices(delivery._bot, desk.state, MessageNumbering())  # noqa: SLF001
        await notices.send_notice(flood, Decision(Verdict.SLOW, 9))

    desk.run_delivery(notify)
    inbox.note_sending(7, 0, person.id, 0)
    desk.run_delivery(lambda delivery: delivery.deliver_parts(ReplyTarget(7, person.id), [PART]))
    said = texts(server, person)
    assert (said[0], said[2]) == ("shown", "An answer")
    assert "9" in said[1]
    assert (
        dict(inbox.highest_messages())[person.id] == server.world.bot_messages(person.chat)[-1].id
    )


def test_two_lost_messages_of_a_chat_are_told_apart(desk: Desk) -> None:
    server = desk.server
    group = server.world.group("g")
    server.world.person().say("/ask a", group)
    server.inject("sendMessage", Fault("drop", done=True, times=2))

    async def both(delivery: Delivery) -> None:
        await asyncio.gather(
            delivery.deliver_parts(ReplyTarget(7, group.id), [text_part("seven")]),
            delivery.deliver_parts(ReplyTarget(8, group.id), [text_part("eight")]),
        )

    desk.run_delivery(both)
    assert sorted(each.text for each in server.world.bot_messages(group)) == ["eight", "seven"]


def test_patience_comes_to_an_end(desk: Desk, person: Person) -> None:
    desk.patience = 1.0
    desk.server.inject("sendMessage", Fault("status", 500, times=99))
    with pytest.raises(NetworkError):
        desk.run_delivery(
            lambda delivery: delivery.deliver_parts(ReplyTarget(7, person.id), [PART])
        )


def test_a_refusal_is_not_tried_again(desk: Desk, person: Person) -> None:
    person.chat.blocked = True
    with pytest.raises(Forbidden):
        desk.run_delivery(
            lambda delivery: delivery.deliver_parts(ReplyTarget(7, person.id), [PART])
        )
    with pytest.raises(BadRequest, match=r"[Cc]hat not found"):
        desk.run_delivery(lambda delivery: delivery.deliver_parts(ReplyTarget(8, 404), [PART]))
    assert len(desk.server.called("sendMessage")) == 2


def test_rejected_markup_becomes_plain_text_and_rejected_buttons_go(
    desk: Desk, person: Person
) -> None:
    server = desk.server
    server.inject("sendMessage", Fault("status", 400, "Bad Request: can't parse entities: x"))
    desk.run_delivery(lambda delivery: delivery.deliver_parts(ReplyTarget(7, person.id), [PART]))
    (answer,) = server.world.bot_messages(person.chat)
    assert (answer.text, answer.marked.entities, answer.labels) == ("An answer", (), ["more"])
    bad = ReplyPart(PART.runs, ((Button("page", url="not a link"),),))
    desk.run_delivery(lambda delivery: delivery.deliver_parts(ReplyTarget(8, person.id), [bad]))
    assert server.world.bot_messages(person.chat)[1].labels == []


def test_an_edit_that_changes_nothing_is_done(desk: Desk, person: Person) -> None:
    desk.run_delivery(lambda delivery: delivery.deliver_parts(ReplyTarget(7, person.id), [PART]))
    number = desk.server.world.bot_messages(person.chat)[0].id
    assert (
        desk.run_delivery(lambda delivery: delivery.edit_message(person.id, number, PART)) is True
    )
    assert len(desk.server.called("editMessageText")) == 1
    assert desk.run_delivery(lambda delivery: delivery.edit_message(person.id, 999, PART)) is False
