"""A server that speaks OpenAI's chat protocol, as Ollama, vLLM and llama.cpp do: the only module
that asks another server over HTTP.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from functools import cache
from ssl import SSLContext

import httpx
from pydantic import BaseModel, ValidationError

from rag.answering.writing import Message
from rag.errors import WriterError

_ROUTE = "/chat/completions"
#: Seconds to connect within, and the most that two parts of the answer may be apart.
_CONNECTING, _WAITING = 5.0, 600.0
#: Tokens that a model may write.
_MOST_TOKENS = 400
#: Bytes that are read of one answer.
_MOST_BYTES = 500_000
_ALONE = "The quotations stand alone."


class _Delta(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    delta: _Delta = _Delta()
    finish_reason: str | None = None


class _Event(BaseModel):
    choices: list[_Choice]


class ChatServer:
    """A language model behind an address that ends like /v1. May be used in any event loop."""

    def __init__(self, url: str, model: str, key: str | None) -> None:
        self._url = url.rstrip("/").removesuffix(_ROUTE) + _ROUTE
        self._model = model
        self._headers = {"Accept": "text/event-stream", "Accept-Encoding": "identity"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        self._tls = _certificates()

    async def stream(self, messages: Sequence[Message]) -> AsyncGenerator[str, None]:
        """The model's text in pieces. Raises WriterError where it does not come whole."""
        body = {
            "model": self._model,
            "messages": list(messages),
            "stream": True,
            "temperature": 0,
            "max_tokens": _MOST_TOKENS,
        }
        waiting = httpx.Timeout(_WAITING, connect=_CONNECTING)
        try:
            async with (
                httpx.AsyncClient(verify=self._tls, timeout=waiting) as client,
                client.stream("POST", self._url, json=body, headers=self._headers) as response,
            ):
                _check(response)
                async with aclosing(_pieces(response)) as pieces:
                    async for piece in pieces:
                        yield piece
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise WriterError(
                f"The writer's server cannot be reached ({type(error).__name__}). {_ALONE} Start "
                "it, or correct WENDA_WRITER_URL.",
                unreachable=True,
            ) from error
        except httpx.HTTPError as error:
            raise WriterError(
                f"The writer's server broke off ({type(error).__name__}). {_ALONE} Its log may "
                "say why."
            ) from error


@cache
def _certificates() -> SSLContext:
    """Those that this machine trusts. Reading them takes 20 ms."""
    return httpx.create_ssl_context()


def _check(response: httpx.Response) -> None:
    status = response.status_code
    if status != httpx.codes.OK:
        hint = {
            404: "WENDA_WRITER_URL must end as its documentation says, mostly in /v1; and the "
            "server must know WENDA_WRITER_MODEL.",
            401: "Correct WENDA_WRITER_KEY.",
            403: "Correct WENDA_WRITER_KEY.",
        }.get(status, "Its log may say why.")
        raise WriterError(f"The writer's server answered with status {status}. {_ALONE} {hint}")
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
    if kind != "text/event-stream" or response.headers.get("Content-Encoding", "identity") != (
        "identity"
    ):
        raise WriterError(
            f"The writer's server does not stream. {_ALONE} WENDA_WRITER_URL must be a server that "
            "speaks OpenAI's chat protocol."
        )


async def _pieces(response: httpx.Response) -> AsyncGenerator[str, None]:
    finished = False
    async for line in _lines(response.aiter_raw()):
        if not line.startswith(b"data:"):
            continue
        data = line.removeprefix(b"data:").strip()
        if data == b"[DONE]":
            return
        piece, ended = _piece(data)
        finished |= ended
        if piece:
            yield piece
    if not finished:
        raise WriterError(f"The writer's server broke off in the middle. {_ALONE}")


async def _lines(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    rest, size = b"", 0
    async for part in parts:
        size += len(part)
        if size > _MOST_BYTES:
            raise WriterError(
                f"The writer's server sent more than {_MOST_BYTES} bytes. {_ALONE} Is it one for "
                "chats?"
            )
        *lines, rest = (rest + part).split(b"\n")
        for line in lines:
            yield line
    yield rest


def _piece(data: bytes) -> tuple[str, bool]:
    """The text of an event, and whether it is the last."""
    try:
        event = _Event.model_validate_json(data)
    except ValidationError as error:
        raise WriterError(
            f"The writer's server sent what is not OpenAI's chat protocol. {_ALONE}"
        ) from error
    if not event.choices:
        return "", False  # usage alone
    first = event.choices[0]
    return first.delta.content or "", first.finish_reason is not None
