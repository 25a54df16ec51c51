"""Delivers every message exactly once: retries, finds messages whose confirmation was lost."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from weakref import WeakValueDictionary

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    NetworkError,
    RetryAfter,
)
from telegram.ext import ExtBot

from bot.presentation.markup import html, plain
from bot.presentation.parts import Keyboard, ReplyPart
from bot.state import Inbox
from bot.telegram.numbering import MessageNumbering
from bot.telegram.requests import is_about_markup, may_have_arrived, seconds_of

_LOGGER = logging.getLogger(__name__)
_Result = TypeVar("_Result")
_LONGEST_PAUSE = 30.0
#: How many message numbers above the last known one are searched for a lost message.
_CANDIDATES = 12
_SAME = "not modified"
_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class ReplyTarget:
    """Where the replies to an update are sent; `reply_to` is the message they reply to."""

    update: int
    chat: int
    thread: int | None = None
    reply_to: int | None = None


class Delivery:
    """Sends and edits messages, with retries until Telegram confirms or refuses.

    A message that may have arrived is searched for before it is sent again, by edits with the
    same content: they change nothing in a message that has it already.

    Methods raise TelegramError when Telegram refuses, or after `patience` seconds of retries.
    """

    def __init__(
        self, bot: ExtBot[int], inbox: Inbox, numbering: MessageNumbering, patience: float
    ) -> None:
        self._bot = bot
        self._inbox = inbox
        self._numbering = numbering
        self._patience = patience
        self._sending: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def deliver_parts(
        self, to: ReplyTarget, parts: Sequence[ReplyPart], existing: Sequence[int] = ()
    ) -> list[int]:
        """Shows the parts in the existing messages, then in new ones; the message numbers."""
        messages = []
        for number, part in enumerate(parts):
            known = existing[number] if number < len(existing) else self._sent(to, number)
            if known is not None and await self.edit_message(to.chat, known, part):
                messages.append(known)
            else:
                place = to if number == 0 else replace(to, reply_to=None)
                messages.append(await self._send(place, number, part, again=known is not None))
        for surplus in existing[len(parts) :]:
            await self._remove(to.chat, surplus)
        return messages

    async def edit_message(self, chat: int, message: int, part: ReplyPart) -> bool:
        """Replaces the content of a message; false when there is no such message."""
        try:
            await self._marked_up(
                part,
                lambda text, mode, keyboard: self._bot.edit_message_text(
                    text,
                    chat_id=chat,
                    message_id=message,
                    parse_mode=mode,
                    reply_markup=keyboard,
                    link_preview_options=_NO_PREVIEW,
                ),
            )
        except BadRequest as error:
            said = error.message.lower()
            if _SAME in said:
                return True
            if any(sign in said for sign in _GONE):
                return False
            raise
        return True

    async def persist(self, action: Callable[[], Awaitable[_Result]]) -> _Result:
        """The result of an idempotent action, retried until Telegram answers."""
        began, pause = time.monotonic(), 0.5
        while True:
            try:
                return await action()
            except RetryAfter as error:
                await self._pause(error, seconds_of(error), began)
            except BadRequest:
                raise
            except (NetworkError, Conflict) as error:
                await self._pause(error, pause, began)
                pause = min(pause * 2, _LONGEST_PAUSE)

    async def _pause(self, error: Exception, seconds: float, began: float) -> None:
        """Waits before a retry. Raises the error once `patience` is exhausted."""
        if time.monotonic() - began + seconds > self._patience:
            raise error
        await asyncio.sleep(seconds)

    def _sent(self, to: ReplyTarget, number: int) -> int | None:
        attempt = self._inbox.sending_attempt(to.update, number)
        return attempt.message if attempt is not None else None

    async def _send(self, to: ReplyTarget, number: int, part: ReplyPart, *, again: bool) -> int:
        """Sends a new message; its number. One at a time in a chat, so that a lost one is known."""
        if again:
            self._inbox.note_unsent(to.update, number)
        lock = self._sending.setdefault(to.chat, asyncio.Lock())
        async with lock:
            try:
                message = await self._send_once(to, number, part)
            except ChatMigrated as error:
                return await self._send(
                    replace(to, chat=error.new_chat_id, reply_to=None), number, part, again=False
                )
            self._numbering.saw_message(to.chat, message)
            self._inbox.note_sent(to.update, number, message)
        return message

    async def _send_once(self, to: ReplyTarget, number: int, part: ReplyPart) -> int:
        began, pause = time.monotonic(), 0.5
        attempt = self._inbox.sending_attempt(to.update, number)
        while True:
            if attempt is not None:
                found = await self._lost(to.chat, attempt.floor, part)
                if found is not None:
                    return found
            self._inbox.note_sending(
                to.update, number, to.chat, self._numbering.highest_number(to.chat)
            )
            try:
                return await self._send_marked_up(to, part)
            except NetworkError as error:
                if isinstance(error, BadRequest):
                    self._inbox.note_unsent(to.update, number)
                    raise
                if may_have_arrived(error):
                    attempt = self._inbox.sending_attempt(to.update, number)
                elif attempt is None:
                    self._inbox.note_unsent(to.update, number)
                await self._pause(error, pause, began)
                pause = min(pause * 2, _LONGEST_PAUSE)
            except RetryAfter as error:
                await self._pause(error, seconds_of(error), began)

    async def _lost(self, chat: int, floor: int, part: ReplyPart) -> int | None:
        """The number of a message that arrived unconfirmed, if there is one."""
        for candidate in range(floor + 1, floor + 1 + _CANDIDATES):
            if self._inbox.is_known_message(chat, candidate):
                continue
            if await self.edit_message(chat, candidate, part):
                _LOGGER.info("A message whose sending was not confirmed had arrived")
                return candidate
        return None

    async def _send_marked_up(self, to: ReplyTarget, part: ReplyPart) -> int:
        reply = (
            ReplyParameters(to.reply_to, allow_sending_without_reply=True)
            if to.reply_to is not None
            else None
        )

        async def send(text: str, mode: str | None, keyboard: InlineKeyboardMarkup | None) -> int:
            message = await self._bot.send_message(
                to.chat,
                text,
                parse_mode=mode,
                reply_markup=keyboard,
                reply_parameters=reply,
                message_thread_id=to.thread,
                link_preview_options=_NO_PREVIEW,
            )
            return message.message_id

        return await self._marked_up(part, send, retried=False)

    async def _marked_up(
        self,
        part: ReplyPart,
        action: Callable[[str, str | None, InlineKeyboardMarkup | None], Awaitable[_Result]],
        *,
        retried: bool = True,
    ) -> _Result:
        """Performs the action with markup, or with plain text if Telegram rejects the markup."""

        async def attempt(text: str, mode: str | None, keyboard: Keyboard) -> _Result:
            def act() -> Awaitable[_Result]:
                return action(text, mode, inline_keyboard(keyboard))

            return await (self.persist(act) if retried else act())

        try:
            return await attempt(html(part.runs), ParseMode.HTML, part.keyboard)
        except BadRequest as error:
            if not is_about_markup(error):
                raise
            _LOGGER.warning("Telegram rejected the markup of a reply: %s", error.message)
        try:
            return await attempt(plain(part.runs), None, part.keyboard)
        except BadRequest as error:
            if not is_about_markup(error):
                raise
        return await attempt(plain(part.runs), None, ())

    async def _remove(self, chat: int, message: int) -> None:
        try:
            await self.persist(lambda: self._bot.delete_message(chat, message))
        except BadRequest as error:
            _LOGGER.info("A message that is no longer needed stays: %s", error.message)


def inline_keyboard(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    """The buttons in the form that the Bot API takes."""
    if not keyboard:
        return None
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(each.label, callback_data=each.data, url=each.url)
                for each in row
            ]
            for row in keyboard
        ]
    )
