"""What a reader is trained on."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from training.reader.texts import TrainingPassage, TrainingQuestion, TrainingTexts, collect

FIRST = "青石镇的图书馆有藏书7300册，其中一半是孩子看的书，另一半是种地和养鱼的书，还有几份报纸。"
SECOND = "馆长何晴每天早上八点开门，读者可以一直坐到晚上九点，中午也不休息，星期一才关门打扫。"
LONG = "值班员每天早晚各打扫一次院子。"


def squad(folder: Path, context: str, asked: Sequence[tuple[str, str | None]]) -> Path:
    """A file of one paragraph with its questions; one without an answer is impossible."""
    qas: list[dict[str, Any]] = [
        {
            "question": question,
            "is_impossible": answer is None,
            "answers": []
            if answer is None
            else [{"text": answer, "answer_start": context.index(answer)}],
        }
        for question, answer in asked
    ]
    content = {"data": [{"title": "A_title", "paragraphs": [{"context": context, "qas": qas}]}]}
    path = folder / "squad2_zh.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def words(texts: TrainingTexts, asked: TrainingQuestion) -> str:
    return texts.passages[asked.passage].text[asked.start : asked.end]


def originals(texts: TrainingTexts) -> list[TrainingQuestion]:
    return [each for each in texts.questions if texts.passages[each.passage].original < 0]


def test_answers_are_where_the_file_says_with_or_without_a_title(tmp_path: Path) -> None:
    path = squad(tmp_path, FIRST + SECOND, [("有多少藏书？", "7300册"), ("谁借书？", None)])
    for seed in range(6):
        texts = collect(path, {}, seed)
        known, unknown = originals(texts)
        assert words(texts, known) == "7300册"
        assert (unknown.start, unknown.end) == (-1, -1)


def test_a_copy_without_a_sentence_answers_only_what_stood_elsewhere(tmp_path: Path) -> None:
    path = squad(tmp_path, FIRST + SECOND, [("有多少藏书？", "7300册"), ("谁开门？", "何晴")])
    texts = collect(path, {}, 1)
    copies = [each for each in texts.passages if each.original >= 0]
    assert len(copies) == 1
    (copy,) = copies
    asked = [each for each in texts.questions if texts.passages[each.passage] is copy]
    gone = [each for each in asked if each.start < 0]
    kept = [each for each in asked if each.start >= 0]
    assert len(gone) == len(kept) == 1
    assert words(texts, kept[0]) in ("7300册", "何晴")
    assert ("7300册" in copy.text) != ("何晴" in copy.text)


def test_a_long_passage_is_cut_to_sentences_around_its_answer(tmp_path: Path) -> None:
    path = squad(tmp_path, LONG * 80 + FIRST + LONG * 80, [("有多少藏书？", "7300册")])
    texts = collect(path, {}, 1)
    assert words(texts, originals(texts)[0]) == "7300册"
    passage: TrainingPassage = texts.passages[0]
    assert len(passage.text) < len(LONG) * 60
    assert passage.text[passage.begin :].startswith(("值班员", "青石镇"))
