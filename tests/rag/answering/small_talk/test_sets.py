"""Small talk in eight languages is recognized, and real questions are not mistaken for it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from platformdirs import user_cache_path

from rag.answering.small_talk.recognizer import SmallTalkRecognizer
from rag.arrays import FloatArray
from rag.documents import sure_language
from rag.embedding.model import LocalModel
from rag.encoding.language_means import LanguageMeans
from rag.encoding.onnx_encoder import QuestionEncoder
from rag.progress import silent

pytestmark = pytest.mark.model
DATA = Path("tests/data")


def read(name: str) -> list[dict[str, Any]]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def model() -> LocalModel:
    return LocalModel("bundled", user_cache_path("wenda"), silent)


@pytest.fixture(scope="module")
def encode(model: LocalModel, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("encoder")
    model.write_encoder(folder)
    encoder, means = QuestionEncoder(folder), LanguageMeans.open(folder)

    def vector(text: str) -> FloatArray:
        return means.centered_question(encoder.encode(text), text, sure_language(text)).vector

    return vector


def has_all(terms: Sequence[str]) -> bool:
    """Of documents that have every word of a question."""
    return bool(terms)


def test_small_talk_is_recognized(model: LocalModel, encode: Any) -> None:
    recognizer = SmallTalkRecognizer(model.fingerprint, lambda _terms: False)
    said = read("small_talk.jsonl")
    kinds = [recognizer.recognize(each["text"], encode(each["text"])) for each in said]
    assert sum(kind is not None for kind in kinds) >= 0.97 * len(said)
    right = sum(kind == each["kind"] for kind, each in zip(kinds, said, strict=True))
    assert right >= 0.9 * len(said)


def test_no_question_to_documents_that_have_its_words_is_mistaken(
    model: LocalModel, encode: Any
) -> None:
    recognizer = SmallTalkRecognizer(model.fingerprint, has_all)
    asked = [each["text"] for each in read("real_questions.jsonl")]
    assert [text for text in asked if recognizer.recognize(text, encode(text))] == []
