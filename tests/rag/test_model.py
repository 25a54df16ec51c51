"""What every embedding model must do; the fake used by other tests is held to the same."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rag.encoder import QuestionEncoder
from rag.generation import OpenEncoder
from rag.model import LocalModel, Model
from rag.progress import silent
from tests.fakes import HashingModel, open_hashing_encoder
from wenda.settings import read_settings

TEXTS = [
    "今年新增就业3960人。",
    "The hospital opened a second ward in 2021, and nobody expected how quickly it would fill.",
    "路",
    "疫情期间，社区组织志愿者为老人送菜送药，每天两次，风雨无阻。" * 6,
    "😀 «ça va?»",
]


@pytest.fixture(params=["fake", pytest.param("bundled", marks=pytest.mark.model)], scope="module")
def pair(request: pytest.FixtureRequest) -> Iterator[tuple[Model, OpenEncoder]]:
    if request.param == "fake":
        yield HashingModel(), open_hashing_encoder
    else:
        yield LocalModel("bundled", read_settings().models, silent), QuestionEncoder


@pytest.fixture
def model(pair: tuple[Model, OpenEncoder]) -> Model:
    return pair[0]


def test_passages_become_unit_vectors_one_a_text(model: Model) -> None:
    vectors = model.encode_passages(TEXTS, silent, "embedding")
    assert vectors.dtype == np.float32
    assert vectors.shape[0] == len(TEXTS)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_vectors_come_in_the_order_of_the_texts_whatever_their_lengths(model: Model) -> None:
    together = model.encode_passages(TEXTS, silent, "embedding")
    for text, vector in zip(TEXTS, together, strict=True):
        alone = model.encode_passages([text], silent, "embedding")[0]
        assert float(alone @ vector) > 0.999, text


def test_progress_ends_at_the_whole(model: Model) -> None:
    seen: list[tuple[str, int, int]] = []
    model.encode_passages(
        TEXTS, lambda stage, done, total: seen.append((stage, done, total)), "here"
    )
    assert seen[-1] == ("here", len(TEXTS), len(TEXTS))


def test_the_encoder_written_puts_a_question_nearest_to_the_passage_of_the_same_text(
    pair: tuple[Model, OpenEncoder], tmp_path: Path
) -> None:
    model, open_encoder = pair
    facts = model.write_encoder(tmp_path, silent)
    assert isinstance(facts["recipe"], str)
    assert any(tmp_path.iterdir())
    encoder = open_encoder(tmp_path)
    passages = model.encode_passages(TEXTS, silent, "embedding")
    for row, text in enumerate(TEXTS):
        question = encoder.encode(text)
        assert question.shape == passages[0].shape
        assert float(np.linalg.norm(question)) == pytest.approx(1, abs=1e-4)
        cosines = passages @ question
        assert int(np.argmax(cosines)) == row, text
        assert cosines[row] > 0.85


def test_tokens_are_counted_and_more_text_has_more(model: Model) -> None:
    assert model.count_tokens("") == 0
    short, long = model.count_tokens(TEXTS[0]), model.count_tokens(TEXTS[0] * 50)
    assert 0 < short <= len(TEXTS[0])
    assert long > 20 * short


def test_the_longest_passage_leaves_room_for_text(model: Model) -> None:
    assert 100 < model.max_tokens <= 8192


def test_a_model_has_a_name_and_a_fingerprint(model: Model) -> None:
    assert model.name
    assert len(model.fingerprint) > 5


@pytest.mark.model
def test_the_bundled_models_longest_passage_with_its_prompt_just_fits_it() -> None:
    model = LocalModel("bundled", read_settings().models, silent)
    assert model.max_tokens + model.count_tokens.overhead("passage: ") == 512


def test_similar_texts_have_similar_vectors() -> None:
    near, far, text = HashingModel().encode_passages(
        ["新增就业多少人", "hospital ward", "今年新增就业3960人"], silent, ""
    )
    assert float(near @ text) > 0.3 > float(far @ text)


def test_the_fakes_vectors_depend_on_its_fingerprint() -> None:
    one, two = (HashingModel(fingerprint=name).encode_passages(["人"], silent, "") for name in "ab")
    assert not np.allclose(one, two)
