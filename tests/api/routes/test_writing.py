"""A language model's text in the answers of the API: at once, as a stream, and in chats."""

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from rag.answering.service import Service
from rag.answering.writing import Writer
from tests.api.conftest import UNKNOWN, BuildSite, Site
from tests.fakes import CALIBRATION, open_index
from tests.openai_server import KEY, MODEL, OpenAIServer, openai_server
from wenda.runtime.chat_server import ChatServer
from words import words_in

QUESTION = "城镇新增就业多少人？"
HELD = "城镇新增就业3960人。"
EVENTS = {"Accept": "text/event-stream, application/json"}
WORDS = words_in("zh-Hans").answers


@pytest.fixture
def model() -> Iterator[OpenAIServer]:
    """A server whose model writes what is held, then what is not."""
    with openai_server() as server:
        server.writes = lambda _question, _quotations: f"{HELD[:-1]}[1]。盘锦很好[1]。"
        yield server


@pytest.fixture
def seconds() -> float:
    """What the model is given at the most."""
    return 2


@pytest.fixture
def site(home: Path, build: BuildSite, model: OpenAIServer, seconds: float) -> Site:
    writer = Writer(ChatServer(model.url, MODEL, KEY), seconds=seconds)
    return build(home, writer=writer, service=lambda: Service(open_index(home), CALIBRATION))


def ask(site: Site, question: str = QUESTION, **given: Any) -> Any:
    response = site.client.post("/ask", {"question": question, **given})
    assert response.status_code == 200
    return response.json()


def events(text: str) -> list[tuple[str, Any]]:
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        found.append((fields["event"], json.loads(fields["data"])))
    return found


def chat(site: Site, **given: Any) -> Any:
    messages = [{"role": "user", "content": QUESTION}]
    return site.client.post("/v1/chat/completions", {"messages": messages, **given})


def test_what_is_held_is_in_the_answer_beside_its_quotations(site: Site) -> None:
    answer = ask(site)
    assert answer["written"] == {
        "sentences": [{"text": HELD, "citations": [1]}],
        "dropped": 1,
        "finished": True,
    }
    assert answer["answer"] == answer["citations"][0]["quote"]
    assert site.client.get("/ask", params={"q": QUESTION}).json()["written"] == answer["written"]


def test_who_does_not_want_it_gets_quotations_alone(site: Site, model: OpenAIServer) -> None:
    assert ask(site, write=False)["written"] is None
    found = site.client.get("/ask", params={"q": QUESTION, "write": "false"}).json()
    assert found["written"] is None
    assert chat(site, write=False).json()["wenda"]["written"] is None
    assert model.asked == []


def test_a_stream_has_the_answer_first_and_then_what_is_written(site: Site) -> None:
    response = site.client.post("/ask", {"question": QUESTION}, headers=EVENTS)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["x-accel-buffering"] == "no"
    (first, answer), *rest = events(response.text)
    assert (first, answer["written"], answer["answered"]) == ("answer", None, True)
    assert [(name, part["finished"]) for name, part in rest] == [
        ("written", False),
        ("written", True),
    ]
    assert rest[-1][1] == ask(site)["written"]


def test_where_nothing_is_written_the_answer_is_no_stream(site: Site, model: OpenAIServer) -> None:
    response = site.client.post("/ask", {"question": UNKNOWN}, headers=EVENTS)
    assert response.headers["content-type"] == "application/json"
    assert response.json()["written"] is None
    assert model.asked == []


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [*product(("500", "nonsense", "endless", "html", "broken"), [2]), ("silence", 0.2)],
)
def test_a_model_that_fails_leaves_the_quotations(
    site: Site, model: OpenAIServer, fault: str
) -> None:
    model.fault = fault
    answer = ask(site)
    assert (answer["answered"], answer["written"]) == (True, None)
    assert answer["citations"][0]["quote"]
    streamed = events(site.client.post("/ask", {"question": QUESTION}, headers=EVENTS).text)
    assert not any(name == "written" and part["finished"] for name, part in streamed)
    message = chat(site).json()["choices"][0]["message"]["content"]
    assert message.startswith(answer["citations"][0]["quote"])


@pytest.mark.parametrize("text", ["", "[0]", "盘锦很好[1]。", f"{HELD}[9]", f"{HELD}"])
def test_a_model_that_cites_wrongly_leaves_the_quotations(
    site: Site, model: OpenAIServer, text: str
) -> None:
    model.writes = lambda _question, _quotations: text
    assert ask(site)["written"] is None


def test_a_chat_has_the_text_above_the_quotations(site: Site) -> None:
    completion = chat(site).json()
    text = completion["choices"][0]["message"]["content"]
    quote = completion["wenda"]["citations"][0]["quote"]
    assert text.startswith(f"*{WORDS.written}*\n\n{HELD} [1]\n\n---\n\n{quote} [1]\n\n来源")
    place = completion["choices"][0]["message"]["annotations"][0]["url_citation"]
    assert text[place["start_index"] : place["end_index"]].startswith("[1] [")


def streamed(site: Site) -> tuple[str, Any]:
    response = chat(site, stream=True)
    chunks = [
        json.loads(block.removeprefix("data: "))
        for block in response.text.strip().split("\n\n")
        if block != "data: [DONE]"
    ]
    deltas = [chunk["choices"][0]["delta"].get("content", "") for chunk in chunks]
    return "".join(deltas), chunks[-1]


def test_a_streamed_chat_adds_up_to_the_same(site: Site) -> None:
    whole = chat(site).json()
    text, last = streamed(site)
    assert text == whole["choices"][0]["message"]["content"]
    assert last["wenda"]["written"] == whole["wenda"]["written"]
    annotations = last["choices"][0]["delta"]["annotations"]
    assert annotations == whole["choices"][0]["message"]["annotations"]


def test_a_streamed_chat_takes_back_what_was_not_finished(site: Site, model: OpenAIServer) -> None:
    model.writes = lambda _question, _quotations: (
        f"{HELD[:-1]}[1]。" + "盘锦很好而且天气不错[1]。" * 3
    )
    text, last = streamed(site)
    assert f"{HELD} [1]\n\n*{WORDS.withdrawn}*\n\n---\n\n" in text
    assert last["wenda"]["written"] is None
    place = last["choices"][0]["delta"]["annotations"][0]["url_citation"]
    assert text[place["start_index"] : place["end_index"]].startswith("[1] [")


def test_what_is_written_is_no_markup(site: Site, model: OpenAIServer) -> None:
    model.writes = lambda _question, _quotations: f"**{HELD[:-1]}**[1](http://evil.example)。[1]"
    text, _last = streamed(site)
    assert "](http://evil" not in text


def test_what_came_of_it_is_counted(site: Site, model: OpenAIServer) -> None:
    ask(site)
    model.fault = "500"
    ask(site)
    said = site.client.get("/metrics").text
    assert 'wenda_written_total{outcome="written"} 1.0' in said
    assert 'wenda_written_total{outcome="failed"} 1.0' in said
