"""What is said to a bot is told from what is asked of the documents."""

import json
from pathlib import Path

import numpy as np
import pytest

from rag.answering.small_talk.recognizer import KINDS, SmallTalkRecognizer, known_utterances

DATA = Path("tests/data")
NO_VECTOR = np.zeros(128, dtype=np.float32)


@pytest.fixture
def recognizer() -> SmallTalkRecognizer:
    """One of a model that no regression was fitted for."""
    return SmallTalkRecognizer("hashing-1", lambda _terms: False)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("hi", "greeting"),
        ("  HELLO !!", "greeting"),
        ("你好", "greeting"),
        ("谢谢～", "thanks"),
        ("Ｔｈａｎｋｓ", "thanks"),
        ("до свидания.", "farewell"),
        ("ok", "acknowledgement"),
        ("你是谁？", "about"),
        ("What can you do", "help"),
        ("你有哪些文档？", "documents"),
        ("ما الجديد؟", "news"),
    ],
)
def test_common_utterances_are_known_whatever_their_case_and_punctuation(
    recognizer: SmallTalkRecognizer, text: str, kind: str
) -> None:
    assert recognizer.by_heart(text) == kind
    assert recognizer.recognize(text, NO_VECTOR) == kind


def test_without_a_regression_for_the_model_the_rest_are_questions(
    recognizer: SmallTalkRecognizer,
) -> None:
    assert recognizer.recognize("thanks a bunch, dear bot", NO_VECTOR) is None


def test_no_real_question_is_known_by_heart(recognizer: SmallTalkRecognizer) -> None:
    for line in (DATA / "real_questions.jsonl").read_text(encoding="utf-8").splitlines():
        text = json.loads(line)["text"]
        assert recognizer.by_heart(text) is None, text


def test_an_utterance_has_one_kind() -> None:
    kinds = known_utterances()
    plain = {text.casefold().strip("!?？. "): kind for text, kind in kinds.items()}
    assert set(kinds.values()) == set(KINDS)
    for text, kind in kinds.items():
        assert plain[text.casefold().strip("!?？. ")] == kind, text
