"""Who may use the bot."""

from collections.abc import Set as AbstractSet


class AllowedUsers:
    """Open to everybody, or to the listed users and chats; administrators always may."""

    def __init__(self, admins: AbstractSet[int], allowed: AbstractSet[int]) -> None:
        self._admins = admins
        self._allowed = allowed

    def is_admin(self, user: int) -> bool:
        return user in self._admins

    def allows(self, user: int, chat: int | None) -> bool:
        """Whether the user may ask, in this chat."""
        return not self._allowed or self.is_admin(user) or bool({user, chat} & self._allowed)
