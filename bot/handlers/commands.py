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
from bot.intake.asker import Asker, asker_of
from bot.presentation.markup import StyledText, clipped
from bot.presentation.parts import Button, ReplyPart, text_part
from bot.presentation.replies import DOCUMENTS_PER_PAGE
from rag import DocumentFilter, separate_filters
from rag.errors import CollectionError, StoreError, WendaError
from rag.serving.backend import Backend
from rag.serving.collections import Collection, View
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
        questions: Questions,
        retention_days: int,
    ) -> None:
        self._resources = resources
        self._me = me
        self._allowed_users = resources.allowed_users
        self._questions = questions
        self._days = retention_days

    async def start(self, update: Update, _context: HandlerContext) -> None:
        """Introduces the bot and suggests questions."""
        asker = asker_of(update, self._resources.state)
        words = asker.words
        self._resources.state.people.mark_seen(asker.user, asker.telegram_language)
        runs = [StyledText(words.bot.hello.format(name=clipped(asker.name, _LONGEST_NAME)))]
        try:
            view = self._resources.view_of(asker)
            examples = await self._resources.pool.examples(view, words.language, _EXAMPLES)
        except (StoreError, CollectionError) as error:
            runs.append(StyledText(f"\n\n{_why_not(error, words)}"))
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
            if any(each.uploads for each in self._resources.collections.everything.backends):
                text = f"{text}\n{asker.words.uploads.help}"
        await self._questions.say_text(asker, text)

    async def sources(self, update: Update, _context: HandlerContext) -> None:
        """Lists the documents."""
        asker = asker_of(update, self._resources.state)
        view = await self._view(asker)
        if view is not None:
            await self._reply(asker, [await self._documents(view, 0, asker.words)])

    async def narrow(self, update: Update, _context: HandlerContext) -> None:
        """Narrows the conversation to a collection or some documents, or ends that."""
        asker = asker_of(update, self._resources.state)
        words, message = asker.words, update.effective_message
        text = addressing.argument(message) if message is not None else ""
        narrowings = self._resources.state.narrowings
        seen = self._resources.seen_in(asker.target.chat)
        if not text:
            chosen = narrowings.collection_of(asker.conversation)
            was_narrowed = bool(narrowings.narrowing_of(asker.conversation) or chosen)
            narrowings.choose(asker.conversation, "")
            said = words.bot.in_ended if was_narrowed else words.bot.in_usage
            await self._questions.say_text(asker, said + _choices(seen, words))
            return
        named = _collection_named(seen, text)
        if named is not None:
            narrowings.choose(asker.conversation, named.name)
            said = words.bot.in_collection.format(title=named.title)
            await self._questions.say_text(asker, said)
            return
        view = await self._view(asker)
        if view is None:
            return
        within, count = await self._resources.pool.in_thread(_narrowed, view, text)
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
        self._resources.state.narrowings.choose(asker.conversation, "")
        await self._questions.say_text(asker, asker.words.bot.forgotten)

    async def lang(self, update: Update, _context: HandlerContext) -> None:
        asker = asker_of(update, self._resources.state)
        row = tuple(Button(words_in(each).name, f"l:{each}") for each in LANGUAGES)
        await self._reply(asker, [text_part(asker.words.bot.choose_language, (row,))])

    async def about(self, update: Update, _context: HandlerContext) -> None:
        """The number of documents, the range of their dates, and the age of the index."""
        asker = asker_of(update, self._resources.state)
        view = await self._view(asker)
        if view is None:
            return
        generations = [service.generation for _, service in view.services]
        counts = [each.manifest.counts for each in generations]
        dates = await self._resources.pool.in_thread(
            lambda: [each.listing.dates for each in generations]
        )
        created = max(datetime.fromisoformat(each.manifest.created) for each in generations)
        text = asker.words.bot.about.format(
            documents=sum(each["documents"] for each in counts),
            paragraphs=sum(each["paragraphs"] for each in counts),
            dates=_span([each for each in dates if each is not None], asker.words),
            age=asker.words.bot.age(time.time() - created.timestamp()),
            created=created.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        )
        await self._questions.say_text(asker, text)

    async def privacy(self, update: Update, _context: HandlerContext) -> None:
        """What is stored about the person, with a button that deletes it."""
        asker = asker_of(update, self._resources.state)
        kept = self._resources.state.remembered_of(asker.user)
        asked = [each.asked for each in self._backends if each.asked is not None]
        text = asker.words.bot.privacy.format(
            days=self._days,
            asked_days=max((each.days for each in asked), default=0),
            answers=kept.answers,
            turns=kept.turns,
            unanswered=sum(each.count_of(feedback_user(asker.user)) for each in asked),
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
            user = feedback_user(int(value))
            for backend in self._backends:
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
            view = self._resources.view_of(asker)
            view.check_served()
        except (StoreError, CollectionError) as error:
            return _why_not(error, asker.words)
        await self._edit(asker, message, await self._documents(view, page, asker.words))
        return ""

    async def _documents(self, view: View, page: int, words: Words) -> ReplyPart:
        """A page of the list of documents; the last page when the number is too high."""
        counts = [each.generation.manifest.counts["documents"] for _, each in view.services]
        last = max(sum(counts) - 1, 0) // DOCUMENTS_PER_PAGE
        page = min(max(page, 0), last)
        part = await self._resources.pool.in_thread(
            view.part_from, page * DOCUMENTS_PER_PAGE, DOCUMENTS_PER_PAGE
        )
        # An id may be that of documents in several collections.
        return self._resources.replies.documents(part, page, words, linked=not view.named)

    @property
    def _backends(self) -> Sequence[Backend]:
        """Those of all collections: what is a person's own, they may see and delete in each."""
        return self._resources.collections.everything.backends

    async def _view(self, asker: Asker) -> View | None:
        """What the person sees; where that is nothing, they are told."""
        try:
            view = self._resources.view_of(asker)
            view.check_served()
        except (StoreError, CollectionError) as error:
            await self._questions.say_text(asker, _why_not(error, asker.words))
            return None
        return view

    async def _reply(self, asker: Asker, parts: Sequence[ReplyPart]) -> None:
        await self._questions.deliver(asker, parts)

    async def _edit(self, asker: Asker, message: int, part: ReplyPart) -> None:
        await self._resources.delivery.edit_message(asker.target.chat, message, part)


def _why_not(error: WendaError, words: Words) -> str:
    """Why there is nothing to show: no index, or nothing that may be seen."""
    return words.bot.no_index if isinstance(error, StoreError) else words.bot.nothing_seen


def _choices(seen: View, words: Words) -> str:
    """The collections to choose from, with what chooses each; nothing where there is no choice."""
    if len(seen.collections) < 2:
        return ""
    lines = [f"· {each.title}: /in {each.name}" for each in seen.collections]
    return "\n\n" + "\n".join([words.bot.in_choices, *lines])


def _collection_named(seen: View, text: str) -> Collection | None:
    """The collection whose name or title was typed, of several."""
    wanted = text.casefold()
    return next(
        (
            each
            for each in seen.collections
            if len(seen.collections) > 1 and wanted in (each.name, each.title.casefold())
        ),
        None,
    )


def _span(dates: Sequence[tuple[str, str]], words: Words) -> str:
    if not dates:
        return words.bot.no_dates
    first, last = min(each[0] for each in dates), max(each[1] for each in dates)
    return first if first == last else f"{first} – {last}"


def _narrowed(view: View, text: str) -> tuple[DocumentFilter, int]:
    """The filter that was typed, and how many documents it leaves; a bare name is a folder's, or
    else a document's.
    """
    rest, within = separate_filters(text)
    tried = [within] if within else [DocumentFilter(folder=rest), DocumentFilter(document=rest)]
    for each in tried:
        count = view.count_within(each)
        if count:
            return each, count
    return tried[-1], 0
