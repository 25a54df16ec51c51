"""Command menus, for each language and kind of chat."""

import logging
from collections.abc import Iterable
from functools import partial

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.telegram.delivery import Delivery
from words import Words, words_for_reader

_LOGGER = logging.getLogger(__name__)

#: Menus have two-letter language codes: both kinds of Chinese share one until /lang is used.
CODES = ("", "zh")
_IN_GROUPS = ("ask", "sources", "about", "help")


def commands_for(words: Words, *, admin: bool = False, group: bool = False) -> list[BotCommand]:
    """The commands of a menu."""
    texts = dict(words.bot.commands)
    if group:
        texts = {name: texts[name] for name in _IN_GROUPS}
    if admin:
        texts |= words.bot.admin_commands
    return [BotCommand(name, text) for name, text in texts.items()]


def menus(admins: Iterable[int]) -> list[tuple[list[BotCommand], BotCommandScope, str]]:
    """Every menu with its scope and language code."""
    made: list[tuple[list[BotCommand], BotCommandScope, str]] = []
    for code in CODES:
        words = words_for_reader(code)
        made.append((commands_for(words), BotCommandScopeDefault(), code))
        made.append((commands_for(words, group=True), BotCommandScopeAllGroupChats(), code))
        made += [
            (commands_for(words, admin=True), BotCommandScopeChat(admin), code)
            for admin in sorted(admins)
        ]
    return made


async def set_menus(bot: ExtBot[int], delivery: Delivery, admins: Iterable[int]) -> None:
    """Sends every menu to Telegram."""
    for commands, scope, code in menus(admins):
        try:
            await delivery.persist(
                partial(bot.set_my_commands, commands, scope=scope, language_code=code)
            )
        except TelegramError as error:
            # An administrator who never wrote to the bot has no chat with it.
            _LOGGER.info("A list of commands could not be set: %s", error.message)
