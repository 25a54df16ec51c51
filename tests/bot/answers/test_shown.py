"""What is kept of an answer for its buttons."""

from bot.answers.shown import ShownAnswer, shown_answer
from rag import Answer
from tests.bot.stubs import answer, citation, passage


def kept(given: Answer) -> ShownAnswer:
    return shown_answer(given, ShownAnswer("0123456789abcdef", 1, 2, "Why?"))


def test_what_is_kept_survives_being_stored() -> None:
    shown = kept(
        answer(
            citation(1, "Q."), passages=(passage("Q. R."), passage("S.", start=9)), suggestions=()
        )
    )
    assert ShownAnswer.from_json(shown.to_json()) == shown


def test_a_passage_that_is_not_quoted_has_the_date_of_its_document() -> None:
    found = (passage("Q. R."), passage("S.", 90, date="2019"), passage("T.", 99, date=None))
    shown = kept(answer(citation(1, "Q."), passages=found))
    assert [source.date for source in shown.sources] == ["2021-04", "2019", None]
