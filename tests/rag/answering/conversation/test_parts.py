"""A question with several parts is split where its parts are, and nowhere else."""

import pytest

from rag.answering.conversation.parts import split_question

KNOWN = {"盘锦", "临河", "新增", "增就", "就业", "创业", "人数", "oat", "rye"}


def labels(question: str) -> tuple[str, ...]:
    split = split_question(question, KNOWN.__contains__)
    return split.labels if split is not None else ()


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("盘锦和临河哪个城市新增就业人数更多？", ("盘锦", "临河")),
        ("比较盘锦与临河的新增就业", ("盘锦", "临河")),
        ("盘锦新增就业和创业各多少人？", ("新增就业", "创业")),
        ("When are oats and rye sown?", ("oats", "rye")),
        ("Which has more jobs, Panjin or Linhe?", ("Panjin", "Linhe")),
        ("Compare Winter Bees and Salt Roads", ("Winter Bees", "Salt Roads")),
        ("Were they Alma, Bruno and Cleo?", ("Alma", "Bruno", "Cleo")),
        ("When does it open, and how much is it?", ("When does it open", "how much is it?")),
        ("渡口几点开？谁管？", ("渡口几点开？", "谁管？")),
    ],
)
def test_parts_are_found(question: str, parts: tuple[str, ...]) -> None:
    assert labels(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "How many jobs did Panjin create?",
        "Who sells bread and butter?",
        "Hello! When does the palm house close?",
        "盘锦市新增创业多少人？",
        "和平的定义",
        "",
    ],
)
def test_one_part_is_left_whole(question: str) -> None:
    assert labels(question) == ()


def test_each_part_is_asked_without_what_compares() -> None:
    split = split_question("盘锦和临河哪个城市新增就业人数更多？", KNOWN.__contains__)
    assert split is not None
    assert split.questions == ("盘锦 新增就业人数 ？", "临河 新增就业人数 ？")
    assert split.compares
