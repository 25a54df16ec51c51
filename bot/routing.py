"""Which handler processes which update."""

import logging
from collections.abc import Callable

from telegram import Message, Update
from telegram.error import BadRequest, TelegramError
from telegram.ext import (
    CallbackQueryHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.handlers.administration import Administration
from bot.handlers.buttons import Buttons
from bot.handlers.documents import Documents
from bot.handlers.giving import BUTTONS as GIVING_BUTTONS
from bot.handlers.giving import Giving
from bot.handlers.inline import Inline
from bot.handlers.introduction import Introduction
from bot.handlers.personal import Personal
from bot.handlers.questions import Questions
from bot.handlers.resources import HandlerContext, HandlerResources
from bot.intake import addressing
from bot.intake.addressing import BotIdentity
from bot.intake.asker import asker_of
from bot.options import BotOptions
from bot.telegram.connection import AnyApplication
from bot.telegram.requests import refused
from rag.errors import StoreError, WendaError

_LOGGER = logging.getLogger(__name__)
#: A command that takes minutes; it does not delay other updates of the person who sent it.
_APART = "/reindex"


class Routing:
    """Creates the handlers and dispatches updates to them."""

    def __init__(
        self,
        resources: HandlerResources,
        me: BotIdentity,
        options: BotOptions,
        busy: Callable[[], bool],
    ) -> None:
        self._me = me
        self._resources = resources
        self._questions = questions = Questions(resources, me, options.placeholder_after, busy)
        introduction = Introduction(resources, me)
        documents = Documents(resources)
        personal = Personal(resources, options.retention_days)
        administration = Administration(resources)
        self._giving = Giving(resources)
        self._buttons = Buttons(
            resources, questions, documents, personal, self._giving, administration
        )
        self._inline = Inline(resources)
        self._unknown = introduction.unknown
        self._commands = {
            "start": introduction.start,
            "help": introduction.help,
            "ask": questions.on_message,
            "in": documents.narrow,
            "sources": documents.sources,
            "new": personal.new,
            "lang": personal.lang,
            "about": introduction.about,
            "privacy": personal.privacy,
            "reindex": administration.reindex,
            "stats": administration.stats,
            "unanswered": administration.unanswered,
        }

    @staticmethod
    def lane(update: Update) -> str:
        """The name of the queue of an update: one for each person and kind of update."""
        sender = update.effective_sender
        if update.inline_query is not None:
            return f"inline {update.inline_query.from_user.id}"
        message, pressed = update.message, update.callback_query
        if (message is not None and message.document is not None) or (
            pressed is not None and (pressed.data or "").partition(":")[0] in GIVING_BUTTONS
        ):
            # The outcome of an upload is followed for minutes.
            return f"given {update.update_id}"
        apart = message is not None and (message.text or "").startswith(_APART)
        return f"{'apart' if apart else 'user'} {sender.id if sender else 0}"

    def expect(self, update: Update) -> None:
        """Notes an update on arrival, before earlier ones have been processed."""
        if update.inline_query is not None:
            self._inline.expect(update.inline_query.from_user.id, update.inline_query.id)
        elif update.effective_sender is not None:
            self._questions.expect(update.effective_sender.id, update.update_id)

    def register_handlers(self, application: AnyApplication) -> None:
        """Registers the handlers with the application."""
        edits = filters.UpdateType.MESSAGE | filters.UpdateType.EDITED_MESSAGE
        application.add_handler(MessageHandler(edits, self._on_message))
        application.add_handler(CallbackQueryHandler(self._buttons.on_press))
        application.add_handler(InlineQueryHandler(self._inline.on_query))
        application.add_error_handler(self._on_error)

    async def _on_message(self, update: Update, context: HandlerContext) -> None:
        message = update.effective_message
        if not isinstance(message, Message):
            return
        name = addressing.command(message, self._me)
        if self._giving.concerns(message):
            await self._giving.on_document(update, context)
        elif name is None:
            await self._questions.on_message(update, context)
        elif update.edited_message is None or name == "ask":
            # Editing a command does not repeat it.
            await self._commands.get(name, self._unknown)(update, context)

    async def _on_error(self, update: object, context: HandlerContext) -> None:
        """Tells the asker, and the log, that an update could not be processed."""
        error = context.error
        if isinstance(error, TelegramError) and (refused(error) or isinstance(error, BadRequest)):
            _LOGGER.info("Telegram refused a reply: %s", error.message)
            return
        if isinstance(error, WendaError):
            _LOGGER.error("%s", error)
        else:
            _LOGGER.error("An update could not be worked on", exc_info=error)
        if not isinstance(update, Update) or update.effective_chat is None:
            return
        try:
            asker = asker_of(update, self._resources.state)
            await self._resources.reply_text(asker, asker.words.bot.failed)
        except (TelegramError, StoreError) as failure:
            _LOGGER.warning("Nobody could be told: %s", failure)
