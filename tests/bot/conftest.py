"""A fake Telegram, an index of the real model, and the real bot between them."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.progress import silent
from tests.bot.processes import BotProcess
from tests.bot.telegram_server import TelegramServer
from tests.bot.telegram_world import Person
from tests.fakes import write_files
from wenda.composition.building import make_indexer
from wenda.settings import read_settings

SEEDS = Path(__file__).parents[2] / "seeds"
#: Markup where a document says it, and characters of two UTF-16 units.
HOSTILE = (
    "<b>Zorbo & Söhne</b> </blockquote>\n\n"
    "The company Zorbo sold <b>4711 blue umbrellas</b> & 3 < 5 gadgets 😀👨‍👩‍👧‍👦 in Quxville in "
    "2019, said <a href='x'>its</a> owner. </blockquote> Nobody complained.\n"
)
LONG = "# Deep wells of Plimford\n\n" + "\n\n".join(
    f"Well number {n} of Plimford is {n * 7} metres deep and was dug in {1900 + n}. 😀" * 6
    for n in range(1, 12)
)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    """An index of our documents and two hostile ones; not to be written to."""
    folder = tmp_path_factory.mktemp("bot")
    shutil.copytree(SEEDS, folder / "seeds")
    write_files(folder / "seeds", {"hostile.txt": HOSTILE, "wells.md": LONG})
    home = folder / "home"
    home.mkdir()
    made = read_settings(seeds=folder / "seeds", home=home)
    assert pytestconfig.cache is not None
    kept = pytestconfig.cache.mkdir("wenda") / "vectors.cache"
    if kept.is_file():
        shutil.copyfile(kept, home / kept.name)
    report = make_indexer(made, silent).index_folder(made.seeds)
    assert report.skipped == []
    return folder


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    """A home of one's own; the documents are in `seeds` beside it."""
    shutil.copytree(built / "seeds", tmp_path / "seeds")
    shutil.copytree(built / "home", tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    """A Telegram of one's own; at the end, the bot made no mistake that it noticed."""
    made = TelegramServer()
    yield made
    made.close()
    assert made.world.violations == []


Start = Callable[..., BotProcess]


@pytest.fixture
def start(server: TelegramServer, home: Path) -> Iterator[Start]:
    """Starts a bot of one's own, with settings."""
    started: list[BotProcess] = []

    def begin(*, wait: bool = True, **settings: str) -> BotProcess:
        bot = BotProcess(server, home, WENDA_SEEDS=str(home.parent / "seeds"), **settings)
        started.append(bot.start(wait=wait))
        return bot

    yield begin
    for bot in started:
        bot.stop()
        assert "Traceback" not in bot.log
        assert "123456789:" not in bot.log


@pytest.fixture(scope="session")
def shared(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Shared"]:
    """One bot that many tests talk to, each as somebody else."""
    folder = tmp_path_factory.mktemp("shared")
    shutil.copytree(built / "seeds", folder / "seeds")
    shutil.copytree(built / "home", folder / "home")
    server = TelegramServer()
    admin = server.world.person("Admin", "en")
    bot = BotProcess(
        server,
        folder / "home",
        WENDA_SEEDS=str(folder / "seeds"),
        WENDA_PUBLIC_URL="https://wenda.example.org",
        WENDA_TELEGRAM_ADMINS=str(admin.id),
    ).start()
    yield Shared(server, bot, admin, folder)
    assert bot.terminate() == 0
    server.close()
    assert server.world.violations == []
    assert "Traceback" not in bot.log, bot.log
    assert "123456789:" not in bot.log


class Shared:
    """The shared bot with its Telegram, and its administrator."""

    def __init__(
        self, server: TelegramServer, bot: BotProcess, admin: Person, folder: Path
    ) -> None:
        self.server = server
        self.bot = bot
        self.admin = admin
        self.folder = folder
