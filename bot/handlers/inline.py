"""Inline mode: `@bot question` in any chat offers the best passages."""

import hashlib
import logging
from collections.abc import Sequence

from telegram import (
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
    User,
)
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.answers.shown import ShownAnswer, shown_answer
from bot.handlers.resources import HandlerContext, HandlerResources
from bot.intake.asker import words_of
from bot.presentation.markup import clipped, html
from bot.presentation.parts import ReplyPart
from rag import Answer
from rag.errors import CollectionError, QuestionError, StoreError
from words import Words

_LOGGER = logging.getLogger(__name__)
_CACHED_SECONDS = 60
_LONGEST_QUERY = 256


class Inline:
    """Answers inline queries. While a person types, only the latest query is answered."""

    def __init__(self, resources: HandlerResources) -> None:
        self._resources = resources
        self._pool = resources.pool
        self._state = resources.state
        self._replies = resources.replies
        self._newest: dict[int, str] = {}

    def expect(self, user: int, query: str) -> None:
        """Notes the latest query of a person on arrival."""
        self._newest[user] = query

    async def on_query(self, update: Update, _context: HandlerContext) -> None:
        """Offers the answer and other passages as results."""
        query = update.inline_query
        if query is None or self._newest.get(query.from_user.id) != query.id:
            return
        self._newest.pop(query.from_user.id, None)
        results = await self._results(query.query[:_LONGEST_QUERY], query.from_user)
        try:
            await query.answer(results, cache_time=_CACHED_SECONDS, is_personal=True)
        except TelegramError as error:
            # The person has typed on; another query follows.
            _LOGGER.info("An inline query could not be answered: %s", error.message)

    async def _results(self, question: str, user: User) -> list[InlineQueryResultArticle]:
        words = words_of(user, self._state)
        try:
            # Only this person sees what is offered, and chooses what is sent.
            answer = await self._pool.find_answer(self._resources.seen_in(user.id), question)
        except (QuestionError, StoreError, CollectionError):
            return []
        if not answer.answered:
            return []
        return self._articles(answer, words)

    def _articles(self, answer: Answer, words: Words) -> list[InlineQueryResultArticle]:
        shown = shown_answer(answer, ShownAnswer("", 0, 0, question=answer.question))
        part = self._replies.answer_parts(shown, words)[0]
        articles = [_article(shown.quotes[0].text, shown.cited[0].title, part)]
        others = [source for source in shown.sources if not source.numbers]
        for source in others:
            part = self._replies.passage(source, words)
            articles.append(_article(source.section or source.title, part.runs[0].text, part))
        return _once(articles)


def _article(title: str, description: str, part: ReplyPart) -> InlineQueryResultArticle:
    text = html(part.runs)
    return InlineQueryResultArticle(
        id=hashlib.blake2b(text.encode(), digest_size=16).hexdigest(),
        title=clipped(" ".join(title.split()), 100),
        description=clipped(" ".join(description.split()), 150),
        input_message_content=InputTextMessageContent(
            text,
            parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        ),
    )


def _once(articles: Sequence[InlineQueryResultArticle]) -> list[InlineQueryResultArticle]:
    return list({article.id: article for article in articles}.values())
