"""The documents that a conversation was narrowed to with /in."""

import json
import time
from dataclasses import asdict

from bot.state.database import Database
from bot.state.people import Conversation
from rag import DocumentFilter

_MOST = 100_000


class Narrowings:
    """One filter a conversation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def narrowing_of(self, conversation: Conversation) -> DocumentFilter:
        """The filter of a conversation; an empty one where none was set."""
        query = "SELECT content FROM narrowings WHERE chat = ? AND thread = ? AND user = ?"
        rows = self._database.fetch_rows(query, *conversation)
        return DocumentFilter(**json.loads(rows[0][0])) if rows else DocumentFilter()

    def narrow(self, conversation: Conversation, within: DocumentFilter) -> None:
        """Sets the filter of a conversation; an empty one is forgotten."""
        if not within:
            statement = "DELETE FROM narrowings WHERE chat = ? AND thread = ? AND user = ?"
            self._database.execute(statement, *conversation)
            return
        content = json.dumps(asdict(within), ensure_ascii=False)
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
