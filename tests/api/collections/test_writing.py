"""A language model gets what its caller may see, and nothing else."""

import json
from collections.abc import Iterator

import pytest

from rag.answering.writing import Writer
from tests.api.collections.conftest import BOARD, PEOPLE, QUESTIONS, BuildOffice, leaks
from tests.openai_server import KEY, MODEL, OpenAIServer, openai_server
from wenda.runtime.chat_server import ChatServer


@pytest.fixture
def model() -> Iterator[OpenAIServer]:
    with openai_server() as server:
        server.writes = lambda _question, quotations: f"{quotations[1].rstrip('.')} [1]."
        yield server


@pytest.mark.parametrize("name", ["all", "staff", "nobody"])
def test_the_model_gets_quotations_of_what_is_seen(
    build_office: BuildOffice, model: OpenAIServer, name: str
) -> None:
    office = build_office(writer=Writer(ChatServer(model.url, MODEL, KEY)))
    person = PEOPLE[name]
    for question in (each for both in QUESTIONS.values() for each in both):
        office.client.post("/ask", {"question": question}, headers=person.headers)
    assert model.asked
    given = [json.loads(each["messages"][1]["content"]) for each in model.asked]
    quotations = json.dumps([each["quotations"] for each in given], ensure_ascii=False)
    assert leaks(quotations, person.sees) == []


def test_it_writes_from_the_collection_that_answers(
    build_office: BuildOffice, model: OpenAIServer
) -> None:
    office = build_office(writer=Writer(ChatServer(model.url, MODEL, KEY)))
    headers = PEOPLE["all"].headers
    asked = {"question": QUESTIONS[BOARD][0]}
    answer = office.client.post("/ask", asked, headers=headers).json()
    assert answer["collection"] == BOARD
    (sentence,) = answer["written"]["sentences"]
    assert sentence["text"] in answer["citations"][0]["quote"]
