"""The highest known message numbers: a message sent after them has a higher one."""

from collections import OrderedDict

#: Each supergroup numbers its own messages; all other chats of a bot share one sequence.
_FIRST_SUPERGROUP = -1_000_000_000_000
_SHARED = 0
_MOST = 10_000


class MessageNumbering:
    """Tracks the message numbers of updates and replies."""

    def __init__(self) -> None:
        self._highest: OrderedDict[int, int] = OrderedDict()

    def saw_message(self, chat: int, message: int) -> None:
        key = _count(chat)
        self._highest[key] = max(message, self._highest.get(key, 0))
        self._highest.move_to_end(key)
        while len(self._highest) > _MOST:
            self._highest.popitem(last=False)

    def highest_number(self, chat: int) -> int:
        """The highest number seen in this chat's sequence; 0 before the first."""
        return self._highest.get(_count(chat), 0)


def _count(chat: int) -> int:
    return chat if chat <= _FIRST_SUPERGROUP else _SHARED
