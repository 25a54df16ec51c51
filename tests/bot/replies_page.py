"""Writes docs/telegram-replies.md: a conversation with the real bot, as the fake Telegram saw it.

python -m tests.bot.replies_page docs/telegram-replies.md
"""

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from rag.progress import silent
from tests.bot.processes import BotProcess
from tests.bot.telegram_html import units
from tests.bot.telegram_server import TelegramServer
from tests.bot.telegram_world import Message, Person
from wenda.composition.building import make_indexer
from wenda.settings import read_settings

_SEEDS = Path(__file__).parents[2] / "seeds"
_HEAD = """# What people see
Written by `python -m tests.bot.replies_page` from the record of the test suite's Bot API server:
the real bot, the real model, the documents of `seeds/`. A bar stands for an expandable quotation,
boxes for buttons.
"""
_SIGNS = {"bold": "**", "italic": "_"}
_ESCAPED = str.maketrans({each: f"\\{each}" for each in "\\*_[]<>`|#"})

#: What is sent, in each language; a `>` presses the button whose label holds the rest.
_SCRIPTS = {
    "简体中文": (
        "zh-hans",
        ("/start", "盘锦市新增创业多少人？", "> [1]", "> 返回", "> 更多"),
        (
            "今年一共新增就业多少人？",
            "/new",
            "恐龙是什么时候灭绝的？",
            "盘锦和巴黎哪个城市新增创业的人更多？",
            "总结一下盘锦的民生工作",
            "总结一下所有文档",
            "pan jin kou dai gong yuan",
            "口带公园",
            "/in document:taobei",
            "城镇新增就业多少人？",
            "/in",
            "你好",
            "谢谢！",
            "/sources",
            "/about",
            "/help",
        ),
    ),
    "繁體中文": ("zh-hant", ("臨河區有幾個社區養老服務站？", "> [1]", "/privacy"), ()),
    "English": (
        "en",
        ("/start", "How many job fairs has Taobei district held since 2021?", "> [1]"),
        ("How many job fairs did Linhe hold by the end of October?", "And in Taobei?", "/new"),
        ("When did dinosaurs become extinct?", "/lang", "/about", "/privacy"),
    ),
}


def main(target: Path) -> None:
    """Builds an index, talks to a bot, writes the page."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(_SEEDS, folder / "seeds")
        settings = read_settings(seeds=folder / "seeds", home=folder / "home")
        make_indexer(settings, silent).index_folder(settings.seeds)
        server = TelegramServer()
        bot = BotProcess(
            server,
            folder / "home",
            WENDA_SEEDS=str(folder / "seeds"),
            WENDA_PUBLIC_URL="https://wenda.example.org",
        ).start()
        try:
            sections = [_HEAD, *(_section(server, name) for name in _SCRIPTS)]
        finally:
            bot.terminate()
            server.close()
    target.write_text("\n".join(sections), encoding="utf-8")


def _section(server: TelegramServer, name: str) -> str:
    code, *scripts = _SCRIPTS[name]
    person = server.world.person("小明" if str(code).startswith("zh") else "Ann", str(code))
    lines = [f"## {name}"]
    message: Message | None = None
    for step in (step for script in scripts for step in script):
        if step.startswith("> ") and message is not None:
            lines.append(f"*[ {_press(server, person, message, step[2:])} ]*\n")
        else:
            message = server.reply(person.say(step))
            lines.append(f"**{person.first_name}:** {step.translate(_ESCAPED)}\n")
        lines.append(shown(message))
    return "\n".join(lines)


def _press(server: TelegramServer, person: Person, message: Message, label: str) -> str:
    before = len(message.versions)
    person.press(message, label)
    server.wait(lambda: len(message.versions) > before)
    found: Callable[[str], bool] = lambda each: label in each  # noqa: E731
    return next(filter(found, message.versions[-1].labels), label)


def shown(message: Message) -> str:
    """A message in Markdown, as a quotation with its buttons."""
    lines = [f"> {line}  " if line.strip() else ">" for line in _styled(message).split("\n")]
    if message.keyboard:
        lines.append(">")
        lines += [
            "> " + " ".join(f"`{button['text']}`" for button in row) + "  "
            for row in message.keyboard
        ]
    return "\n".join(lines) + "\n"


def _styled(message: Message) -> str:
    """The text with its entities as Markdown."""
    opens: dict[int, list[str]] = {}
    closes: dict[int, list[str]] = {}
    quoted: list[tuple[int, int]] = []
    for entity in message.marked.entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if entity["type"] == "expandable_blockquote":
            quoted.append((start, end))
            continue
        url = entity.get("url")
        sign = _SIGNS.get(entity["type"], "")
        opens.setdefault(start, []).append("[" if url else sign)
        closes.setdefault(end, []).insert(0, f"]({url})" if url else sign)
    parts, at = [], 0
    for character in message.text:
        parts += closes.pop(at, [])
        if any(at == start for start, _ in quoted):
            parts.append("▎")
        parts += opens.pop(at, [])
        parts.append(character.translate(_ESCAPED))
        at += units(character)
    return "".join([*parts, *closes.pop(at, [])])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
