"""HTTP connections that no client can hold open without sending or receiving."""

import asyncio
import json
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

#: Seconds for a request's head, from its first byte or from connecting.
HEAD_SECONDS = 10.0
#: Seconds within which a client must receive a part of what is sent to it.
TAKING_SECONDS = 30.0
#: Bytes before the body. A question of 2,000 Chinese characters in the URL takes 18,000.
HEAD_BYTES = 32 * 1024
_PIECE = 4096
_UNREADABLE = {
    "type": "about:blank",
    "title": "Bad Request",
    "status": 400,
    "code": "bad_request",
    "instance": "",
}
_REMEDY = (
    f"Send less than {HEAD_BYTES // 1024} KiB before the body, and percent-encode what is not "
    "ASCII in the address."
)


class ImpatientProtocol(H11Protocol):
    """Closes a connection whose request does not arrive, or whose response is not received.

    Uvicorn limits only the time between requests. What comes slowly after the head is the
    application's to refuse.
    """

    _head: asyncio.TimerHandle | None = None
    _taking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        # The size of a head is looked at only while it is incomplete: what came at once is
        # handed on in pieces.
        for at in range(0, len(data), _PIECE):
            super().data_received(data[at : at + _PIECE])
            if self.transport.is_closing():
                return
        if self.cycle is not None and not self.cycle.response_complete:
            _cancel(self._head)
            self._head = None
        elif self._head is None and self.timeout_keep_alive_task is None:
            self._expect_head()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._expect_taking()

    def resume_writing(self) -> None:
        super().resume_writing()
        _cancel(self._taking)

    def send_400_response(self, msg: str) -> None:
        """Answers what is no HTTP with problem details, like every other error."""
        content = json.dumps({**_UNREADABLE, "detail": f"{msg} {_REMEDY}"}).encode()
        headers = [
            ("content-type", "application/problem+json"),
            ("content-length", str(len(content))),
            ("connection", "close"),
        ]
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            for event in (
                h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
                h11.Data(data=content),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        _cancel(self._head, self._taking)
        super().connection_lost(exc)

    def _expect_head(self) -> None:
        self._head = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _expect_taking(self) -> None:
        before = self.transport.get_write_buffer_size()

        def look() -> None:
            if self.transport.get_write_buffer_size() >= before:
                self.transport.abort()
            else:
                self._expect_taking()

        self._taking = self.loop.call_later(TAKING_SECONDS, look)


def _cancel(*timers: asyncio.TimerHandle | None) -> None:
    for timer in timers:
        if timer is not None:
            timer.cancel()
