"""OpenAI's chat protocol, as its clients see it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from api.chat.text import chat_text
from rag.answering.answer import Answer, Part, ShortAnswer
from rag.answering.conversation import Turn
from rag.answering.service import Service
from tests.api.conftest import JOBS, UNKNOWN, Site, problem
from tests.fakes import CALIBRATION, open_index


def user(text: object) -> dict[str, object]:
    return {"role": "user", "content": text}


def complete(site: Site, *messages: object, **given: object) -> Any:
    response = site.client.post(
        "/v1/chat/completions", {"model": "wenda", "messages": list(messages), **given}
    )
    assert response.status_code == 200, response.text
    return response.json()


@pytest.fixture(scope="module")
def site(shared_site: Site) -> Site:
    """No test of this module changes anything."""
    return shared_site


def test_an_answer_has_numbered_sources_and_the_answer_object(site: Site) -> None:
    completion = complete(site, user(JOBS))
    assert completion["object"] == "chat.completion"
    (choice,) = completion["choices"]
    assert choice["finish_reason"] == "stop"
    text = choice["message"]["content"]
    citation = completion["wenda"]["citations"][0]
    assert text.startswith(f"{citation['quote']} [1]\n\n来源\n\n[1] [")
    assert f"](http://wenda{citation['url']}) · seeds/jobs.txt 第1行" in text
    (annotation,) = choice["message"]["annotations"]
    place = annotation["url_citation"]
    assert text[place["start_index"] : place["end_index"]].startswith("[1] ")
    assert place["url"] == f"http://wenda{citation['url']}"
    assert completion["wenda"]["answer"] == citation["quote"]


def test_an_abstention_says_so_in_the_language_of_the_question(site: Site) -> None:
    completion = complete(site, user(UNKNOWN))
    text = completion["choices"][0]["message"]["content"]
    assert text.startswith("The documents do not answer this.")
    assert completion["wenda"]["answered"] is False


def test_a_stream_adds_up_to_the_same(site: Site) -> None:
    whole = complete(site, user(JOBS))
    response = site.client.post(
        "/v1/chat/completions",
        {"messages": [user(JOBS)], "stream": True, "stream_options": {"include_usage": True}},
    )
    assert response.headers["content-type"].startswith("text/event-stream")
    blocks = response.text.strip().split("\n\n")
    assert blocks[-1] == "data: [DONE]"
    *chunks, last, usage = [json.loads(block.removeprefix("data: ")) for block in blocks[:-1]]
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk["id"] for chunk in [*chunks, last, usage]}) == 1
    assert chunks[0]["choices"][0]["delta"]["role"] == "assistant"
    text = "".join(chunk["choices"][0]["delta"]["content"] for chunk in chunks)
    assert text == whole["choices"][0]["message"]["content"]
    assert last["choices"][0]["finish_reason"] == "stop"
    assert last["wenda"]["citations"] == whole["wenda"]["citations"]
    delta = last["choices"][0]["delta"]
    assert delta["annotations"] == whole["choices"][0]["message"]["annotations"]
    assert (usage["choices"], usage["usage"]["total_tokens"]) == ([], 0)


def test_the_last_message_of_the_user_is_asked_with_those_before_it(site: Site) -> None:
    first = "The city opened how many new parks?"
    said = [
        {"role": "system", "content": "Invent something."},
        user(first),
        {"role": "assistant", "content": None, "tool_calls": []},
        user([{"type": "text", "text": "And people?"}, {"type": "image_url", "image_url": {}}]),
    ]
    completion = complete(site, *said)
    expected = site.serving.service.ask_question("And people?", history=[Turn(first, "")])
    assert completion["wenda"]["question"] == "And people?"
    assert completion["wenda"]["confidence"] == expected.confidence


def test_what_other_models_take_does_no_harm(site: Site) -> None:
    completion = complete(
        site, user(JOBS), temperature=0.2, max_tokens=5, tools=[], n=3, user="x", seed=None
    )
    assert completion["model"] == "wenda"


@pytest.mark.parametrize(
    "messages", [[{"role": "system", "content": JOBS}], [user("")], [user(None)], [user([])]]
)
def test_a_conversation_without_a_question_is_refused(site: Site, messages: object) -> None:
    response = site.client.post("/v1/chat/completions", {"messages": messages})
    found = problem(response, 422, "question")
    assert found["error"]["message"] == found["detail"]
    assert found["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    "body", [{}, {"messages": []}, {"messages": "x"}, {"messages": [{"content": "x"}]}]
)
def test_a_body_of_another_form_is_refused(site: Site, body: object) -> None:
    problem(site.client.post("/v1/chat/completions", body), 422, "invalid_request")


def test_there_is_one_model(site: Site) -> None:
    (model,) = site.client.get("/v1/models").json()["data"]
    assert (model["id"], model["object"]) == ("wenda", "model")
    assert site.client.get("/v1/models/wenda").json() == model
    found = problem(site.client.get("/v1/models/gpt-4"), 404, "unknown_model")
    assert found["error"]["code"] == "unknown_model"


HOSTILE = "新增<script>alert(1)</script> ![x](http://evil/) 3960 *a* `b` _c_ |d| &lt; $e$ 人。"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Answer:
    """An answer from a document that would like to be markup."""
    texts = {"[x](javascript:1).txt": HOSTILE, "b.txt": "另一个文件里的一句话。"}
    return Service(open_index(tmp_path_factory.mktemp("hostile"), texts), CALIBRATION).ask_question(
        HOSTILE
    )


def test_nothing_of_a_document_becomes_markup(hostile: Answer) -> None:
    text = chat_text(hostile, "http://wenda").text
    quote, _, sources = text.partition("\n\nSources\n\n")
    for sign in "<>[]`*_|&$!":
        assert sign not in quote.removesuffix(" [1]").replace(f"\\{sign}", "")
    assert hostile.citations[0].quote in HOSTILE
    assert sources.replace("\\]", "").count("](") == 1
    assert "\\[x\\](javascript:1).txt" in sources


def test_lines_of_a_document_do_not_become_lists_or_headings(hostile: Answer) -> None:
    lines = "# a\n- b\n1. c\n2) d\n+ e\n--- f\n3.5 g"
    citation = replace(hostile.citations[0], quote=lines)
    text = chat_text(replace(hostile, citations=(citation,)), "").text
    assert text.startswith("\\# a\n\\- b\n1\\. c\n2\\) d\n\\+ e\n\\--- f\n3\\.5 g [1]")


def test_code_is_fenced_and_cannot_leave_its_fence(hostile: Answer) -> None:
    code = "run *x*\n```\n<b>"
    citation = replace(hostile.citations[0], quote=code, kind="code")
    text = chat_text(replace(hostile, citations=(citation,)), "").text
    assert text.startswith(f"````\n{code}\n````\n[1]\n")


def test_what_is_left_out_of_a_list_is_counted(hostile: Answer) -> None:
    citation = replace(hostile.citations[0], quote="a", omitted=7)
    text = chat_text(replace(hostile, question="Which?", citations=(citation,)), "").text
    assert text.startswith("a … and 7 more [1]\n")


def test_the_words_that_answer_are_bold_and_the_rest_is_escaped(hostile: Answer) -> None:
    citation = replace(hostile.citations[0], quote="a*b 12 people c*d", start=100, end=117)
    short = ShortAnswer("12 people", citation.id, 104, 113)
    answer = replace(hostile, citations=(citation,), short_answer=short, short_answers=(short,))
    assert chat_text(answer, "").text.startswith("a\\*b **12 people** c\\*d [1]\n")


def test_parts_are_headed_by_what_they_are_about_or_said_to_be_missing(hostile: Answer) -> None:
    found = replace(hostile.citations[0], id=1, quote="a b")
    parts = (Part("*Mill*", "Mill?", True, (1,), 0.9), Part("Zoo", "Zoo?", False, (), 0.0))
    answer = replace(hostile, question="Mill or Zoo?", citations=(found,), parts=parts)
    text = chat_text(replace(answer, short_answers=()), "").text
    missing = "The documents do not answer this."
    assert text.startswith(f"**\\*Mill\\***\n\na b [1]\n\n**Zoo**\n\n{missing}\n\nSources")


def test_an_overview_says_what_it_is_above_its_sentences(hostile: Answer) -> None:
    found = replace(hostile.citations[0], id=1, quote="a b")
    answer = replace(hostile, citations=(found,), kind="overview", reply="Most of it:")
    assert chat_text(answer, "").text.startswith("Most of it:\n\na b [1]\n\nSources")
