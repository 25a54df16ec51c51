"""Buttons: open a source in place, list more passages, ask a suggestion, rate an answer."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from telegram import CallbackQuery, Update
from telegram.error import BadRequest, TelegramError

from bot.answers.neighbours import SourceView, neighbour
from bot.answers.shown import ShownAnswer, ShownSource
from bot.handlers.administration import Administration
from bot.handlers.documents import Documents
from bot.handlers.giving import BUTTONS as GIVING_BUTTONS
from bot.handlers.giving import Giving
from bot.handlers.personal import Personal
from bot.handlers.questions import Questions
from bot.handlers.resources import HandlerContext, HandlerResources
from bot.intake.asker import Asker, asker_of, feedback_user
from bot.presentation.parts import ReplyPart
from bot.telegram.requests import refused
from rag.errors import CollectionError, StoreError
from rag.serving.collections import View
from rag.serving.feedback import Feedback

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pressed:
    """A pressed button, with the answer and the numbers that its data refer to."""

    asker: Asker
    message: int
    shown: ShownAnswer
    numbers: tuple[int, ...]


class Buttons:
    """Performs a button's action, or says that the button has expired."""

    def __init__(
        self,
        resources: HandlerResources,
        questions: Questions,
        documents: Documents,
        personal: Personal,
        giving: Giving,
        administration: Administration,
    ) -> None:
        self._resources = resources
        self._questions = questions
        self._documents = documents
        self._personal = personal
        self._giving = giving
        self._administration = administration

    async def on_press(self, update: Update, context: HandlerContext) -> None:
        """Handles the press of a button in a message of the bot."""
        query = update.callback_query
        if query is None or query.message is None or not query.data:
            return
        asker, message = asker_of(update, self._resources.state), query.message.message_id
        kind, *values = query.data.split(":")
        value = values[0] if values else ""
        if kind == "d":
            await self._noted(query, await self._documents.turn_page(asker, message, value))
            return
        if kind == "l":
            note = await self._personal.choose_language(asker, message, value, context.bot)
            await self._noted(query, note)
            return
        if kind == "f":
            await self._noted(query, await self._personal.forget_person(asker, message, value))
            return
        if kind in GIVING_BUTTONS:
            await self._noted(query, "")
            await self._giving.on_button(asker, message, kind, values, context.bot)
            return
        if kind == "t":
            await self._noted(query, "")
            await self._administration.on_button(asker, message, values)
            return
        pressed = self._read(asker, message, values)
        if pressed is None:
            await self._noted(query, asker.words.bot.expired, alert=True)
            return
        if kind == "q":
            await self._noted(query, "")
            await self._ask(pressed, context)
            return
        await self._noted(query, await self._act(kind, pressed))

    async def _act(self, kind: str, pressed: Pressed) -> str:
        """Performs the action; the notification to show."""
        shown, words = pressed.shown, pressed.asker.words
        if kind == "h":
            await self._resources.pool.in_thread(self._judge, pressed)
            return words.bot.thanks
        if kind == "b":
            await self._edit(pressed, self._resources.replies.answer_parts(shown, words)[-1])
        elif kind == "m":
            await self._edit(pressed, self._resources.replies.more(shown, words))
        elif kind == "s" and len(pressed.numbers) == 2:
            return await self._open(pressed)
        else:
            return words.bot.expired
        return ""

    async def _open(self, pressed: Pressed) -> str:
        number, step = pressed.numbers
        words = pressed.asker.words
        if not 0 <= number < len(pressed.shown.sources):
            return words.bot.expired
        cited = pressed.shown.sources[number]
        seen = self._resources.seen_in(pressed.asker.target.chat)
        found = await self._resources.pool.in_thread(_neighbour, seen, cited, step)
        if found is None:
            return words.bot.at_the_end
        source, view = found
        await self._edit(
            pressed, self._resources.replies.source(pressed.shown, number, source, words, view)
        )
        return ""

    async def _ask(self, pressed: Pressed, context: HandlerContext) -> None:
        number = pressed.numbers[0] if pressed.numbers else -1
        if 0 <= number < len(pressed.shown.suggestions):
            question = pressed.shown.suggestions[number]
            await self._questions.answer_question(pressed.asker, question, context.bot, echoed=True)

    def _judge(self, pressed: Pressed) -> None:
        shown, user = pressed.shown, feedback_user(pressed.asker.user)
        view = self._resources.seen_in(pressed.asker.target.chat)
        view.collection_of(shown.collection).backend.feedback.add_feedback(
            Feedback(
                key=f"{user}:{shown.id}",
                at=datetime.now(UTC).isoformat(timespec="milliseconds"),
                channel="telegram",
                user=user,
                helpful=pressed.numbers[:1] == (1,),
                question=shown.question,
                answer=shown.answer,
                generation=shown.generation,
                confidence=shown.confidence,
            )
        )

    def _read(self, asker: Asker, message: int, values: Sequence[str]) -> Pressed | None:
        """The pressed button; None when it has expired or its data are malformed."""
        identity, *numbers = values or ("",)
        shown = self._resources.state.shown.answer_by_id(identity, asker.target.chat)
        if shown is None or not self._may_see(asker, shown):
            return None
        try:
            return Pressed(asker, message, shown, tuple(int(number) for number in numbers))
        except ValueError:
            return None

    def _may_see(self, asker: Asker, shown: ShownAnswer) -> bool:
        """Whether the chat may still see what an answer of before shows."""
        view = self._resources.seen_in(asker.target.chat)
        seen = {each.name or None for each in view.collections}
        return seen.issuperset(source.collection for source in shown.sources)

    async def _edit(self, pressed: Pressed, part: ReplyPart) -> None:
        await self._resources.edit_reply(pressed.asker, pressed.message, part)

    async def _noted(self, query: CallbackQuery, text: str, *, alert: bool = False) -> None:
        """Confirms the press, which ends the progress indicator on the button."""
        try:
            await self._resources.delivery.persist(
                lambda: query.answer(text=text or None, show_alert=alert)
            )
        except BadRequest as error:
            # Pressed while the bot was down: Telegram no longer accepts the confirmation.
            _LOGGER.info("A pressed button was too old to be confirmed: %s", error.message)
        except TelegramError as error:
            if not refused(error):
                raise


def _neighbour(view: View, cited: ShownSource, step: int) -> tuple[ShownSource, SourceView] | None:
    """A paragraph near a cited one, in what the chat may see."""
    try:
        found = view.chosen([cited.collection or ""]).find_document(cited.document_id)
    except (StoreError, CollectionError):
        found = None
    return neighbour(found.document if found is not None else None, cited, step)
