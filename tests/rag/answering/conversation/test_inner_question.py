"""Of a long message what asks is found, and nothing of a short one."""

import pytest

from rag.answering.conversation.inner_question import inner_questions


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        (
            "Hello everybody, I hope you are all well. We moved here in May and the children love "
            "the garden, but our bins are full again, so tell me: when are they emptied? Thanks!",
            ["when are they emptied?"],
        ),
        (
            "Guten Tag, meine Schwester kommt am Freitag mit dem Zug zu Besuch und hat zwei große "
            "Hunde dabei. Wo darf sie mit ihnen spazieren? Vielen Dank für die Mühe und bis bald!",
            ["Wo darf sie mit ihnen spazieren?"],
        ),
        (
            "您好，我刚搬来不久，邻居都很热心，孩子也在附近上学，就是家里的旧沙发一直没处放，"
            "占了半个客厅，想请教一下旧家具哪天可以搬下去？麻烦您了，谢谢！",
            ["想请教一下旧家具哪天可以搬下去？"],
        ),
        ("When are the bins emptied? And who pays?", []),
        ("word " * 30, []),
    ],
)
def test_what_a_long_message_asks(message: str, asked: list[str]) -> None:
    assert inner_questions(message) == asked
