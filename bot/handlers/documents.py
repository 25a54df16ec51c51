"""Which documents there are, and which of them a conversation is about."""

from telegram import Update

from bot.handlers.resources import HandlerContext, HandlerResources, why_not
from bot.intake import addressing
from bot.intake.asker import Asker, asker_of
from bot.presentation.parts import ReplyPart
from bot.presentation.replies import DOCUMENTS_PER_PAGE
from rag import DocumentFilter, separate_filters
from rag.errors import CollectionError, StoreError
from rag.serving.collections import Collection, View
from words import Words, filter_text


class Documents:
    """/sources, whose buttons turn its pages, and /in."""

    def __init__(self, resources: HandlerResources) -> None:
        self._resources = resources

    async def sources(self, update: Update, _context: HandlerContext) -> None:
        """Lists the documents."""
        asker = asker_of(update, self._resources.state)
        view = await self._resources.served_view(asker)
        if view is not None:
            part = await self._page(view, 0, asker.words)
            await self._resources.reply_parts(asker, [part])

    async def turn_page(self, asker: Asker, message: int, page: str) -> str:
        """Shows another page in the message of the list; the notification to show."""
        if not page.lstrip("-").isdecimal():
            return asker.words.bot.expired
        try:
            view = self._resources.view_of(asker)
            view.check_served()
        except (StoreError, CollectionError) as error:
            return why_not(error, asker.words)
        part = await self._page(view, int(page), asker.words)
        await self._resources.edit_reply(asker, message, part)
        return ""

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
            await self._resources.reply_text(asker, said + _choices(seen, words))
            return
        named = _collection_named(seen, text)
        if named is not None:
            narrowings.choose(asker.conversation, named.name)
            said = words.bot.in_collection.format(title=named.title)
            await self._resources.reply_text(asker, said)
            return
        view = await self._resources.served_view(asker)
        if view is None:
            return
        within, count = await self._resources.pool.in_thread(_narrowed, view, text)
        said = filter_text(within, words.answers)
        if count:
            narrowings.narrow(asker.conversation, within)
            reply = words.bot.in_set.format(filter=said, count=count)
        else:
            reply = words.answers.nothing_left.format(filter=said)
        await self._resources.reply_text(asker, reply)

    async def _page(self, view: View, page: int, words: Words) -> ReplyPart:
        """A page of the list; the last one when the number is too high."""
        counts = [each.generation.manifest.counts["documents"] for _, each in view.services]
        last = max(sum(counts) - 1, 0) // DOCUMENTS_PER_PAGE
        page = min(max(page, 0), last)
        part = await self._resources.pool.in_thread(
            view.part_from, page * DOCUMENTS_PER_PAGE, DOCUMENTS_PER_PAGE
        )
        # An id may be that of documents in several collections.
        return self._resources.replies.documents(part, page, words, linked=not view.named)


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
