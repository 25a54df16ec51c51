"""The host names under which the server may be addressed."""

from collections.abc import Sequence

from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.problems import Refusal, problem_response

_TRUSTED = "wenda.trusted_host"
_WORDS = (
    "This server is not known under that name. Address it by another, or add the name to "
    "WENDA_TRUSTED_HOSTS."
)


class TrustedHosts:
    """ASGI middleware that refuses requests for another host name, against DNS rebinding.

    Names may start with `*.`; an empty list allows every name.
    """

    def __init__(self, app: ASGIApp, names: Sequence[str]) -> None:
        self._app = app
        self._check = TrustedHostMiddleware(_trusted, list(names) or ["*"], www_redirect=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # Starlette decides; its plain-text response is replaced by problem details.
        await self._check(scope, receive, _discard)
        if _TRUSTED in scope:
            await self._app(scope, receive, send)
        else:
            scope["wenda.code"] = "unknown_host"
            await problem_response(scope, Refusal(400, "unknown_host", _WORDS))(
                scope, receive, send
            )


async def _trusted(scope: Scope, _receive: Receive, _send: Send) -> None:
    scope[_TRUSTED] = True


async def _discard(_message: Message) -> None:
    pass
