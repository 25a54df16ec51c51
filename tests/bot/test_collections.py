"""The bot where there are several collections: who sees what, and where."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.processes import BotProcess, FakeBotProcess
from tests.bot.telegram_server import TelegramServer
from tests.bot.telegram_world import Chat, Message, Person
from tests.fakes import CALIBRATION, HASHING_SCALE, write_files
from words import words_in

pytestmark = pytest.mark.slow

FILE = """
[[collection]]
name = "open"
title = "Offenes Regal"
folder = "open"
who = "everybody"

[[collection]]
name = "closed"
title = "Geheimes Regal"
folder = "closed"
who = [{who}]
"""
JOBS, PARKS = "城镇新增就业多少人？", "How many new parks has the city opened?"
CLOSED = ("seven", "Geheimes", "closed", "Parks")


class Library:
    """A bot with two collections, a person who may see both, one who may not, and a group."""

    def __init__(self, server: TelegramServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.ann = server.world.person("Ann", "en")
        self.eve = server.world.person("Eve", "en")
        self.group = server.world.group("Reading")
        self.bot = self._start(f'"telegram:{self.ann.id}"')

    def _start(self, who: str) -> BotProcess:
        path = self.folder / "collections.toml"
        path.write_text(FILE.format(who=who), encoding="utf-8")
        home = self.folder / "home"
        bot = FakeBotProcess(self.server, home, WENDA_COLLECTIONS=str(path))
        polls = self.server.polls
        bot.start(wait=False)
        self.server.wait(lambda: self.server.polls > polls, 300)
        return bot

    def change_rights(self, who: str) -> None:
        """In the file, which the running bot reads again."""
        path = self.folder / "collections.toml"
        path.write_text(FILE.format(who=who), encoding="utf-8")
        self.server.wait(lambda: "were read again" in self.bot.log, 60)

    def ask_bot(self, person: Person, text: str, group: Chat | None = None) -> Message:
        told = self.server.reply(person.say(text, group) if group else person.say(text))
        self.server.wait(lambda: told.text != "Looking…")
        return told


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    write_files(tmp_path / "open", {"jobs.md": "# 就业\n\n城镇新增就业3960人。居民很满意。\n"})
    parks = "# Parks\n\nThe city opened seven new parks. People are content.\n"
    write_files(tmp_path / "closed", {"parks.md": parks})
    for name in ("open", "closed"):
        home = tmp_path / "home" / "collections" / name
        home.mkdir(parents=True)
        CALIBRATION.save(home / "calibration.json", HASHING_SCALE)
    server = TelegramServer()
    made = Library(server, tmp_path)

    def built() -> bool:
        homes = (tmp_path / "home" / "collections").iterdir()
        return all((home / "CURRENT").exists() for home in homes)

    server.wait(built, 300)
    server.ask_until(made.ann, JOBS, "3960人")
    server.ask_until(made.ann, PARKS, "seven")
    yield made
    made.bot.stop()
    server.close()
    assert server.world.violations == []
    assert "Traceback" not in made.bot.log, made.bot.log


def test_everybody_sees_only_what_is_theirs(library: Library) -> None:
    ann, eve, ask = library.ann, library.eve, library.ask_bot
    answer = ask(ann, PARKS)
    assert "seven" in answer.text
    assert "Geheimes Regal" in answer.text
    choices = ask(ann, "/in").text
    assert "Offenes Regal: /in open" in choices
    assert "Geheimes Regal: /in closed" in choices
    bot = words_in("en").bot
    commands = [f"/{name}" for name in (*bot.commands, *bot.admin_commands)]
    for text in (PARKS, "/in closed", "/in Geheimes Regal", "/about", "/start", *commands):
        told = ask(eve, text)
        said = told.text.replace(PARKS, "") + "".join(told.labels)
        assert not any(word in said for word in CLOSED if word not in text), (text, said)
    # In a group everybody reads along: what only Ann may see is not shown there.
    told = ask(ann, f"/ask {PARKS}", library.group)
    assert not any(word in told.text for word in CLOSED)
    # A collection is chosen by its name or title, until that is ended.
    assert "Geheimes Regal" in ask(ann, "/in geheimes regal").text
    assert "3960人" not in ask(ann, JOBS).text
    ask(ann, "/in")
    assert "3960人" in ask(ann, JOBS).text
    # Who lost the right cannot open what was shown before.
    ask(ann, "/in closed")
    before = ask(ann, PARKS)
    library.change_rights('"user:nobody"')
    ann.press(before, before.labels[0])
    library.server.settle()
    assert before.text.count("seven") == 1
    assert "seven" not in ask(ann, PARKS).text
    assert "3960人" in ask(ann, JOBS).text
