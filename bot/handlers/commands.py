"""Commands for everybody, and the buttons below their replies."""

import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from telegram import BotCommandScopeChat, Update
from telegram.error import BadRequest
from telegram.ext import ExtBot

from bot.handlers.menus import CODES, commands_for
from bot.handlers.questions import HandlerContext, Questions, feedback_user, offered
from bot.handlers.resources import HandlerResources
from bot.intake import addressing
from bot.intake.addressing import BotIdentity
from bot.intake.allowed_users import AllowedUsers
from bot.intake.asker import Asker, asker_of
from bot.presentation.markup import StyledText, clipped
from bot.presentation.parts import Button, ReplyPart, text_part
from bot.presentation.replies import DOCUMENTS_PER_PAGE
from rag import DocumentFilter, Service, separate_filters
from rag.errors import StoreError
from words import LANGUAGES, Words, filter_text, words_in

_LOGGER = logging.getLogger(__name__)
_EXAMPLES = 4
_LONGEST_NAME = 64


class Commands:
    """/start, /help, /sources, /new, /lang, /about, /privacy and unknown commands."""

    def __init__(
        self,
        resources: HandlerResources,
        me: BotIdentity,
        allowed_users: AllowedUsers,
        questions: Questions,
        retention_days: int,
    ) -> None:
        self._resources = resources
        self._me = me
        self._allowed_users = allowed_users
        self._questions = questions
        self._days = retention_days

    async def start(self, update: Update, _context: HandlerContext) -> None:
        """Introduces the bot and suggests questions."""
        asker = asker_of(update, self._resources.state)
        words = asker.words
        self._resources.state.people.mark_seen(asker.user, asker.telegram_language)
        runs = [StyledText(words.bot.hello.format(name=clipped(asker.name, _LONGEST_NAME)))]
        try:
            examples = await self._resources.pool.examples(words.language, _EXAMPLES)
        except StoreError:
            runs.append(StyledText(f"\n\n{words.bot.no_index}"))
            examples = []
        if not examples:
            await self._reply(asker, [ReplyPart(tuple(runs))])
            return
        runs.append(StyledText(f"\n\n{words.bot.try_one}"))
        shown = offered(asker, examples)
        self._resources.state.shown.put_answer(shown, None)
        await self._reply(asker, self._resources.replies.offers(runs, shown))

    async def help(self, update: Update, _context: HandlerContext) -> None:
        asker = asker_of(update, self._resources.state)
        text = asker.words.bot.help.format(bot=f"@{self._me.username}")
        if self._allowed_users.is_admin(asker.user):
            text = f"{text}\n\n{asker.words.bot.help_admin}"
            if self._resources.backend.uploads is not None:
                text = f"{text}\n{asker.words.uploads.help}"
        await self._questions.say_text(asker, text)

    async def sources(self, update: Update, _context: HandlerContext) -> None:
        """Lists the documents."""
        asker = asker_of(update, self._resources.state)
        service = await self._service(asker)
        if service is not None:
            await self._reply(asker, [await self._documents(service, 0, asker.words)])

    async def narrow(self, update: Update, _context: HandlerContext) -> None:
        """Narrows the conversation to some documents, or ends that."""
        asker = asker_of(update, self._resources.state)
        words, message = asker.words, update.effective_message
        text = addressing.argument(message) if message is not None else ""
        narrowings = self._resources.state.narrowings
        if not text:
            was_narrowed = bool(narrowings.narrowing_of(asker.conversation))
            narrowings.narrow(asker.conversation, DocumentFilter())
            said = words.bot.in_ended if was_narrowed else words.bot.in_usage
            await self._questions.say_text(asker, said)
            return
        service = await self._service(asker)
        if service is None:
            return
        within, count = await self._resources.pool.in_thread(_narrowed, service, text)
        said = filter_text(within, words.answers)
        if count:
            narrowings.narrow(asker.conversation, within)
            reply = words.bot.in_set.format(filter=said, count=count)
        else:
            reply = words.answers.nothing_left.format(filter=said)
        await self._questions.say_text(asker, reply)

    async def new(self, update: Update, _context: HandlerContext) -> None:
        asker = asker_of(update, self._resources.state)
        self._resources.state.turns.forget_turns(asker.conversation)
        self._resources.state.narrowings.narrow(asker.conversation, DocumentFilter())
        await self._questions.say_text(asker, asker.words.bot.forgotten)

    async def lang(self, update: Update, _context: HandlerContext) -> None:
        asker = asker_of(update, self._resources.state)
        row = tuple(Button(words_in(each).name, f"l:{each}") for each in LANGUAGES)
        await self._reply(asker, [text_part(asker.words.bot.choose_language, (row,))])

    async def about(self, update: Update, _context: HandlerContext) -> None:
        """The number of documents, the range of their dates, and the age of the index."""
        asker = asker_of(update, self._resources.state)
        service = await self._service(asker)
        if service is None:
            return
        manifest = service.generation.manifest
        dates = await self._resources.pool.in_thread(lambda: service.generation.listing.dates)
        created = datetime.fromisoformat(manifest.created)
        text = asker.words.bot.about.format(
            documents=manifest.counts["documents"],
            paragraphs=manifest.counts["paragraphs"],
            dates=_span(dates, asker.words),
            age=asker.words.bot.age(time.time() - created.timestamp()),
            created=created.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        )
        await self._questions.say_text(asker, text)

    async def privacy(self, update: Update, _context: HandlerContext) -> None:
        """What is stored about the person, with a button that deletes it."""
        asker = asker_of(update, self._resources.state)
        kept, asked = self._resources.state.remembered_of(asker.user), self._resources.backend.asked
        text = asker.words.bot.privacy.format(
            days=self._days,
            asked_days=asked.days if asked is not None else 0,
            answers=kept.answers,
            turns=kept.turns,
            unanswered=asked.count_of(feedback_user(asker.user)) if asked is not None else 0,
            user=asker.user,
        )
        button = Button(asker.words.bot.delete, f"f:{asker.user}")
        await self._reply(asker, [text_part(text, ((button,),))])

    async def unknown(self, update: Update, _context: HandlerContext) -> None:
        asker = asker_of(update, self._resources.state)
        await self._questions.say_text(asker, asker.words.bot.unknown_command)

    async def on_button(
        self, asker: Asker, message: int, kind: str, values: Sequence[str], bot: ExtBot[int]
    ) -> str:
        """Handles a button below one of these replies; the notification to show."""
        value = values[0] if values else ""
        if kind == "l" and value in LANGUAGES:
            return await self._choose(asker, message, words_in(value), bot)
        if kind == "d" and value.lstrip("-").isdecimal():
            return await self._turn_page(asker, message, int(value))
        if kind == "f" and value in (str(asker.user), str(asker.target.chat)):
            # In a group, the chat's id stands for those who write as the group itself.
            self._resources.state.forget_user(int(value))
            backend, user = self._resources.backend, feedback_user(int(value))
            await self._resources.pool.in_thread(backend.feedback.forget_user, user)
            if backend.asked is not None:
                await self._resources.pool.in_thread(backend.asked.forget_user, user)
            await self._edit(asker, message, text_part(asker.words.bot.deleted))
            return asker.words.bot.deleted
        return asker.words.bot.expired

    async def _choose(self, asker: Asker, message: int, words: Words, bot: ExtBot[int]) -> str:
        self._resources.state.people.choose_language(asker.user, words.language)
        await self._edit(asker, message, text_part(words.bot.language_set))
        if asker.target.chat == asker.user:
            await self._set_menu(asker, words, bot)
        return words.bot.language_set

    async def _set_menu(self, asker: Asker, words: Words, bot: ExtBot[int]) -> None:
        """Has Telegram show this chat's command menu in the chosen language."""
        scope = BotCommandScopeChat(asker.user)
        menu = commands_for(words, admin=self._allowed_users.is_admin(asker.user))
        try:
            for code in CODES:
                await self._resources.delivery.persist(
                    partial(bot.set_my_commands, menu, scope=scope, language_code=code)
                )
        except BadRequest as error:
            _LOGGER.info("The commands of a chat could not be set: %s", error.message)

    async def _turn_page(self, asker: Asker, message: int, page: int) -> str:
        try:
            service = self._resources.pool.service
        except StoreError:
            return asker.words.bot.no_index
        await self._edit(asker, message, await self._documents(service, page, asker.words))
        return ""

    async def _documents(self, service: Service, page: int, words: Words) -> ReplyPart:
        """A page of the list of documents; the last page when the number is too high."""
        last = max(service.generation.manifest.counts["documents"] - 1, 0) // DOCUMENTS_PER_PAGE
        page = min(max(page, 0), last)
        part = await self._resources.pool.in_thread(
            service.generation.listing.part_from, page * DOCUMENTS_PER_PAGE, DOCUMENTS_PER_PAGE
        )
        return self._resources.replies.documents(part, page, words)

    async def _service(self, asker: Asker) -> Service | None:
        """The live service; without one, the person is told."""
        try:
            return self._resources.pool.service
        except StoreError:
            await self._questions.say_text(asker, asker.words.bot.no_index)
            return None

    async def _reply(self, asker: Asker, parts: Sequence[ReplyPart]) -> None:
        await self._questions.deliver(asker, parts)

    async def _edit(self, asker: Asker, message: int, part: ReplyPart) -> None:
        await self._resources.delivery.edit_message(asker.target.chat, message, part)


def _span(dates: tuple[str, str] | None, words: Words) -> str:
    if dates is None:
        return words.bot.no_dates
    first, last = dates
    return first if first == last else f"{first} – {last}"


def _narrowed(service: Service, text: str) -> tuple[DocumentFilter, int]:
    """The filter that was typed, and how many documents it leaves; a bare name is a folder's, or
    else a document's.
    """
    rest, within = separate_filters(text)
    tried = [within] if within else [DocumentFilter(folder=rest), DocumentFilter(document=rest)]
    for each in tried:
        count = service.generation.listing.matching(each, 0).total
        if count:
            return each, count
    return tried[-1], 0
