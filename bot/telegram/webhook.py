"""Handles webhook requests from Telegram."""

import hashlib
import hmac
import json
import logging
from collections.abc import Callable
from http import HTTPStatus

from telegram import Bot, Update

from rag.errors import StoreError

_LOGGER = logging.getLogger(__name__)
#: The header with the secret.
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a name
_LARGEST = 1_000_000


def secret_of(token: str) -> str:
    """The webhook secret, a hash of the token: the same after every start."""
    return hashlib.sha256(f"wenda webhook {token}".encode()).hexdigest()


class Webhook:
    """Checks the secret and stores the update before the request is confirmed."""

    def __init__(self, bot: Bot, token: str, accept: Callable[[Update], None]) -> None:
        self._bot = bot
        self._secret = secret_of(token)
        self._accept = accept

    def take_request(self, secret: str | None, body: bytes) -> HTTPStatus:
        """The HTTP status of the response; Telegram delivers again unless it is 200."""
        if not hmac.compare_digest((secret or "").encode(), self._secret.encode()):
            return HTTPStatus.FORBIDDEN
        if len(body) > _LARGEST:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        try:
            update = Update.de_json(json.loads(body), self._bot)
        except (ValueError, TypeError, KeyError, AttributeError):
            return HTTPStatus.BAD_REQUEST
        try:
            self._accept(update)
        except StoreError as error:
            _LOGGER.error("%s", error)  # noqa: TRY400 - its words say it all
            return HTTPStatus.SERVICE_UNAVAILABLE
        return HTTPStatus.OK
