"""Bodies that are written to the disk as they arrive: uploads."""

import asyncio
import time
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.problems import Refusal

_STALLED = "No part of the body came for {:g} seconds. Send it again."


def is_streamed(scope: Scope) -> bool:
    """Whether a request's body is a document, which its route reads by itself."""
    path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
    return scope.get("method") == "PUT" and path.startswith("/documents/")


class StreamedBody:
    """Passes a body on in the parts in which it arrives, each within some seconds.

    Where the response comes before the end of the body, as to a wrong token, the rest is read for
    a while and dropped: most clients read the response only after they have sent everything.
    """

    def __init__(self, receive: Receive, send: Send, seconds: float) -> None:
        self._receive = receive
        self._send = send
        self._seconds = seconds
        self._ended = False

    async def run_application(self, app: ASGIApp, scope: Scope) -> None:
        """Runs the application on the request."""
        await app(scope, self._next, self._answer)

    async def _next(self) -> Message:
        if self._ended:
            return await self._receive()  # waits for the client to disconnect
        try:
            async with asyncio.timeout(self._seconds):
                message = await self._receive()
        except TimeoutError:
            raise Refusal(408, "slow_body", _STALLED.format(self._seconds)) from None
        self._ended = not message.get("more_body", False)
        return message

    async def _answer(self, message: Message) -> None:
        if message["type"] == "http.response.start" and not self._ended:
            await self._drop_rest()
            if not self._ended:
                closing = (b"connection", b"close")
                message["headers"] = [*message.get("headers", []), closing]
        await self._send(message)

    async def _drop_rest(self) -> None:
        until = time.monotonic() + self._seconds
        with suppress(Refusal):
            while not self._ended and time.monotonic() < until:
                await self._next()
