"""Settings come from arguments, the environment and `.env`, in this order."""

from pathlib import Path

import pytest

from rag.errors import SettingsError
from wenda.settings import read_settings

pytestmark = pytest.mark.usefixtures("clean")


def test_defaults() -> None:
    settings = read_settings()
    assert (settings.seeds, settings.home) == (Path("seeds"), Path(".wenda"))
    assert (settings.model, settings.min_score, settings.max_file_mb) == ("bundled", None, 20)
    assert settings.models.is_absolute()


def test_arguments_go_before_the_environment_and_that_before_the_file(
    clean: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ["WENDA_SEEDS=文件", "WENDA_HOME=file", "WENDA_MODEL=file", "TELEGRAM_BOT_TOKEN=x"]
    (clean / ".env").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setenv("WENDA_HOME", "environment")
    monkeypatch.setenv("wenda_model", "environment")
    settings = read_settings(seeds=None, home=None, model="given")
    assert settings.seeds == Path("文件")
    assert settings.home == Path("environment")
    assert settings.model == "given"


def test_without_the_prefix_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/elsewhere")
    monkeypatch.setenv("MODEL", "other")
    settings = read_settings()
    assert (settings.home, settings.model) == (Path(".wenda"), "bundled")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WENDA_MIN_SCORE", "7"),
        ("WENDA_MIN_SCORE", "-0.1"),
        ("WENDA_MIN_SCORE", "nan"),
        ("WENDA_MIN_SCORE", "hoch"),
        ("WENDA_WRITER_URL", "localhost:11434/v1"),
        ("WENDA_WRITER_URL", "ftp://localhost/v1"),
        ("WENDA_WRITER_URL", "http://localhost/v1#key"),
        ("WENDA_WRITER_SECONDS", "0"),
        ("WENDA_MAX_FILE_MB", "0"),
        ("WENDA_MAX_FILE_MB", "2001"),
        ("WENDA_MAX_FILE_MB", "1.5"),
    ],
)
def test_an_unusable_value_is_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"{name}='{value}' cannot be used") as caught:
        read_settings()
    assert "Change it in the environment or in .env." in str(caught.value)


def test_a_file_of_settings_in_another_encoding_is_refused_by_its_name(clean: Path) -> None:
    (clean / ".env").write_bytes(b"WENDA_HOME=\xff\n")
    with pytest.raises(SettingsError, match=r"\.env"):
        read_settings()
