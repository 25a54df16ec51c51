"""What every embedding model must do; the fake used by other tests is held to the same."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rag.arrays import FloatArray
from rag.embedding.model import LocalModel, Model
from rag.encoding.language_means import MEANS_FILE, LanguageMeans
from rag.encoding.onnx_encoder import QuestionEncoder
from rag.index.generation import OpenEncoder
from rag.index.tokens.maxsim import MaxSim, quantize
from rag.index.tokens.token_segments import TokenSegments
from rag.progress import silent
from tests.fakes import HashingModel, open_hashing_encoder, write_passages
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
    vectors = model.encode_passages(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape[0] == len(TEXTS)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_vectors_come_in_the_order_of_the_texts_whatever_their_lengths(model: Model) -> None:
    together = model.encode_passages(TEXTS)
    for text, vector in zip(TEXTS, together, strict=True):
        alone = model.encode_passages([text])[0]
        assert float(alone @ vector) > 0.999, text


def test_with_tokens_the_vectors_are_the_same(model: Model) -> None:
    vectors, tokens = model.encode_tokens(TEXTS)
    expected = model.encode_passages(TEXTS)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose((vectors * expected).sum(axis=1), 1, atol=1e-4)
    assert len(tokens) == len(TEXTS)


def test_tokens_are_unit_states_in_layers_with_their_places_in_the_text(model: Model) -> None:
    vectors, tokens = model.encode_tokens(TEXTS)
    for text, found in zip(TEXTS, tokens, strict=True):
        layers, count, dimension = found.states.shape
        assert (layers, dimension) == (tokens[0].states.shape[0], vectors.shape[1])
        assert 0 < count <= len(text)
        assert found.states.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(found.states, axis=-1), 1, atol=1e-4)
        assert found.starts.shape == (count,)
        assert found.starts.tolist() == sorted(found.starts.tolist())
        assert found.starts[0] == 0
        assert found.starts[-1] < len(text)


def test_the_tokens_of_a_question_look_for_those_of_the_passage_of_the_same_text(
    pair: tuple[Model, OpenEncoder], tmp_path: Path
) -> None:
    model, open_encoder = pair
    model.write_encoder(tmp_path)
    encoder = open_encoder(tmp_path)
    _, passages = model.encode_tokens(TEXTS)
    for row, text in enumerate(TEXTS):
        asked = encoder.encode(text).tokens
        assert asked.shape == passages[row].states.shape  # without the prompts of either
        assert asked.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(asked, axis=-1), 1, atol=1e-3)
        late = [
            float(np.einsum("lid,ljd->lij", asked, passage.states).max(axis=2).mean())
            for passage in passages
        ]
        assert int(np.argmax(late)) == row, text
        assert late[row] > 0.8


@pytest.mark.parametrize("words", [("Hospital", "Library", "Markets"), ("医院", "图书馆", "市场")])
def test_a_sentence_of_one_word_has_the_token_of_that_word(
    pair: tuple[Model, OpenEncoder], tmp_path: Path, words: tuple[str, ...]
) -> None:
    model, open_encoder = pair
    context, sentences = "A title\n", [f"{word}. " for word in words]
    text = context + "".join(sentences)
    _, passages = model.encode_tokens([text])
    begins = [[text.index(word) for word in words]]
    bounds = write_passages(tmp_path, map(quantize, passages), begins)
    segments, maxsim = TokenSegments(tmp_path, bounds), MaxSim.open(tmp_path)
    model.write_encoder(tmp_path)
    encoder = open_encoder(tmp_path)
    for at, word in enumerate(words):
        asked = encoder.encode(word).tokens
        found = maxsim.similarities(asked, segments.passage_tokens(np.array([0])))
        assert int(found.sentences.argmax()) == at, word
        assert found.sentences[at] == pytest.approx(found.paragraphs[0], abs=1e-5)


def test_the_encoder_written_puts_a_question_nearest_to_the_passage_of_the_same_text(
    pair: tuple[Model, OpenEncoder], tmp_path: Path
) -> None:
    model, open_encoder = pair
    facts = model.write_encoder(tmp_path)
    assert isinstance(facts["recipe"], str)
    assert any(tmp_path.iterdir())
    encoder = open_encoder(tmp_path)
    passages = model.encode_passages(TEXTS)
    for row, text in enumerate(TEXTS):
        question = encoder.encode(text)
        assert question.vector.shape == passages[0].shape
        assert float(np.linalg.norm(question.vector)) == pytest.approx(1, abs=1e-4)
        cosines = passages @ question.vector
        assert int(np.argmax(cosines)) == row, text
        assert cosines[row] > 0.85


def test_tokens_are_counted_and_more_text_has_more(model: Model) -> None:
    assert model.count_tokens("") == 0
    short, long = model.count_tokens(TEXTS[0]), model.count_tokens(TEXTS[0] * 50)
    assert 0 < short <= len(TEXTS[0])
    assert long > 20 * short


HOSTILE = (
    *(
        "",
        " ",
        "\u3000\n",
        "ﷺﷺ①㎏½",
        "각굴비 한 상",
        "İıǅ ß e\u0301",
        "\0\u200b\ufffe",
        "😀👩‍👩‍👧𠮷",
    ),
    *("a b c d", "...!?", "很很很"),
)


def test_a_bound_on_the_tokens_of_a_text_holds_for_any_text(model: Model) -> None:
    for text in (*TEXTS, *HOSTILE):
        assert model.count_tokens(text) <= model.most_tokens(text), ascii(text)
    assert model.most_tokens(TEXTS[0]) <= len(TEXTS[0]) + 2


def test_the_longest_passage_leaves_room_for_text(model: Model) -> None:
    assert 100 < model.max_tokens <= 8192


def test_a_model_has_a_name_and_a_fingerprint(model: Model) -> None:
    assert model.name
    assert len(model.fingerprint) > 5


@pytest.mark.model
def test_the_bundled_models_longest_passage_with_its_prompt_just_fits_it() -> None:
    model = LocalModel("bundled", read_settings().models, silent)
    assert model.max_tokens + model.count_tokens.overhead("passage: ") == 512


@pytest.mark.model
def test_the_bundled_models_means_of_languages_come_with_its_encoder(tmp_path: Path) -> None:
    model = LocalModel("bundled", read_settings().models, silent)
    model.write_encoder(tmp_path)
    assert (tmp_path / MEANS_FILE).stat().st_size < 10_000_000
    means, encoder = LanguageMeans.open(tmp_path), QuestionEncoder(tmp_path)
    asked = encoder.encode("Wann wurde die Brücke gebaut?")
    for centered in (
        each.centered_question(asked, "", "de") for each in (means, model.language_means)
    ):
        assert float(np.linalg.norm(centered.vector)) == pytest.approx(1, abs=1e-4)
        assert float(centered.vector @ asked.vector) < 0.99


#: One statement each, in languages of three scripts; the questions ask for them in order.
STATEMENTS = {
    "en": ("The bakery closes at noon on Sundays.", "The lake is forty metres deep."),
    "zh": ("面包店星期天中午关门。", "这个湖有四十米深。"),
    "ru": ("Пекарня закрывается в воскресенье в полдень.", "Глубина озера сорок метров."),
}


@pytest.mark.model
def test_without_their_bias_texts_lie_by_what_they_say_more_than_by_language() -> None:
    model = LocalModel("bundled", read_settings().models, silent)
    texts = [text for pair in STATEMENTS.values() for text in pair]
    languages = [language for language in STATEMENTS for _ in range(2)]
    raw = model.encode_passages(texts)
    centered = model.language_means.centered_passages(raw, texts, languages)
    np.testing.assert_allclose(np.linalg.norm(centered, axis=1), 1, atol=1e-5)
    meanings = np.arange(len(texts)) % 2
    same_meaning = meanings[:, np.newaxis] == meanings
    other_text = ~np.eye(len(texts), dtype=np.bool_)

    def margin(vectors: FloatArray) -> float:
        """The least cosine of the same meaning less the largest of another."""
        cosines = vectors @ vectors.T
        return float(cosines[same_meaning & other_text].min() - cosines[~same_meaning].max())

    assert margin(centered) > max(0.1, margin(raw))


def test_similar_texts_have_similar_vectors() -> None:
    near, far, text = HashingModel().encode_passages(
        ["新增就业多少人", "hospital ward", "今年新增就业3960人"]
    )
    assert float(near @ text) > 0.3 > float(far @ text)


def test_the_fakes_vectors_depend_on_its_fingerprint() -> None:
    one, two = (HashingModel(fingerprint=name).encode_passages(["人"]) for name in "ab")
    assert not np.allclose(one, two)
