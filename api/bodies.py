"""Bodies of requests: read whole before anything else, within a size and a time."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Refusal, respond

_TOO_LARGE = "The body is larger than {} bytes. Send less: a question, and only the last turns."
_TOO_SLOW = "The body did not come within {:g} seconds. Send it again."
#: A client that sends too much is heard out to so many times the limit: it would not read the
#: answer before, and a closed connection tells nobody why.
_HEARD_OUT = 8


class Bodies:
    """Refuses what is too large (413) or comes too slowly (408), however it is sent."""

    def __init__(self, app: ASGIApp, most: int, seconds: float) -> None:
        self._app = app
        self._most = most
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._seconds):
                body = await self._read(receive)
        except TimeoutError:
            refused = Refusal(408, "slow_body", _TOO_SLOW.format(self._seconds))
        except Refusal as error:
            refused = error
        else:
            await self._app(scope, _replayed(body, receive), send)
            return
        # What is left of the body is not waited for.
        refused.headers["Connection"] = "close"
        scope["wenda.code"] = refused.code
        await respond(scope, refused)(scope, receive, send)

    async def _read(self, receive: Receive) -> Message:
        """The whole body as one message, or word that the client has gone."""
        parts, size = [], 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return message
            part = message.get("body", b"")
            size += len(part)
            if size <= self._most:
                parts.append(part)
            if not message.get("more_body", False) or size > self._most * _HEARD_OUT:
                break
        if size > self._most:
            raise Refusal(413, "too_large", _TOO_LARGE.format(self._most))
        return {"type": "http.request", "body": b"".join(parts), "more_body": False}


def _replayed(first: Message, receive: Receive) -> Receive:
    """The message that was read, then what comes."""
    waiting = [first]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay
