"""Documents that administrators send: taken in, replaced when they say so, taken back."""

import asyncio
import time
from dataclasses import dataclass

from telegram import Message, Update
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.handlers.resources import HandlerContext, HandlerResources
from bot.intake.addressing import document_of
from bot.intake.asker import Asker, asker_of, identity
from bot.presentation.markup import clipped
from bot.presentation.parts import Button, ReplyPart, text_part
from bot.state import Offer
from rag import Generation
from rag.errors import CollectionError, StoreError, UploadCode, UploadError
from rag.serving.collections import Collection
from rag.serving.uploads import Change, UploadFolder, UploadOutcome, outcome_of
from words import reason_in

#: Seconds between two looks at the index, and for how long it is looked at.
_LOOK_SECONDS = 1.0
_PATIENCE = 900.0
_LONGEST_NAME = 100
_LONGEST_REASON = 1500
#: The first words of the data of buttons below a given document: those of an offer, undo.
BUTTONS = ("o", "u")


@dataclass(frozen=True, slots=True)
class _Reply:
    """Where the reply goes: to an asker, into a message that is there already or a new one."""

    asker: Asker
    message: int | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where documents are taken in: the folder of a collection."""

    collection: Collection
    folder: UploadFolder

    def data(self, button: str) -> str:
        """A button's data, with the collection where it has a name."""
        return f"{button}:{self.collection.name}" if self.collection.name else button


class Giving:
    """Takes documents in; without a folder for them there is nothing to take."""

    def __init__(self, resources: HandlerResources) -> None:
        self._resources = resources
        self._allowed_users = resources.allowed_users

    def concerns(self, message: Message) -> bool:
        """Whether a message is a document, sent in private where documents are taken in."""
        backends = self._resources.backends
        return document_of(message) is not None and any(each.uploads for each in backends)

    async def on_document(self, update: Update, context: HandlerContext) -> None:
        """Takes in the document of a message, or says why not."""
        message = update.message
        document = document_of(message) if message is not None else None
        if document is None:
            return
        asker = asker_of(update, self._resources.state)
        if not self._allowed_users.is_admin(asker.user):
            await self._resources.reply_text(asker, asker.words.uploads.admins_only)
            return
        place = _place(self._resources.only_of(asker))
        if place is None:
            await self._resources.reply_text(asker, asker.words.bot.in_needed)
            return
        offer = Offer(
            identity(asker),
            asker.user,
            asker.target.chat,
            document.file_id,
            document.file_name or "",
        )
        await self._take(place, _Reply(asker), offer, context.bot, size=document.file_size)

    async def on_button(
        self, asker: Asker, message: int, kind: str, values: list[str], bot: ExtBot[int]
    ) -> None:
        """Replaces a document, leaves it as it is, or takes a change back."""
        reply, words = _Reply(asker, message), asker.words
        expected = 2 if kind == "u" else 3
        # Buttons name the collection, which may be another than the one that is chosen now.
        name = values[expected - 1] if len(values) == expected else ""
        if not self._allowed_users.is_admin(asker.user):
            await self._say(reply, words.bot.admins_only)
            return
        try:
            place = _place(self._resources.collections.everything.chosen([name]).only)
        except CollectionError:
            place = None
        if place is None:
            await self._say(reply, words.bot.expired)
        elif kind == "u":
            await self._undo(place, reply, values[0] if values else "")
        else:
            await self._decide(place, reply, values, bot)

    async def _decide(
        self, place: _Place, reply: _Reply, values: list[str], bot: ExtBot[int]
    ) -> None:
        offers = self._resources.state.offers
        offer = offers.offer_by_id(values[0]) if len(values) >= 2 else None
        if offer is None:
            await self._say(reply, reply.asker.words.bot.expired)
        elif values[1] == "1":
            await self._take(place, reply, offer, bot, overwrite=True)
            offers.forget_offer(offer.id)
        else:
            offers.forget_offer(offer.id)
            await self._say_of(reply, offer.name, reply.asker.words.uploads.left)

    async def _take(
        self,
        place: _Place,
        reply: _Reply,
        offer: Offer,
        bot: ExtBot[int],
        *,
        size: int | None = None,
        overwrite: bool = False,
    ) -> None:
        """Downloads a file and puts it in its place, then follows its outcome."""
        words, folder = reply.asker.words.uploads, place.folder
        in_thread = self._resources.pool.in_thread
        try:
            await in_thread(folder.check_name, offer.name.replace("/", "\\"), size)
            await self._say(reply, words.receiving.format(name=_short(offer.name)))
            content = await self._download(bot, offer.file)
            change = await in_thread(_put, folder, offer.name, content, overwrite)
        except UploadError as error:
            if error.code is not UploadCode.EXISTS:
                await self._say_of(reply, offer.name, words.refusal(error))
                return
            self._resources.state.offers.put_offer(offer)
            row = (
                Button(words.replace, place.data(f"o:{offer.id}:1")),
                Button(words.leave, place.data(f"o:{offer.id}:0")),
            )
            await self._say_of(reply, offer.name, words.refusal(error), row)
        except TelegramError:
            await self._say_of(reply, offer.name, words.no_download)
        else:
            await self._follow(place, reply, change)

    async def _download(self, bot: ExtBot[int], file: str) -> bytes:
        """The content of a file of Telegram. Raises TelegramError."""
        delivery = self._resources.delivery
        found = await delivery.persist(lambda: bot.get_file(file))
        return bytes(await delivery.persist(found.download_as_bytearray))

    async def _undo(self, place: _Place, reply: _Reply, change: str) -> None:
        try:
            done = await self._resources.pool.in_thread(place.folder.undo_change, change)
        except UploadError as error:
            await self._say(reply, reply.asker.words.uploads.refusal(error))
        else:
            await self._follow(place, reply, done)

    async def _follow(self, place: _Place, reply: _Reply, change: Change) -> None:
        """Shows the state of a change until the index has it."""
        words, until, shown = reply.asker.words.uploads, time.monotonic() + _PATIENCE, None
        name = change.path.rpartition("/")[2]
        row = (Button(words.undo, place.data(f"u:{change.id}")),) if change.undoable else ()
        while time.monotonic() < until:
            outcome = await self._resources.pool.in_thread(_outcome, place, change)
            if outcome != shown:
                reason = reason_in(outcome.reason or "", reply.asker.words.language)
                shown, reason = outcome, clipped(reason, _LONGEST_REASON)
                said = words.outcome(outcome.state, reason)
                await self._say_of(reply, name, said, row, pattern=words.received)
            if outcome.state != "waiting":
                return
            await asyncio.sleep(_LOOK_SECONDS)

    async def _say_of(
        self,
        reply: _Reply,
        name: str,
        said: str,
        row: tuple[Button, ...] = (),
        *,
        pattern: str | None = None,
    ) -> None:
        """Says something about a document, with buttons."""
        words = reply.asker.words.uploads
        if pattern is None:
            text = words.not_received.format(name=_short(name), reason=said)
        else:
            text = f"{pattern.format(name=_short(name))}\n{said}"
        await self._show(reply, text_part(text, (row,) if row else ()))

    async def _say(self, reply: _Reply, text: str) -> None:
        await self._show(reply, text_part(text))

    async def _show(self, reply: _Reply, part: ReplyPart) -> None:
        if reply.message is None:
            await self._resources.reply_parts(reply.asker, [part])
        else:
            await self._resources.edit_reply(reply.asker, reply.message, part)


def _place(collection: Collection | None) -> _Place | None:
    """The folder of a collection; None where it has none."""
    folder = collection.backend.uploads if collection is not None else None
    return _Place(collection, folder) if collection is not None and folder is not None else None


def _outcome(place: _Place, change: Change) -> UploadOutcome:
    backend = place.collection.backend
    try:
        generation: Generation | None = backend.live.service.generation
    except StoreError:
        generation = None
    job = backend.rebuilds.last_job
    return outcome_of(change, generation, job, place.folder.newest_changes())


def _put(folder: UploadFolder, name: str, content: bytes, overwrite: bool) -> Change:
    with folder.receive(name) as document:
        document.write(content)
        return document.finish(overwrite=overwrite)


def _short(name: str) -> str:
    return clipped(name, _LONGEST_NAME)
