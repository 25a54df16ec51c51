"""The outermost middleware: security headers, metrics, the access log, unexpected errors."""

import logging
import time
import traceback

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.problems import problem_response, refusal_of
from api.metrics import ServerMetrics

_LOGGER = logging.getLogger(__name__)
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_NO_ROUTE = "none"


class OuterLayer:
    """Adds headers to every response, counts it, and turns unexpected errors into status 500.

    The log holds method, route, status and time of a request, never its path or query, which may
    contain a question.
    """

    def __init__(self, app: ASGIApp, metrics: ServerMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0

        async def send_safely(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self._app(scope, receive, send_safely)
        except Exception as error:  # noqa: BLE001 - the last resort of the server
            log_failure(_route(scope), error)
            scope["wenda.code"] = "internal"
            if status:  # too late for another response
                raise ConnectionAbortedError("The response was broken off.") from None
            await problem_response(scope, refusal_of(error))(scope, receive, send_safely)
        finally:
            self._record(scope, status, time.perf_counter() - began)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = _route(scope)
        self._metrics.observe_stage("total", seconds)
        self._metrics.count_request(route, scope["method"], status, scope.get("wenda.code"))
        _LOGGER.info("%s %s %d %.0f ms", scope["method"], route, status, seconds * 1000)


def log_failure(what: str, error: Exception) -> None:
    """Logs the traceback without the error's message, which may repeat a question."""
    where = "".join(traceback.format_tb(error.__traceback__))
    _LOGGER.error("%s failed: %s\n%s", what, type(error).__name__, where)


def _route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", _NO_ROUTE))
