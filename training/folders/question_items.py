"""Questions of a public set in SQuAD's format, each with its paragraph."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class QuestionItem:
    """A question of a set with its paragraph; `number` is the same in parallel sets."""

    number: int
    article: int
    title: str
    context: str
    question: str
    answers: tuple[str, ...]


def question_items(path: Path) -> list[QuestionItem]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    found: list[QuestionItem] = []
    for article, each in enumerate(content["data"]):
        for paragraph in each["paragraphs"]:
            for asked in paragraph["qas"]:
                impossible = asked.get("is_impossible", False)
                answers = () if impossible else tuple(a["text"] for a in asked["answers"])
                found.append(
                    QuestionItem(
                        len(found),
                        article,
                        f"{path.stem}/{each['title']}",
                        paragraph["context"],
                        asked["question"],
                        answers,
                    )
                )
    return found
