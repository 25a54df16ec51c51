"""Who a caller is, and whom a collection lets in."""

import hashlib
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as far as it was checked: by an API key (its digest), as a user of a trusted proxy,
    from Telegram (the id of a user or chat). `owner` is whoever runs the server.
    """

    key: bytes | None = field(default=None, repr=False)
    user: str | None = None
    telegram: int | None = None
    owner: bool = False


@dataclass(frozen=True, slots=True)
class Rights:
    """Whom a collection lets in: everybody, or those who are named."""

    everybody: bool = False
    keys: frozenset[bytes] = field(default=frozenset(), repr=False)
    users: frozenset[str] = frozenset()
    telegram: frozenset[int] = frozenset()

    def name_caller(self, caller: Caller) -> bool:
        """Whether the caller is let in for what they are, and not as everybody."""
        return (
            caller.owner
            or caller.key in self.keys
            or caller.user in self.users
            or caller.telegram in self.telegram
        )

    def let_in(self, caller: Caller) -> bool:
        return self.everybody or self.name_caller(caller)


#: A caller of whom nothing is known, and one who may see everything.
ANYBODY, OWNER = Caller(), Caller(owner=True)
EVERYBODY = Rights(everybody=True)


def key_digest(key: str) -> bytes:
    """What is kept of an API key."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()
