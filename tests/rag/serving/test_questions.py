"""What was asked in vain: kept within bounds, grouped by meaning, tried again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rag.answering.answer import Answer, Narrowing, Part
from rag.answering.curated.matching import numbers_of
from rag.answering.service import Service
from rag.errors import StoreError
from rag.index.corpus import DocumentFilter
from rag.serving.feedback import Feedback, FeedbackStore
from rag.serving.live import LiveService
from rag.serving.questions import AskedQuestions, QuestionReview, unanswered_in
from tests.fakes import CALIBRATION, index, open_index

TEXTS = {
    "jobs.txt": "城镇新增就业3960人。居民很满意。",
    "parks.txt": "The city opened seven new parks.",
}
CRANES = "How many cranes does the harbour have?"
ANSWERED = "The harbour has twelve tall cranes."


def answer(question: str, **facts: object) -> Answer:
    none = Answer(question, False, None, (), (), (), 0.0, "g", 1.0)
    return replace(none, **facts)  # type: ignore[arg-type]


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[AskedQuestions]:
    made = AskedQuestions(tmp_path / "questions.sqlite", 30)
    yield made
    made.close()


@pytest.fixture
def feedback(tmp_path: Path) -> Iterator[FeedbackStore]:
    made = FeedbackStore(tmp_path / "feedback.sqlite")
    yield made
    made.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    index(tmp_path / "home", TEXTS)
    return tmp_path / "home"


@pytest.fixture
def review(home: Path, asked: AskedQuestions, feedback: FeedbackStore) -> QuestionReview:
    from rag.index.generations import Store

    live = LiveService([Store(home).current_file], lambda: Service(open_index(home), CALIBRATION))
    live.refresh()
    return QuestionReview(live, asked, feedback)


def test_what_an_answer_leaves_unanswered() -> None:
    assert unanswered_in(answer("Why?")) == ["Why?"]
    assert unanswered_in(answer("And there?", understood_as="Why there?")) == ["Why there?"]
    behind = "Where are cranes? How many cranes are there in Ospia?"
    whole = behind.partition("? ")[2]
    assert unanswered_in(answer(whole, understood_as=behind)) == [whole]
    assert unanswered_in(answer("Why?", answered=True)) == []
    assert unanswered_in(answer("Hello", kind="greeting")) == []
    parts = (Part("a", "Why a?", True, (1,), 0.9), Part("b", "Why b?", False, (), 0.1))
    assert unanswered_in(answer("Why a or b?", answered=True, parts=parts)) == ["Why b?"]


def test_questions_are_kept_with_their_filter_and_forgotten(asked: AskedQuestions) -> None:
    narrowed = Narrowing("2024", "", "", "", "", documents=2)
    asked.add_unanswered(answer("Why?", narrowed=narrowed), "ask")
    asked.add_unanswered(answer("Why not?"), "telegram", "telegram:7")
    asked.add_unanswered(answer("Yes?", answered=True), "ask")
    newest = asked.newest_questions()
    assert [each.question for each in newest] == ["Why not?", "Why?"]
    assert newest[1].within == DocumentFilter(folder="2024")
    assert asked.count_of("telegram:7") == 1
    assert asked.forget_user("telegram:7") == 1
    assert asked.forget_questions(["Why?", "other"]) == 1
    assert asked.newest_questions() == []


def test_they_are_bounded_by_number_and_by_age(tmp_path: Path) -> None:
    path = tmp_path / "questions.sqlite"
    asked = AskedQuestions(path, 30, most=3)
    for number in range(5):
        asked.add_unanswered(answer(f"{number}?"), "ask")
    assert [each.question for each in asked.newest_questions()] == ["4?", "3?", "2?"]
    asked.close()
    later = AskedQuestions(path, 0)
    assert later.newest_questions() == []
    later.close()
    path.write_bytes(b"no database" * 100)
    with pytest.raises(StoreError, match=r"questions\.sqlite cannot be used"):
        AskedQuestions(path, 30)


def test_groups_are_by_meaning_and_the_most_frequent_comes_first(
    review: QuestionReview, asked: AskedQuestions
) -> None:
    for question in (CRANES, "How many cranes does the harbour have", CRANES, "Who is mayor?"):
        asked.add_unanswered(answer(question), "ask")
    first, second = review.groups()
    assert (first.question, first.count, len(first.wordings)) == (CRANES, 3, 2)
    assert first.first <= first.last
    assert second.question == "Who is mayor?"


def test_other_numbers_are_another_question(review: QuestionReview, asked: AskedQuestions) -> None:
    for year in ("2021", "2022", "2022年", "二〇二二年"):
        asked.add_unanswered(answer(f"How many jobs were there in {year}?"), "ask")
    groups = [{wording.question[-6:] for wording in group.wordings} for group in review.groups()]
    assert {" 2021?"} in groups
    assert numbers_of("in 2022") == numbers_of("二〇二二年")


def test_a_question_that_does_not_fit_the_model_is_alone(
    review: QuestionReview, asked: AskedQuestions
) -> None:
    asked.add_unanswered(answer("x " * 300), "ask")
    asked.add_unanswered(answer(CRANES), "ask")
    assert len(review.groups()) == 2
    tried = review.try_again(["x " * 300, CRANES])
    assert tried[0].refused
    assert tried[1].answer is not None


def test_trying_again_finds_what_the_documents_say_now(
    review: QuestionReview, asked: AskedQuestions, home: Path
) -> None:
    asked.add_unanswered(answer(CRANES), "ask")
    (before,) = review.try_again([CRANES])
    assert before.answer is not None
    assert not before.answer.answered
    index(home, TEXTS | {"harbour.txt": ANSWERED})
    live = review._live  # noqa: SLF001 - it is followed by the server
    live.refresh()
    (after,) = review.try_again([CRANES])
    assert after.answer is not None
    assert after.answer.answer == ANSWERED
    assert len(asked.newest_questions()) == 1  # trying is not asking
    assert review.forget_questions([CRANES]) == 1
    assert review.groups() == []


def test_answers_with_thumbs_down(review: QuestionReview, feedback: FeedbackStore) -> None:
    for number, (helpful, comment) in enumerate([(False, ""), (False, "wrong year"), (True, "")]):
        given = Feedback(
            f"k{number}", f"2026-0{number + 1}", "web", "", helpful, "Why?", "So.", "g", 1
        )
        feedback.add_feedback(replace(given, comment=comment))
    (disliked,) = review.disliked()
    assert (disliked.count, disliked.last, disliked.comments) == (2, "2026-02", ("wrong year",))
    assert review.forget_questions(["Why?"]) == 2
    assert review.disliked() == []
    assert feedback.counts() == (1, 0)


def test_nothing_is_kept_where_that_is_off(home: Path, feedback: FeedbackStore) -> None:
    live = LiveService([], lambda: Service(open_index(home), CALIBRATION))
    live.refresh()
    off = QuestionReview(live, None, feedback)
    assert (off.groups(), off.forget_questions(["Why?"])) == ([], 0)
