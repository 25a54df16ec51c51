"""What a language model writes, in a message of its own above the quotations."""

import time
from collections.abc import Iterator

import pytest

from tests.bot.conftest import Start
from tests.bot.telegram_server import TelegramServer
from tests.bot.telegram_world import Message, Person
from tests.openai_server import KEY, MODEL, OpenAIServer, openai_server
from words import words_in

pytestmark = pytest.mark.model

QUESTION = "盘锦市新增创业多少人？"
OTHER = "临河区有多少个社区养老服务站？"
HELD = "新增创业的有11331人，由此带动就业20352人。"
WORDS = words_in("zh-Hans").answers


@pytest.fixture
def model() -> Iterator[OpenAIServer]:
    with openai_server() as server:
        server.writes = lambda _question, _quotations: f"{HELD[:-1]}[1]。盘锦很好[1]。"
        yield server


@pytest.fixture
def asker(server: TelegramServer, start: Start, model: OpenAIServer) -> Person:
    """Somebody whose bot has a language model."""
    names = {"URL": model.url, "MODEL": MODEL, "KEY": KEY, "SECONDS": "20"}
    start(**{f"WENDA_WRITER_{name}": value for name, value in names.items()})
    return server.world.person("Li", "zh-hans")


def until(server: TelegramServer, message: Message, said: str) -> None:
    server.wait(lambda: said in message.text)


def alone(server: TelegramServer, asked: Message, fact: str) -> None:
    """Waits until the bot's only message has a fact."""

    def is_alone() -> bool:
        said = [each.text for each in server.world.bot_messages(asked.chat, asked)]
        return len(said) == 1 and fact in said[0]

    server.wait(is_alone)


def test_it_stands_above_the_quotations_and_is_edited_as_it_comes(
    server: TelegramServer, asker: Person, model: OpenAIServer
) -> None:
    model.pause = 0.15
    model.writes = lambda _question, _quotations: f"{HELD[:-1]}[1]。" * 14
    above, below = server.replies(asker.say(QUESTION), 2)
    assert above.text == WORDS.writing
    assert "11331" in below.text
    until(server, above, f"{HELD} [1] …")
    assert above.marked_as("italic")[0].strip() == WORDS.written
    server.wait(lambda: not above.text.endswith("…"))
    assert above.text == f"{WORDS.written}\n\n" + " ".join([f"{HELD} [1]"] * 14)
    assert above.labels == []
    assert "👍" in below.labels
    assert len(above.versions) <= 6  # Telegram takes few edits


@pytest.mark.parametrize("fault", ["500", "nonsense", "broken"])
def test_where_nothing_is_written_the_quotations_stand_alone(
    server: TelegramServer, asker: Person, model: OpenAIServer, fault: str
) -> None:
    model.fault = fault
    asked = asker.say(QUESTION)
    alone(server, asked, "11331")
    asker.edit(asked, OTHER)  # its answer follows
    alone(server, asked, "23個")


def test_who_asks_on_is_not_kept_waiting(
    server: TelegramServer, asker: Person, model: OpenAIServer
) -> None:
    model.fault = "silence"
    first = asker.say(QUESTION)
    assert len(server.replies(first, 2)) == 2
    began = time.monotonic()
    model.fault = ""
    model.writes = lambda _question, _quotations: "[0]"
    second = asker.say(OTHER)
    server.wait(lambda: any("23個" in each.text for each in server.world.bot_messages(second.chat)))
    assert time.monotonic() - began < 15
    server.settle()
    said = [each.text for each in server.world.bot_messages(first.chat)]
    assert WORDS.writing not in said
    assert len(said) == 2


def test_a_source_opens_while_there_is_a_written_answer(
    server: TelegramServer, asker: Person
) -> None:
    above, below = server.replies(asker.say(QUESTION), 2)
    until(server, above, HELD)
    written = above.text
    asker.press(below, "[1]")
    server.wait(lambda: "‹‹" in "".join(below.labels))
    asker.press(below, "‹‹")
    server.wait(lambda: "👍" in below.labels)
    assert above.text == written


def test_a_bot_that_is_killed_while_it_writes_does_so_again(
    server: TelegramServer, start: Start, model: OpenAIServer
) -> None:
    names = {"URL": model.url, "MODEL": MODEL, "KEY": KEY, "SECONDS": "30"}
    settings = {f"WENDA_WRITER_{name}": value for name, value in names.items()}
    bot = start(**settings)
    model.fault = "silence"
    asker = server.world.person("Li", "zh-hans")
    asked = asker.say(QUESTION)
    server.replies(asked, 2)
    bot.kill()
    model.fault = ""
    start(**settings)
    server.wait(lambda: HELD in server.world.bot_messages(asked.chat, asked)[0].text)
    assert len(server.world.bot_messages(asked.chat, asked)) == 2
