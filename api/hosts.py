"""Under which names the server may be addressed."""

from collections.abc import Sequence

from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Refusal, respond

_TRUSTED = "wenda.trusted_host"
_WORDS = (
    "This server is not known under that name. Address it by another, or add the name to "
    "WENDA_TRUSTED_HOSTS."
)


class TrustedHosts:
    """Refuses what is addressed to another name, so that no other site's page can ask in ours.

    Names may start with `*.`; without any, all are served.
    """

    def __init__(self, app: ASGIApp, names: Sequence[str]) -> None:
        self._app = app
        self._check = TrustedHostMiddleware(_trusted, list(names) or ["*"], www_redirect=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # The library decides; what it would answer is said in our words.
        await self._check(scope, receive, _nowhere)
        if _TRUSTED in scope:
            await self._app(scope, receive, send)
        else:
            scope["wenda.code"] = "unknown_host"
            await respond(scope, Refusal(400, "unknown_host", _WORDS))(scope, receive, send)


async def _trusted(scope: Scope, _receive: Receive, _send: Send) -> None:
    scope[_TRUSTED] = True


async def _nowhere(_message: Message) -> None:
    pass
