"""Documents that administrators sent under a name that is taken, until they say what to do."""

import time
from dataclasses import dataclass

from bot.state.database import Database

_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Offer:
    """A file of Telegram, by its id there, and the name that it shall have."""

    id: str
    user: int
    chat: int
    file: str
    name: str


class Offers:
    """The documents that wait for a decision."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put_offer(self, offer: Offer) -> None:
        self._database.execute(
            "INSERT OR REPLACE INTO offers VALUES (?, ?, ?, ?, ?, ?)",
            *(offer.id, time.time(), offer.user, offer.chat, offer.file, offer.name),
        )

    def offer_by_id(self, identity: str) -> Offer | None:
        query = "SELECT id, user, chat, file, name FROM offers WHERE id = ?"
        return next((Offer(*row) for row in self._database.fetch_rows(query, identity)), None)

    def forget_offer(self, identity: str) -> None:
        self._database.execute("DELETE FROM offers WHERE id = ?", identity)

    def sweep(self, before: float) -> None:
        self._database.execute("DELETE FROM offers WHERE at < ?", before)
        self._database.execute(
            "DELETE FROM offers WHERE id IN "
            "(SELECT id FROM offers ORDER BY at DESC LIMIT -1 OFFSET ?)",
            _MOST,
        )
