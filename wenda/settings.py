"""Settings: environment variables with the prefix `WENDA_`, also from `.env`."""

from pathlib import Path
from typing import Annotated

from platformdirs import user_cache_path
from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from rag.errors import SettingsError


def _numbers(text: object) -> object:
    """The integers in a text, separated by commas. Raises ValueError for anything else."""
    if not isinstance(text, str):
        return text
    try:
        return frozenset(int(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError("give numbers, separated by commas") from None


Ids = Annotated[frozenset[int], NoDecode, BeforeValidator(_numbers)]


class Settings(BaseSettings):
    """All settings. Entry points read them once and pass them on as arguments."""

    model_config = SettingsConfigDict(
        env_prefix="WENDA_", env_file=".env", env_ignore_empty=True, extra="ignore"
    )

    seeds: Path = Path("seeds")
    home: Path = Path(".wenda")
    model: str = "bundled"
    models: Path = Field(default_factory=lambda: user_cache_path("wenda"))
    late_interaction: bool = True
    min_score: float | None = Field(default=None, ge=0, le=1)
    max_file_mb: int = Field(default=20, ge=1, le=2000)
    #: The folder, inside that of the documents, that documents may be given into; none without it.
    uploads: Path | None = None
    #: A file that names several folders in place of one, and who may see which.
    collections: Path | None = None
    #: The header in which a trusted proxy names the user.
    user_header: str = Field(default="", pattern=r"^[A-Za-z0-9-]*$")
    #: How long questions without an answer are kept; 0 keeps none.
    questions_days: int = Field(default=30, ge=0, le=3650)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    admin_token: SecretStr | None = None
    #: Separated by commas; without any, anybody may ask.
    api_keys: SecretStr | None = None
    rate_limit: str = "60/minute"
    #: Questions searched at the same time; 0 means one per core.
    threads: int = Field(default=0, ge=0, le=256)
    queue: int = Field(default=64, ge=0, le=100_000)
    #: Seconds that one answer may take.
    timeout: float = Field(default=15.0, gt=0, le=600)
    #: The following are separated by commas.
    cors_origins: str = ""
    trusted_hosts: str = ""
    trusted_proxies: str = ""
    root_path: str = ""
    #: The base address of a server that speaks OpenAI's chat protocol; it writes answers from the
    #: quotations. Nothing is written without it.
    writer_url: str | None = Field(default=None, pattern=r"^https?://[^\s/?#]+[^\s?#]*$")
    writer_model: SecretStr | None = None
    writer_key: SecretStr | None = None
    #: Seconds that writing one answer may take.
    writer_seconds: float = Field(default=30.0, gt=0, le=600)
    #: The web page's address as seen from outside, for the bot's links.
    public_url: str | None = Field(default=None, pattern=r"^https?://")
    telegram_bot_token: SecretStr | None = Field(
        default=None, validation_alias="TELEGRAM_BOT_TOKEN"
    )
    telegram_api: str = Field(default="https://api.telegram.org", pattern=r"^https?://")
    #: Ids, separated by commas: of users, and of users and chats.
    telegram_admins: Ids = frozenset()
    telegram_allowed: Ids = frozenset()
    telegram_webhook_url: str | None = Field(default=None, pattern=r"^https?://[^/?#]+/[^?#]+$")
    telegram_rate_limit: str = "20/minute"
    telegram_group_limit: str = "15/minute"
    telegram_retention_days: int = Field(default=30, ge=1, le=3650)
    #: Seconds that Telegram may hold a poll open, and may take to answer any other request.
    telegram_poll: int = Field(default=30, ge=0, le=50)
    telegram_timeout: float = Field(default=15.0, gt=0, le=120)

    @field_validator("seeds", "home", "models")
    @classmethod
    def _at_home(cls, path: Path) -> Path:
        return path.expanduser()

    @field_validator("uploads", "collections")
    @classmethod
    def _below(cls, path: Path | None) -> Path | None:
        return path and path.expanduser()

    @field_validator("root_path")
    @classmethod
    def _prefix(cls, path: str) -> str:
        bare = path.strip().strip("/")
        return f"/{bare}" if bare else ""


def read_settings(**given: object) -> Settings:
    """The settings; arguments that are not None take precedence over the environment.

    Raises SettingsError naming the variable that has an unusable value.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"The file .env cannot be read: {error}. Save it as UTF-8, or remove it."
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(
            f"WENDA_{name}={first['input']!r} cannot be used: {first['msg']}. "
            "Change it in the environment or in .env."
        ) from error
