"""Keeps the bot's token out of messages and logs."""

import logging
import re

#: A token, on its own or in a URL.
_TOKEN = re.compile(r"\d{3,}(?::|%3[Aa])[A-Za-z0-9_-]{10,}")
_PLAIN = logging.Formatter()


def redacted(text: str) -> str:
    """The text without anything that looks like a token."""
    return _TOKEN.sub("[token]", text)


class Redacting(logging.Filter):
    """A logging filter that removes tokens from messages and tracebacks."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redacted(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = _PLAIN.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redacted(record.exc_text)
        return True


def guard_logs() -> None:
    """Adds the filter to every handler of the root logger, and silences requests in the log."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # It reports as errors what is retried anyway.
    logging.getLogger("telegram.ext.AIORateLimiter").setLevel(logging.CRITICAL)
    # They log whole updates, questions included, when one cannot be parsed.
    for name in ("telegram.Bot", "telegram.ext.ExtBot"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    for handler in logging.getLogger().handlers:
        if not any(isinstance(each, Redacting) for each in handler.filters):
            handler.addFilter(Redacting())
