"""What people think of answers is kept durably, within limits."""

from pathlib import Path

import pytest

from rag.serving.feedback import FeedbackStore
from tests.api.conftest import Client, Site, problem

WORD = {
    "question": "多少人？",
    "answer": "3960人。",
    "helpful": True,
    "comment": "谢谢 <b>",
    "generation": "g1",
    "confidence": 0.9,
}


def test_a_word_is_kept(site: Site, tmp_path: Path) -> None:
    response = site.client.post("/feedback", WORD)
    assert (response.status_code, response.content) == (204, b"")
    again = FeedbackStore(tmp_path / "feedback.sqlite")
    (kept,) = again.newest_feedback(5)
    again.close()
    assert {name: getattr(kept, name) for name in WORD} == WORD
    assert (kept.channel, kept.user) == ("api", "")


def test_a_second_word_on_an_answer_replaces_the_first(site: Site) -> None:
    site.client.post("/feedback", WORD)
    site.client.post("/feedback", WORD | {"helpful": False, "comment": ""})
    assert site.feedback.counts() == (0, 1)


def test_words_of_others_and_on_other_answers_stand_beside_it(site: Site) -> None:
    site.client.post("/feedback", WORD)
    Client(site.app, address="198.51.100.4").post("/feedback", WORD)
    site.client.post("/feedback", WORD | {"answer": None})
    site.client.post("/feedback", WORD | {"generation": "g2"})
    assert site.feedback.counts() == (4, 0)


def test_the_page_is_told_from_programs(site: Site) -> None:
    site.client.post("/feedback", WORD, headers={"Sec-Fetch-Site": "same-origin"})
    assert site.feedback.newest_feedback(1)[0].channel == "web"


@pytest.mark.parametrize(
    "change",
    [
        {"question": ""},
        {"question": "x" * 1001},
        {"answer": "x" * 20_001},
        {"comment": "x" * 2001},
        {"generation": "x" * 101},
        {"confidence": 1.5},
        {"confidence": "1"},
        {"helpful": 1},
        {"helpful": None},
        {"user": "somebody"},
    ],
)
def test_what_is_too_large_or_of_another_form_is_refused(
    shared_site: Site, change: dict[str, object]
) -> None:
    problem(shared_site.client.post("/feedback", WORD | change), 422, "invalid_request")
    assert shared_site.feedback.counts() == (0, 0)


def test_feedback_that_cannot_be_kept_says_so(site: Site) -> None:
    site.feedback.close()
    problem(site.client.post("/feedback", WORD), 503, "unavailable")
