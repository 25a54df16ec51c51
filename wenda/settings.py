"""Settings: environment variables with the prefix `WENDA_`, also from `.env`."""

from pathlib import Path

from platformdirs import user_cache_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import SettingsError


class Settings(BaseSettings):
    """What the entry points read once; the library gets its parts as arguments."""

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
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    admin_token: SecretStr | None = None
    #: Separated by commas; without any, everybody may ask.
    api_keys: SecretStr | None = None
    rate_limit: str = "60/minute"
    telegram_bot_token: SecretStr | None = Field(
        default=None, validation_alias="TELEGRAM_BOT_TOKEN"
    )

    @field_validator("seeds", "home", "models")
    @classmethod
    def _at_home(cls, path: Path) -> Path:
        return path.expanduser()


def read_settings(**given: object) -> Settings:
    """The settings; what is given and not None comes before the environment.

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
