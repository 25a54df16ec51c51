"""The highest message number known, which tells where a message that was just sent must be."""

from collections import OrderedDict

#: Supergroups count for themselves; all other chats of a bot share one count.
_FIRST_SUPERGROUP = -1_000_000_000_000
_SHARED = 0
_MOST = 10_000


class Numbering:
    """Follows the message numbers of updates and replies."""

    def __init__(self) -> None:
        self._highest: OrderedDict[int, int] = OrderedDict()

    def saw_message(self, chat: int, message: int) -> None:
        key = _count(chat)
        self._highest[key] = max(message, self._highest.get(key, 0))
        self._highest.move_to_end(key)
        while len(self._highest) > _MOST:
            self._highest.popitem(last=False)

    def highest_number(self, chat: int) -> int:
        """The highest number seen where this chat is counted; 0 before the first."""
        return self._highest.get(_count(chat), 0)


def _count(chat: int) -> int:
    return chat if chat <= _FIRST_SUPERGROUP else _SHARED
