"""How the API serves. The composition root makes the options from the settings."""

from dataclasses import dataclass, field
from pathlib import Path

#: The folder of the web page's static files.
PAGE = Path(__file__).parent / "page"


@dataclass(frozen=True, slots=True)
class ApiOptions:
    """How to serve. Without `api_keys` everybody may ask; without `admin_token` nobody may rebuild.

    `rate_limit` is the number of questions per time that each key or address may ask, like
    `60/minute`; empty for no limit. `threads` is the number of searches at once, `queue` how many
    more may wait, `seconds` the time limit of one with its wait. `trusted_hosts` are the host
    names that are served; empty for all. `user_header` is the header in which a trusted proxy names
    the user; whoever runs the server takes it away from requests that come from elsewhere.
    """

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
    user_header: str = ""
    page: Path = PAGE
