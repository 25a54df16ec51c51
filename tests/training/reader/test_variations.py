"""Pairs that are made of others answer exactly where they say."""

from training.reader.texts import PairKind, TrainingPassage, TrainingQuestion, TrainingTexts
from training.reader.variations import made_rows, vary

BODY = (
    "Ashford has 7300 books. The mill was built in 1871 by Anna Brook, who died ten years later. "
    "Many people come from the hills to the yearly fair, which is held on the meadow in June."
)


def texts(copies: int = 60) -> TrainingTexts:
    made = TrainingTexts("squad2_en")
    for number in range(copies):
        name = f"Town{number}"
        text = BODY.replace("Ashford", name)
        made.passages.append(TrainingPassage(text, 0, "en", "squad2_en", f"squad2_en/{name}"))
        for asked, answer in (
            (f"How many books does {name} have?", "7300"),
            ("Who built the mill in 1871?", "Anna Brook"),
            ("When is the yearly fair?", "June"),
        ):
            start = text.index(answer)
            made.questions.append(
                TrainingQuestion(
                    asked, number, start, start + len(answer), f"squad2_en/{name}", PairKind.GOLD
                )
            )
    return made


def test_a_changed_question_names_what_its_passage_does_not_have() -> None:
    made = texts()
    vary(made, seed=1)
    changed = [each for each in made.questions if each.kind is PairKind.CHANGED]
    assert len(changed) > 20
    for each in changed:
        assert not each.answers
        words = set(each.text.strip("?").split()) - set(texts().questions[0].text.split())
        text = made.passages[each.passage].text
        assert any(word not in text for word in words)


def test_below_a_heading_stands_the_sentence_that_answers() -> None:
    made = texts()
    vary(made, seed=1)
    below = [q for q in made.questions if made.passages[q.passage].original >= 0]
    assert {each.answers for each in below} == {True, False}
    for each in below:
        passage = made.passages[each.passage]
        if each.answers:
            assert passage.text[each.start : each.end] in ("7300", "Anna Brook", "June")
            assert each.start >= passage.begin
            assert each.text in passage.text[: passage.begin]
        else:
            assert each.text not in passage.text


def test_a_row_answers_with_its_own_cell_or_not_at_all() -> None:
    rows = made_rows(texts(), 400, seed=2)
    answers = [each for each in rows.questions if each.answers]
    assert 0.2 < len(answers) / len(rows.questions) < 0.8
    for each in answers:
        passage = rows.passages[each.passage]
        line = passage.text[: each.end].rpartition("\n")[2]
        name = line.partition(": ")[2].partition(" | ")[0]
        assert name in each.text
        assert passage.text[each.end : each.end + 1] in ("", " ", "\n")
