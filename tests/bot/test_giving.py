"""Documents that are sent to the bot."""

from pathlib import Path

import pytest

from tests.bot.conftest import Start
from tests.bot.processes import BotProcess
from tests.bot.telegram_server import Fault, TelegramServer
from tests.bot.telegram_world import Message, Person

pytestmark = pytest.mark.model

CRANES = b"# Cranes\n\nOspia has 4321 cranes.\n"
MORE = b"# Cranes\n\nOspia has 5432 cranes.\n"


class Given:
    """A bot that takes documents in, and its administrator."""

    def __init__(self, server: TelegramServer, bot: BotProcess, admin: Person) -> None:
        self.server = server
        self.bot = bot
        self.admin = admin
        self.folder = bot.home.parent / "seeds" / "given"

    def send(self, name: str | None, content: bytes = CRANES, until: str = "") -> Message:
        """Sends a file; the reply once it says something."""
        reply = self.server.reply(self.admin.send_file(name, content))
        said = self.server.wait(
            lambda: "" if "Receiving" in reply.text or "taking it in" in reply.text else reply.text,
            120,
        )
        assert until in said
        return reply

    def press(self, reply: Message, label: str, until: str) -> None:
        query = self.admin.press(reply, label)
        self.server.wait(lambda: query in self.server.world.answers)
        self.server.wait(lambda: until in reply.text, 120)


@pytest.fixture
def given(server: TelegramServer, start: Start) -> Given:
    admin = server.world.person("Admin", "en")
    bot = start(WENDA_TELEGRAM_ADMINS=str(admin.id), WENDA_UPLOADS="given", WENDA_MAX_FILE_MB="1")
    return Given(server, bot, admin)


def test_a_document_becomes_part_of_the_index_and_can_be_taken_back(given: Given) -> None:
    server, admin = given.server, given.admin
    assert "becomes a document" in server.reply(admin.say("/help")).text
    reply = given.send("cranes.md", until="In the index.")
    assert reply.text == "cranes.md is received.\nIn the index."
    assert reply.labels == ["Undo"]
    server.ask_until(admin, "How many cranes does Ospia have?", "4321")
    # Another one of that name: asked first, left, then replaced.
    other = given.send("cranes.md", MORE, until="already")
    assert other.labels == ["Replace it", "Leave it"]
    given.press(other, "Leave it", "Not replaced.")
    assert (given.folder / "cranes.md").read_bytes() == CRANES
    again = given.send("cranes.md", MORE, until="already")
    given.press(again, "Replace it", "In the index.")
    server.ask_until(admin, "How many cranes does Ospia have?", "5432")
    given.press(again, "Undo", "In the index.")
    assert (given.folder / "cranes.md").read_bytes() == CRANES
    server.ask_until(admin, "How many cranes does Ospia have?", "4321")
    assert again.labels == []


def test_what_is_not_taken_in_is_told_why(given: Given) -> None:
    admin, server = given.admin, given.server
    told = {
        "../x.md": "cannot have this name",
        "a\\..\\x.md": "cannot have this name",
        "CON.md": "Windows takes this name for a device",
        "y" * 300 + ".md": "too long",
        "run.exe": "Files of this kind are not read.",
        None: "cannot have this name",
    }
    for name, reason in told.items():
        assert reason in given.send(name).text
    assert "It is empty." in given.send("empty.md", b" ").text
    assert "too large" in given.send("large.md", b"x" * 1_000_001).text
    assert not given.folder.exists() or not any(given.folder.iterdir())
    # In the folder, and no document: the reason comes from the index.
    assert "Left out of the index: " in given.send("broken.docx", b"no archive", "Left out").text
    stranger = server.world.person("Ann", "zh-hans")
    reply = server.reply(stranger.send_file("cranes.md", CRANES))
    assert reply.text == "只有管理员可以给我文档。请直接输入问题。"
    server.inject("getFile", Fault("status", 400, "Bad Request: file is too big"))
    assert "Telegram did not hand it over" in given.send("cranes.md").text
    assert admin.id != stranger.id


def test_an_album_of_documents_comes_whole_and_buttons_are_the_administrators(
    given: Given,
) -> None:
    server, admin = given.server, given.admin
    sent = [
        admin.send_file(f"{name}.md", CRANES + name.encode(), media_group_id="7")
        for name in ("one", "two", "three")
    ]
    server.replies(sent[-1], 1)
    server.wait(lambda: len(list(given.folder.glob("*.md"))) == 3, 60)
    reply = server.world.bot_messages(admin.chat)[0]
    server.wait(lambda: "In the index." in reply.text, 120)
    stranger = server.world.person("Ann", "en")
    foreign = Message(
        reply.id, stranger.chat, reply.sender, reply.marked, reply.date, reply.keyboard
    )
    server.world.add_message(foreign)
    query = stranger.press(foreign, "Undo")
    server.wait(lambda: query in server.world.answers)
    server.wait(lambda: "Only administrators" in foreign.text)
    assert len(list(given.folder.glob("*.md"))) == 3


def test_a_kill_while_it_is_taken_in_loses_nothing(given: Given) -> None:
    given.server.inject("download", Fault("drop", times=1))
    asked = given.admin.send_file("cranes.md", CRANES)
    given.server.reply(asked)
    given.bot.kill()
    given.bot.start()
    reply = given.server.reply(asked)
    given.server.wait(lambda: "In the index." in reply.text, 180)
    assert (given.folder / "cranes.md").read_bytes() == CRANES
    assert len(given.server.world.bot_messages(given.admin.chat, asked)) == 1


def test_without_the_setting_documents_are_no_questions(
    server: TelegramServer, start: Start
) -> None:
    admin = server.world.person("Admin", "en")
    bot = start(WENDA_TELEGRAM_ADMINS=str(admin.id))
    reply = server.reply(admin.send_file("cranes.md", CRANES))
    assert reply.text == "I can only read text. Please type your question."
    assert not list(Path(bot.home.parent / "seeds").rglob("cranes.md"))
