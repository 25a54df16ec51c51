"""The bot introduces itself: welcome, help, facts about the index; it answers unknown commands."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from telegram import Update

from bot.answers.shown import ShownAnswer
from bot.handlers.resources import HandlerContext, HandlerResources, why_not
from bot.intake.addressing import BotIdentity
from bot.intake.asker import Asker, asker_of, identity
from bot.presentation.markup import StyledText, clipped
from bot.presentation.parts import ReplyPart
from rag.errors import CollectionError, StoreError
from words import Words

_EXAMPLES = 4
_LONGEST_NAME = 64


class Introduction:
    """/start, /help, /about and unknown commands."""

    def __init__(self, resources: HandlerResources, me: BotIdentity) -> None:
        self._resources = resources
        self._me = me

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
            runs.append(StyledText(f"\n\n{why_not(error, words)}"))
            examples = []
        if not examples:
            await self._resources.reply_parts(asker, [ReplyPart(tuple(runs))])
            return
        runs.append(StyledText(f"\n\n{words.bot.try_one}"))
        shown = _offered(asker, examples)
        self._resources.state.shown.put_answer(shown, None)
        await self._resources.reply_parts(asker, self._resources.replies.offers(runs, shown))

    async def help(self, update: Update, _context: HandlerContext) -> None:
        asker = asker_of(update, self._resources.state)
        text = asker.words.bot.help.format(bot=f"@{self._me.username}")
        if self._resources.allowed_users.is_admin(asker.user):
            text = f"{text}\n\n{asker.words.bot.help_admin}"
            if any(each.uploads for each in self._resources.backends):
                text = f"{text}\n{asker.words.uploads.help}"
        await self._resources.reply_text(asker, text)

    async def about(self, update: Update, _context: HandlerContext) -> None:
        """The number of documents, the range of their dates, and the age of the index."""
        asker = asker_of(update, self._resources.state)
        view = await self._resources.served_view(asker)
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
        await self._resources.reply_text(asker, text)

    async def unknown(self, update: Update, _context: HandlerContext) -> None:
        asker = asker_of(update, self._resources.state)
        await self._resources.reply_text(asker, asker.words.bot.unknown_command)


def _offered(asker: Asker, questions: Sequence[str]) -> ShownAnswer:
    """Suggested questions, to be shown as buttons."""
    base = ShownAnswer(identity(asker), asker.target.chat, asker.user, question="")
    return replace(base, suggestions=tuple(questions))


def _span(dates: Sequence[tuple[str, str]], words: Words) -> str:
    if not dates:
        return words.bot.no_dates
    first, last = min(each[0] for each in dates), max(each[1] for each in dates)
    return first if first == last else f"{first} – {last}"
