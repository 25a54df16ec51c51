"""No token is ever shown."""

import io
import logging

import pytest

from bot.options import BotOptions
from bot.telegram.redaction import Redacting, redacted
from bot.telegram.webhook import secret_of
from rag.errors import SettingsError
from tests.bot.telegram_server import TOKEN
from wenda.commands import bot as telegram
from wenda.settings import read_settings


@pytest.mark.parametrize(
    "text",
    [
        f"https://api.telegram.org/bot{TOKEN}/getMe",
        f"The token `{TOKEN}` was rejected by the server.",
        f"bot{TOKEN.replace(':', '%3A')}",
    ],
)
def test_tokens_are_taken_out(text: str) -> None:
    assert "[token]" in redacted(text)
    assert TOKEN.split(":")[1] not in redacted(text)


def test_logs_and_their_tracebacks_have_none() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(Redacting())
    logger = logging.Logger("test")
    logger.addHandler(handler)
    try:
        int(TOKEN)
    except ValueError:
        logger.exception("Failed with %s", TOKEN)
    assert stream.getvalue().count("[token]") == 2
    assert TOKEN not in stream.getvalue()
    assert "ValueError" in stream.getvalue()


def test_options_do_not_show_it() -> None:
    assert TOKEN not in repr(BotOptions(TOKEN))


def test_the_secret_of_the_webhook_does_not_give_it_away() -> None:
    secret = secret_of(TOKEN)
    assert secret == secret_of(TOKEN)
    assert secret != secret_of(TOKEN + "x")
    assert secret.isalnum()
    assert TOKEN.split(":")[1] not in secret


@pytest.mark.parametrize("token", ["", "abc", "123:short", f"{TOKEN} {TOKEN}", "x" * 60])
def test_what_cannot_be_a_token_is_said_without_showing_it(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", token)
    with pytest.raises(SettingsError, match="BotFather") as caught:
        telegram.options(read_settings(), webhook=False)
    assert not token or token not in str(caught.value)


def test_settings_become_options(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "TELEGRAM_BOT_TOKEN": f" {TOKEN}\n",
        "WENDA_TELEGRAM_ADMINS": "1, 2,",
        "WENDA_TELEGRAM_ALLOWED": "-1001",
        "WENDA_TELEGRAM_WEBHOOK_URL": "https://x.org/hook",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    made = telegram.options(read_settings(), webhook=True)
    assert (made.token, made.admins, made.allowed) == (
        TOKEN,
        frozenset({1, 2}),
        frozenset({-1001}),
    )
    assert made.webhook_url == "https://x.org/hook"
    assert telegram.options(read_settings(), webhook=False).webhook_url is None
    for wrong in ("1;2", "me"):
        monkeypatch.setenv("WENDA_TELEGRAM_ADMINS", wrong)
        with pytest.raises(SettingsError, match="WENDA_TELEGRAM_ADMINS="):
            read_settings()
