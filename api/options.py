"""What the API is told about how to serve; the composition root reads it from the settings."""

from dataclasses import dataclass, field
from pathlib import Path

#: Where the page lies: static files of this package.
PAGE = Path(__file__).parent / "page"


@dataclass(frozen=True, slots=True)
class Options:
    """How to serve. Without `api_keys` everybody may ask; without `admin_token` nobody may change.

    `home` is the folder of the index, for its sizes. `rate_limit` is a number of questions in a
    time for each key or address, like `60/minute`; empty for none. `threads` search at once and
    `queue` requests wait for one of them; `seconds` is the longest that one may take.
    `trusted_hosts` are the names under which the server may be addressed; without any, all.
    """

    home: Path
    version: str = "0"
    admin_token: str | None = field(default=None, repr=False)
    api_keys: tuple[str, ...] = field(default=(), repr=False)
    rate_limit: str = "60/minute"
    threads: int = 2
    queue: int = 64
    seconds: float = 15.0
    body_bytes: int = 256 * 1024
    body_seconds: float = 15.0
    cors_origins: tuple[str, ...] = ()
    trusted_hosts: tuple[str, ...] = ()
    page: Path = PAGE
