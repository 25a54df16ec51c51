"""Keeps the bot's token out of what is shown and logged."""

import logging
import re

#: A token, also inside an address.
_TOKEN = re.compile(r"\d{3,}(?::|%3[Aa])[A-Za-z0-9_-]{10,}")
_PLAIN = logging.Formatter()


def redacted(text: str) -> str:
    """The text without anything that looks like a token."""
    return _TOKEN.sub("[token]", text)


class Redacting(logging.Filter):
    """A filter for handlers: what passes has no token in it, nor has its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redacted(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = _PLAIN.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redacted(record.exc_text)
        return True


def guard_logs() -> None:
    """Has every handler of the root logger leave tokens out; requests are not logged."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # It calls an error what is waited for and tried again.
    logging.getLogger("telegram.ext.AIORateLimiter").setLevel(logging.CRITICAL)
    # They show whole updates, questions and all, when one of them cannot be read.
    for name in ("telegram.Bot", "telegram.ext.ExtBot"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    for handler in logging.getLogger().handlers:
        if not any(isinstance(each, Redacting) for each in handler.filters):
            handler.addFilter(Redacting())
