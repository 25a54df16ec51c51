"""A language model over HTTP: its text as it comes, or in words why there is none."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from rag.answering.answer import Answer
from rag.answering.citation import Citation
from rag.answering.writing.prompt import messages_for
from rag.errors import WriterError
from tests.openai_server import KEY, MODEL, OpenAIServer, openai_server
from wenda.runtime.chat_server import ChatServer

CITATION = Citation(
    *(1, "d", "Parks", "parks.md", None, "en", "", 0, (1, 1), None),
    *("The city opened seven parks.", 0, 28, "/documents/d#p0"),
)
ANSWER = Answer("How many parks?", True, "…", (CITATION,), (), (), 0.9, "g", 1.0)


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with openai_server() as running:
        yield running


def text_of(url: str, model: str = MODEL, key: str | None = KEY) -> str:
    async def read() -> str:
        async with aclosing(ChatServer(url, model, key).stream(messages_for(ANSWER))) as pieces:
            return "".join([piece async for piece in pieces])

    return asyncio.run(read())


@pytest.mark.parametrize("tail", ["", "/", "/chat/completions"])
def test_the_text_comes_in_pieces(server: OpenAIServer, tail: str) -> None:
    server.writes = lambda question, quotations: f"{question} {quotations[1]} 七个公园 [1]"
    said = text_of(server.url + tail)
    assert said == "How many parks? The city opened seven parks. 七个公园 [1]"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("500", "status 500"),
        ("404", "WENDA_WRITER_MODEL"),
        ("redirect", "status 307"),
        ("html", "does not stream"),
        ("plain", "does not stream"),
        ("nonsense", "not OpenAI's chat protocol"),
        ("broken", "broke off"),
        ("endless", "more than 500000 bytes"),
    ],
)
def test_what_is_wrong_is_said_and_the_key_is_not(
    server: OpenAIServer, fault: str, said: str
) -> None:
    server.fault, server.writes = fault, lambda _question, _quotations: "Seven parks [1]."
    with pytest.raises(WriterError, match=said) as caught:
        text_of(server.url)
    assert KEY not in str(caught.value)
    assert not caught.value.unreachable


def test_a_wrong_key_and_an_unknown_model_are_named(server: OpenAIServer) -> None:
    with pytest.raises(WriterError, match="WENDA_WRITER_KEY"):
        text_of(server.url, key="another")
    with pytest.raises(WriterError, match="WENDA_WRITER_MODEL"):
        text_of(server.url, model="another")
    with pytest.raises(WriterError, match="WENDA_WRITER_URL"):
        text_of(server.url.removesuffix("/v1"))


def test_a_server_that_is_not_there_is_named() -> None:
    with openai_server() as gone:
        url = gone.url
    with pytest.raises(WriterError, match="cannot be reached") as caught:
        text_of(url)
    assert caught.value.unreachable


def test_who_stops_reading_closes_the_connection(server: OpenAIServer) -> None:
    server.writes = lambda _question, _quotations: "Seven parks [1]. " * 200
    server.pause = 0.01

    async def first() -> str:
        async with aclosing(
            ChatServer(server.url, MODEL, KEY).stream(messages_for(ANSWER))
        ) as all_:
            return await anext(all_)

    assert asyncio.run(first())
    until = time.monotonic() + 10
    while not server.left and time.monotonic() < until:
        time.sleep(0.02)
    assert server.left == 1
