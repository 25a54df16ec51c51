"""Questions: asked in a message, edited, asked with a button."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from telegram import Message, Update
from telegram.constants import ChatAction
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.answers.shown import ShownAnswer, shown_answer
from bot.handlers.resources import HandlerContext, HandlerResources, why_not
from bot.handlers.writings import Writings
from bot.intake import addressing
from bot.intake.addressing import BotIdentity
from bot.intake.asker import Asker, asker_of, feedback_user, identity
from bot.presentation.parts import text_part
from bot.presentation.quotes import written_part
from rag import Answer, Turn
from rag.errors import CollectionError, QuestionError, StoreError
from rag.serving.collections import View
from words import (
    listing_lines,
    narrowing_line,
    not_found_line,
    unsearched_line,
    with_reply,
)

#: The longest time that an answer waits for the typing indicator to be shown.
_TYPING_SECONDS = 1.0


class Questions:
    """Answers questions, from messages and from buttons."""

    def __init__(
        self,
        resources: HandlerResources,
        me: BotIdentity,
        placeholder_after: float,
        busy: Callable[[], bool],
    ) -> None:
        self._resources = resources
        self._me = me
        self._placeholder_after = placeholder_after
        self._busy = busy
        self._writings = Writings(resources)

    async def on_message(self, update: Update, context: HandlerContext) -> None:
        """Answers a new or edited message."""
        message = update.effective_message
        if message is None:
            return
        asker = asker_of(update, self._resources.state)
        question = addressing.question(message, self._me)
        if not question:
            words = asker.words
            text = words.bot.ask_what if addressing.has_text(message) else words.bot.only_text
            await self._resources.reply_parts(asker, [text_part(text)], self._before(asker))
            return
        await self.answer_question(asker, question, context.bot, self._history(asker, message))

    async def answer_question(
        self,
        asker: Asker,
        question: str,
        bot: ExtBot[int],
        history: Sequence[Turn] = (),
        *,
        echoed: bool = False,
    ) -> None:
        """Answers in the chat, replacing an earlier answer to the same message."""
        typing = asyncio.create_task(self._type(bot, asker))
        try:
            before = self._before(asker)
            answered = await self._announced(asker, question, history, before)
            if isinstance(answered, str):
                await self._settled(typing)
                await self._resources.reply_parts(asker, [text_part(answered)], before)
                return
            view, answer = answered
            shown = self._keep_shown(asker, view, answer, echoed=echoed)
            await self._settled(typing)
            parts = self._resources.replies.answer_parts(shown, asker.words)
            backend = view.backend_of(answer)
            writes = backend.may_write(answer)
            above = [written_part(None, asker.words)] if writes else []
            messages = await self._resources.reply_parts(
                asker, [*above, *parts], self._before(asker)
            )
            self._resources.state.shown.set_messages(shown.id, messages)
            self._remember(asker, answer)
            await self._resources.pool.in_thread(
                view.note_unanswered,
                answer,
                "telegram",
                feedback_user(asker.user),
            )
            if writes and messages:
                left = await self._writings.write(backend, asker, answer, messages)
                self._resources.state.shown.set_messages(shown.id, left)
        finally:
            typing.cancel()

    def expect(self, person: int, update: int) -> None:
        """Ends what is being written for a person: an update of theirs has come."""
        self._writings.expect(person, update)

    async def _announced(
        self,
        asker: Asker,
        question: str,
        history: Sequence[Turn],
        before: Sequence[int],
    ) -> tuple[View, Answer] | str:
        """The answer with what was asked, or a message saying why there is none. A slow one is
        announced first.
        """
        asking = asyncio.create_task(self._answer(asker, question, history))
        try:
            done, _ = await asyncio.wait({asking}, timeout=self._placeholder_after)
            if not done:
                await self._resources.reply_parts(
                    asker, [text_part(asker.words.bot.looking)], before
                )
            return await asking
        finally:
            asking.cancel()

    async def _answer(
        self, asker: Asker, question: str, history: Sequence[Turn]
    ) -> tuple[View, Answer] | str:
        words = asker.words
        try:
            within = self._resources.state.narrowings.narrowing_of(asker.conversation)
            view = self._resources.view_of(asker)
            return view, await self._resources.pool.find_answer(view, question, history, within)
        except (StoreError, CollectionError) as error:
            return why_not(error, words)
        except QuestionError as error:
            return words.answers.refusal(error)

    def _keep_shown(self, asker: Asker, view: View, answer: Answer, *, echoed: bool) -> ShownAnswer:
        known = self._known(asker)
        base = ShownAnswer(
            id=known[0] if known is not None else identity(asker),
            chat=asker.target.chat,
            user=asker.user,
            question=answer.question,
            echoed=echoed,
        )
        spoken = with_reply(answer, asker.words)
        words = asker.words.answers
        made = shown_answer(spoken, base)
        shown = replace(
            made,
            sources=tuple(
                replace(source, shelf=view.title_of(source.collection)) for source in made.sources
            ),
            lines=tuple(listing_lines(answer, words)),
            narrowed=narrowing_line(answer, words),
            not_found=not_found_line(answer, words),
            unsearched=unsearched_line(answer, words),
        )
        self._resources.state.shown.put_answer(shown, asker.asked)
        return shown

    def _known(self, asker: Asker) -> tuple[str, list[int]] | None:
        if asker.asked is None:
            return None
        return self._resources.state.shown.answer_to_message(asker.target.chat, asker.asked)

    def _before(self, asker: Asker) -> list[int]:
        """The messages that contain the answer to an earlier version of the question."""
        known = self._known(asker)
        return known[1] if known is not None else []

    def _history(self, asker: Asker, message: Message) -> list[Turn]:
        """The conversation so far; its last turn is the answer that the message replies to."""
        turns = self._resources.state.turns.turns_before(asker.conversation, message.message_id)
        replied = addressing.replied(message, self._me)
        shown = replied and self._resources.state.shown.answer_in_message(
            asker.target.chat, replied
        )
        if not shown:
            return turns
        return [*(each for each in turns if each != shown.turn), shown.turn]

    def _remember(self, asker: Asker, answer: Answer) -> None:
        asked = asker.asked if asker.asked is not None else self._last_asked(asker)
        state = self._resources.state
        state.people.mark_seen(asker.user, asker.telegram_language)
        if answer.narrowed is not None and answer.narrowed.documents:
            state.narrowings.narrow(asker.conversation, answer.narrowed.filter)
        if answer.kind is not None:
            return
        turn = Turn(answer.question, answer.answer or "", answer.understood_as)
        state.turns.remember_turn(asker.conversation, asked, turn)
        state.figures.count_question(answered=answer.answered)

    def _last_asked(self, asker: Asker) -> int:
        """The message number of the answer, for a question without a message of its own."""
        attempt = self._resources.state.inbox.sending_attempt(asker.target.update, 0)
        return attempt.message or 0 if attempt is not None else 0

    async def _type(self, bot: ExtBot[int], asker: Asker) -> None:
        if self._busy():
            return  # it would use up the rate limit that answers need
        with suppress(TelegramError):  # nothing depends on it
            await bot.send_chat_action(
                asker.target.chat, ChatAction.TYPING, message_thread_id=asker.target.thread
            )

    async def _settled(self, typing: asyncio.Task[None]) -> None:
        """Waits until the typing indicator was sent: sent after the answer, it would linger."""
        await asyncio.wait({typing}, timeout=_TYPING_SECONDS)
