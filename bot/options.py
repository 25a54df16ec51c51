"""The bot's options; the composition root fills them from the settings."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BotOptions:
    """How the bot runs. Times are in seconds, rates as in `20/minute`.

    `allowed` are ids of users and chats; empty lets everybody in. `webhook_url` is where Telegram
    delivers updates to; None polls for them. `public_url` is the address of the web page.
    """

    token: str = field(repr=False)
    api: str = "https://api.telegram.org"
    admins: frozenset[int] = frozenset()
    allowed: frozenset[int] = frozenset()
    webhook_url: str | None = None
    public_url: str | None = None
    user_rate: str = "20/minute"
    group_rate: str = "15/minute"
    button_rate: str = "60/minute"
    retention_days: int = 30
    #: How long Telegram may hold a poll, and how long it may take to answer anything else.
    poll: int = 30
    timeout: float = 15.0
    #: An answer that takes longer is announced with a placeholder.
    placeholder_after: float = 2.0
    #: How long delivery of a message is retried.
    patience: float = 3600.0
    #: How long answers in progress may take when the bot is stopped.
    grace: float = 8.0
