"""The data kept for a person: conversation, language; and how they delete it."""

import logging
from functools import partial

from telegram import BotCommandScopeChat, Update
from telegram.error import BadRequest
from telegram.ext import ExtBot

from bot.handlers.menus import CODES, commands_for
from bot.handlers.resources import HandlerContext, HandlerResources
from bot.intake.asker import Asker, asker_of, feedback_user
from bot.presentation.parts import Button, text_part
from words import LANGUAGES, Words, words_in

_LOGGER = logging.getLogger(__name__)


class Personal:
    """/new, /lang and /privacy, with the buttons that choose a language and delete."""

    def __init__(self, resources: HandlerResources, retention_days: int) -> None:
        self._resources = resources
        self._days = retention_days

    async def new(self, update: Update, _context: HandlerContext) -> None:
        asker = asker_of(update, self._resources.state)
        self._resources.state.turns.forget_turns(asker.conversation)
        self._resources.state.narrowings.choose(asker.conversation, "")
        await self._resources.reply_text(asker, asker.words.bot.forgotten)

    async def lang(self, update: Update, _context: HandlerContext) -> None:
        asker = asker_of(update, self._resources.state)
        row = tuple(Button(words_in(each).name, f"l:{each}") for each in LANGUAGES)
        part = text_part(asker.words.bot.choose_language, (row,))
        await self._resources.reply_parts(asker, [part])

    async def privacy(self, update: Update, _context: HandlerContext) -> None:
        """What is stored about the person, with a button that deletes it."""
        asker = asker_of(update, self._resources.state)
        kept = self._resources.state.remembered_of(asker.user)
        asked = [each.asked for each in self._resources.backends if each.asked is not None]
        text = asker.words.bot.privacy.format(
            days=self._days,
            asked_days=max((each.days for each in asked), default=0),
            answers=kept.answers,
            turns=kept.turns,
            unanswered=sum(each.count_of(feedback_user(asker.user)) for each in asked),
            user=asker.user,
        )
        button = Button(asker.words.bot.delete, f"f:{asker.user}")
        await self._resources.reply_parts(asker, [text_part(text, ((button,),))])

    async def choose_language(
        self, asker: Asker, message: int, language: str, bot: ExtBot[int]
    ) -> str:
        """Speaks to the person in a language from now on; the notification to show."""
        if language not in LANGUAGES:
            return asker.words.bot.expired
        words = words_in(language)
        self._resources.state.people.choose_language(asker.user, words.language)
        await self._resources.edit_reply(asker, message, text_part(words.bot.language_set))
        if asker.target.chat == asker.user:
            await self._set_menu(asker, words, bot)
        return words.bot.language_set

    async def forget_person(self, asker: Asker, message: int, person: str) -> str:
        """Deletes what is stored about the person, in every collection; the notification to show.

        In a group, the chat's id stands for those who write as the group itself.
        """
        if person not in (str(asker.user), str(asker.target.chat)):
            return asker.words.bot.expired
        self._resources.state.forget_user(int(person))
        user = feedback_user(int(person))
        for backend in self._resources.backends:
            await self._resources.pool.in_thread(backend.feedback.forget_user, user)
            if backend.asked is not None:
                await self._resources.pool.in_thread(backend.asked.forget_user, user)
        await self._resources.edit_reply(asker, message, text_part(asker.words.bot.deleted))
        return asker.words.bot.deleted

    async def _set_menu(self, asker: Asker, words: Words, bot: ExtBot[int]) -> None:
        """Has Telegram show this chat's command menu in the chosen language."""
        scope = BotCommandScopeChat(asker.user)
        menu = commands_for(words, admin=self._resources.allowed_users.is_admin(asker.user))
        try:
            for code in CODES:
                await self._resources.delivery.persist(
                    partial(bot.set_my_commands, menu, scope=scope, language_code=code)
                )
        except BadRequest as error:
            _LOGGER.info("The commands of a chat could not be set: %s", error.message)
