"""The collection and the documents that a conversation was narrowed to with /in."""

import json
import time
from dataclasses import asdict

from bot.state.database import Database
from bot.state.people import Conversation
from rag import DocumentFilter

_MOST = 100_000
_COLLECTION = "collection"


class Narrowings:
    """One filter and one collection a conversation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def narrowing_of(self, conversation: Conversation) -> DocumentFilter:
        """The filter of a conversation; an empty one where none was set."""
        facts = self._content(conversation)
        return DocumentFilter(**{name: facts[name] for name in facts if name != _COLLECTION})

    def collection_of(self, conversation: Conversation) -> str:
        """The name of the collection of a conversation; empty where none was chosen."""
        return self._content(conversation).get(_COLLECTION, "")

    def narrow(self, conversation: Conversation, within: DocumentFilter) -> None:
        """Sets the filter of a conversation; an empty one is forgotten."""
        self._set(conversation, within, self.collection_of(conversation))

    def choose(self, conversation: Conversation, collection: str) -> None:
        """Sets the collection of a conversation, all of it; an empty name forgets both."""
        self._set(conversation, DocumentFilter(), collection)

    def _content(self, conversation: Conversation) -> dict[str, str]:
        query = "SELECT content FROM narrowings WHERE chat = ? AND thread = ? AND user = ?"
        rows = self._database.fetch_rows(query, *conversation)
        found: dict[str, str] = json.loads(rows[0][0]) if rows else {}
        return found

    def _set(self, conversation: Conversation, within: DocumentFilter, collection: str) -> None:
        if not within and not collection:
            statement = "DELETE FROM narrowings WHERE chat = ? AND thread = ? AND user = ?"
            self._database.execute(statement, *conversation)
            return
        chosen = {_COLLECTION: collection} if collection else {}
        content = json.dumps(asdict(within) | chosen, ensure_ascii=False)
        self._database.execute(
            "INSERT OR REPLACE INTO narrowings VALUES (?, ?, ?, ?, ?)",
            *(*conversation, time.time(), content),
        )

    def sweep(self, before: float) -> None:
        self._database.execute("DELETE FROM narrowings WHERE at < ?", before)
        self._database.execute(
            "DELETE FROM narrowings WHERE (chat, thread, user) IN "
            "(SELECT chat, thread, user FROM narrowings ORDER BY at DESC LIMIT -1 OFFSET ?)",
            _MOST,
        )
