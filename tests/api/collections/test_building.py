"""A collection whose first index is still being built: who may see it is told, others are not."""

import pytest

from api.mcp.text import answer_text
from rag.answering.answer import Answer
from tests.api.collections.conftest import (
    BOARD,
    OPEN,
    PEOPLE,
    QUESTIONS,
    STAFF,
    TITLES,
    BuildOffice,
    Office,
    leaks,
)
from words import words_in

BUILT = {OPEN, STAFF}


@pytest.fixture
def office(build_office: BuildOffice) -> Office:
    """Of the three one has no index yet."""
    return build_office(without_index=(BOARD,))


def test_who_may_see_it_is_told_that_it_was_not_searched(office: Office) -> None:
    for question in (QUESTIONS[OPEN][0], QUESTIONS[BOARD][0]):
        for who, person in PEOPLE.items():
            answer = office.client.get("/ask", params={"q": question}, headers=person.headers)
            missing = answer.json()["unsearched"]
            sees = BOARD in person.sees
            assert missing == ([{"name": BOARD, "title": TITLES[BOARD]}] if sees else []), who
            assert leaks(answer.text.replace(question, ""), person.sees) == []


def test_passages_and_chats_tell_it_too(office: Office) -> None:
    headers = PEOPLE["board"].headers
    chat = {"messages": [{"role": "user", "content": QUESTIONS[BOARD][0]}]}
    said = office.client.post("/v1/chat/completions", chat, headers=headers).json()
    assert TITLES[BOARD] in said["choices"][0]["message"]["content"]
    chat = {"messages": [{"role": "user", "content": QUESTIONS[OPEN][0]}]}
    said = office.client.post("/v1/chat/completions", chat, headers=headers).json()
    assert TITLES[BOARD] in said["choices"][0]["message"]["content"]


def test_the_state_says_which_is_being_built(office: Office) -> None:
    state = office.client.get("/index", headers=PEOPLE["all"].headers).json()
    assert {each["name"] for each in state["collections"] if each["generation"]} == BUILT
    assert all(each["building"] is False for each in state["collections"])


def test_alone_it_is_refused_as_not_ready(office: Office) -> None:
    asked = {"q": QUESTIONS[BOARD][0], "collection": BOARD}
    refused = office.client.get("/ask", params=asked, headers=PEOPLE["board"].headers)
    assert refused.status_code == 503
    unseen = office.client.get("/ask", params=asked, headers=PEOPLE["staff"].headers)
    assert unseen.status_code == 404


def test_agents_and_all_languages_have_words_for_it(office: Office) -> None:
    view = office.collections.everything
    for question in (QUESTIONS[OPEN][0], QUESTIONS[BOARD][0]):
        answer = view.ask_question(question)
        assert isinstance(answer, Answer)
        assert f"no index of it yet: {TITLES[BOARD]}" in answer_text(answer)
    for language in ("en", "zh-Hans", "zh-Hant"):
        assert "{titles}" in words_in(language).answers.unsearched
