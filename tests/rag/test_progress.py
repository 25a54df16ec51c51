"""What one process says is what the other follows."""

import pytest

from rag.progress import followed, line_of_json, say


def test_what_is_said_is_followed(capsys: pytest.CaptureFixture[str]) -> None:
    line_of_json("compiling 模型", 1, 4)
    say({"made": {"recipe": "8 bits"}})
    told: list[tuple[str, int, int]] = []

    def tell(stage: str, done: int, total: int) -> None:
        told.append((stage, done, total))

    assert followed(capsys.readouterr().out.splitlines(), tell) == {"made": {"recipe": "8 bits"}}
    assert told == [("compiling 模型", 1, 4)]


def test_a_librarys_own_words_are_passed_over(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["\ufffd hello", "", "7", "[1]", '{"stage": "alone"}', '{"stage": "x", "done": 1}']
    line_of_json("x", 1, 2)
    say({"error": "e"})
    lines = [*capsys.readouterr().out.splitlines(), *words[:4]]
    told: list[str] = []

    def tell(stage: str, done: int, total: int) -> None:
        told.append(f"{stage} {done} of {total}")

    assert followed(lines, tell) == {"error": "e"}
    assert told == ["x 1 of 2"]
    assert followed(words, tell) == {"stage": "x", "done": 1}  # facts, but no progress
