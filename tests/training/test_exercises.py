"""Reading exercises: a document, and questions with the words that answer them."""

import pytest

from training.exercises import all_exercises, parse_exercises, read_exercises

RECEIPT = """==== receipt · en · bakery.md
# Rosehip Bakery

Cashier: Ana, for Ana Bell

Rye bread 3.20
????
Who was at the till? => Cashier: [[Ana]]
面包多少钱？ => 3.20
Who baked the bread? =>
==== table · de · preise.csv
Ware,Preis
Brot,3 Euro
????
Was kostet Brot? => 3 Euro
"""


def test_a_question_is_answered_by_words_of_a_passage_or_by_none() -> None:
    bakery, prices = read_exercises(parse_exercises(RECEIPT, "shop"))
    assert [each.exercise.kind for each in (bakery, prices)] == ["receipt", "table"]
    till, bread, baker = bakery.exercise.questions
    [at] = bakery.answers(till)
    assert till.place_in(bakery.passages[at][1]) == (9, 12)
    assert bakery.passages[at][0] == "Rosehip Bakery"
    assert bakery.answers(bread)
    assert not baker.words
    assert not bakery.answers(baker)
    assert prices.answers(prices.exercise.questions[0])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("==== receipt en\ntext\n????\nWho? => Ana\n", "head"),
        ("==== receipt · en · a.md\ntext\nWho? => Ana\n", "????"),
        ("==== receipt · en · a.md\ntext\n????\nWho?\n", "has no =>"),
        ("==== receipt · en · a.md\ntext\n????\nWho? => Ana and [[Ana]]\n", "more than once"),
    ],
)
def test_what_is_not_well_formed_is_named(content: str, said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("?", r"\?")):
        list(parse_exercises(content, "broken"))


@pytest.mark.slow
def test_every_answer_of_ours_stands_in_a_passage() -> None:
    for read in read_exercises(all_exercises()):
        for asked in read.exercise.questions:
            assert not asked.words or read.answers(asked), (read.exercise.file, asked.text)
