"""Commands that run until they are ended: the server, MCP for an agent, the bot."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from rag.extras import require
from wenda.collections_file import document_folders
from wenda.console import OUT, Home, Seeds, print_plain
from wenda.settings import Settings, read_settings

if TYPE_CHECKING:
    from rag.serving.collections import Collections

_Watch = Annotated[bool, typer.Option("--watch", help="Index whenever the folder changes.")]


def serve(
    host: Annotated[str | None, typer.Option(help="Address.", show_default="127.0.0.1")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port.", show_default="8000")
    ] = None,
    *,
    watch: _Watch = False,
    seeds: Seeds = None,
    home: Home = None,
) -> None:
    """Serve the web page, the REST API and, with TELEGRAM_BOT_TOKEN, the bot until Ctrl-C.

    Without an index one is built first, in the background.
    """
    from wenda.commands import serve as serving

    def announce(url: str) -> None:
        print_plain(OUT, f"Wenda is at {url} (Ctrl-C ends it)")

    settings = read_settings(host=host, port=port, seeds=seeds, home=home)
    watched = watch or settings.uploads is not None
    beside: list[serving.Companion] = _watching(settings) if watched else []
    if settings.telegram_bot_token is None:
        serving.serve(settings, companions=beside, announce=announce)
        return
    require("telegram")
    from wenda.commands.bot import BotBesideServer

    bot = BotBesideServer(settings)
    beside.append(bot.run_beside)
    serving.serve(
        settings, companions=beside, bot_state=bot.state, routes=bot.routes, announce=announce
    )


def mcp(
    *,
    watch: _Watch = False,
    seeds: Seeds = None,
    home: Home = None,
) -> None:
    """Answer an agent over MCP, on standard input and output. An agent starts this by itself.

    Without an index one is built first, in the background.
    """
    require("mcp")
    from wenda.commands import mcp as agents

    settings = read_settings(seeds=seeds, home=home)
    agents.serve_agent(settings, companions=_watching(settings) if watch else ())


def bot(*, seeds: Seeds = None, home: Home = None) -> None:
    """Run the Telegram bot alone until Ctrl-C; its token is TELEGRAM_BOT_TOKEN.

    Without an index one is built first, in the background.
    """
    require("telegram")
    from wenda.commands import bot as telegram

    def announce(name: str) -> None:
        print_plain(OUT, f"The bot answers as @{name} (Ctrl-C ends it)")

    settings = read_settings(seeds=seeds, home=home)
    if settings.uploads is not None:
        require("index")
    telegram.run_bot(settings, announce=announce)


def _watching(settings: Settings) -> "list[Callable[[Collections], Awaitable[None]]]":
    """What rebuilds the index whenever the folder has changed."""
    require("read", within="index")
    from wenda.runtime.watching import following

    folders = document_folders(settings)
    return [lambda collections: following(folders, collections)]
