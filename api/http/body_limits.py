"""Request bodies: read whole before the application runs, within limits of size and time."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.problems import Refusal, problem_response
from api.http.streamed_bodies import StreamedBody, is_streamed

_TOO_LARGE = "The body is larger than {} bytes. Send less: a question, and only the last turns."
_TOO_SLOW = "The body did not come within {:g} seconds. Send it again."
#: A body over the limit is still read, up to this multiple of it: most clients read the response
#: only after they have sent everything, and a closed connection explains nothing.
_DRAINED = 8


class BodyLimits:
    """ASGI middleware that refuses bodies over a size (413) or a time (408), chunked ones too.

    Documents are larger and come in parts: their route limits the size.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, seconds: float) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if is_streamed(scope):
            await StreamedBody(receive, send, self._seconds).run_application(self._app, scope)
            return
        try:
            async with asyncio.timeout(self._seconds):
                body = await self._read_body(receive)
        except TimeoutError:
            refused = Refusal(408, "slow_body", _TOO_SLOW.format(self._seconds))
        except Refusal as error:
            refused = error
        else:
            await self._app(scope, _replayed(body, receive), send)
            return
        # The rest of the body is not waited for.
        refused.headers["Connection"] = "close"
        scope["wenda.code"] = refused.code
        await problem_response(scope, refused)(scope, receive, send)

    async def _read_body(self, receive: Receive) -> Message:
        """The whole body as one message, or the message that the client disconnected."""
        parts, size = [], 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return message
            part = message.get("body", b"")
            size += len(part)
            if size <= self._max_bytes:
                parts.append(part)
            if not message.get("more_body", False) or size > self._max_bytes * _DRAINED:
                break
        if size > self._max_bytes:
            raise Refusal(413, "too_large", _TOO_LARGE.format(self._max_bytes))
        return {"type": "http.request", "body": b"".join(parts), "more_body": False}


def _replayed(first: Message, receive: Receive) -> Receive:
    """A receive channel that gives the message already read, then what follows it."""
    waiting = [first]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay
