"""The question encoder, on a network of one lookup that stands for the model."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from rag.encoding import onnx_encoder
from rag.encoding.onnx_encoder import ENCODER_FILE, EncoderConfig, QuestionEncoder
from rag.encoding.tokenizer import TOKENIZER_FILE, load_tokenizer
from rag.encoding.types import EncodedQuestion
from rag.errors import QuestionCode, QuestionError, StoreError
from tests.rag.encoding.test_tokenizer import WORDS, tokenizer


def network() -> onnx.ModelProto:
    """question_vector: the mean of one-hot tokens, made a unit vector.

    token_states: two layers of one-hot tokens, the second negative.
    """
    one_hot = numpy_helper.from_array(np.eye(len(WORDS), dtype=np.float32), "table")
    axes = numpy_helper.from_array(np.array([1], dtype=np.int64), "axes")
    first = numpy_helper.from_array(np.array([0], dtype=np.int64), "first")
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["states"]),
        helper.make_node("Neg", ["states"], ["negative"]),
        helper.make_node("Unsqueeze", ["states", "first"], ["upper"]),
        helper.make_node("Unsqueeze", ["negative", "first"], ["lower"]),
        helper.make_node("Concat", ["upper", "lower"], ["token_states"], axis=0),
        helper.make_node("ReduceMean", ["states", "axes"], ["mean"], keepdims=0),
        helper.make_node("LpNormalization", ["mean"], ["question_vector"], axis=-1, p=2),
    ]
    inputs = [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "length"])]
    outputs = [
        helper.make_tensor_value_info("question_vector", TensorProto.FLOAT, [1, len(WORDS)]),
        helper.make_tensor_value_info(
            "token_states", TensorProto.FLOAT, [2, 1, "length", len(WORDS)]
        ),
    ]
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, [one_hot, axes, first])
    model: onnx.ModelProto = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9
    )
    return model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    onnx.save(network(), str(tmp_path / ENCODER_FILE))
    tokenizer().save(str(tmp_path / TOKENIZER_FILE))
    EncoderConfig("query: ", 6).save(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("usable", "threads"), [(2, 2), (64, 0)])
def test_in_a_container_a_question_takes_its_processors_not_the_machines(
    folder: Path, monkeypatch: pytest.MonkeyPatch, usable: int, threads: int
) -> None:
    given: list[int] = []
    monkeypatch.setattr(onnx_encoder, "usable_processors", lambda: usable)
    monkeypatch.setattr("os.cpu_count", lambda: 64)
    monkeypatch.setattr(onnx_encoder, "_open", lambda _folder, threads: given.append(threads))
    QuestionEncoder(folder)
    assert given == [threads]  # 0: onnxruntime takes all of the machine


def test_a_question_is_encoded_with_the_models_prompt(folder: Path) -> None:
    vector = QuestionEncoder(folder).encode("How many").vector
    assert vector.shape == (len(WORDS),)
    assert vector.dtype == np.float32
    expected = np.array([0, 1, 1, 1, 1, 1, 0]) / np.sqrt(5)
    np.testing.assert_allclose(vector, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How many", ["how", "many"]),
        ("人 ?", ["人", "[unk]"]),
        ("query", ["query"]),  # only the prompt's own is left out
        ("", []),
        ("  ", []),
    ],
)
def test_the_tokens_of_a_question_are_its_own(
    folder: Path, question: str, words: list[str]
) -> None:
    tokens = QuestionEncoder(folder).encode(question).tokens
    assert tokens.shape == (2, len(words), len(WORDS))
    assert tokens.dtype == np.float32
    expected = np.eye(len(WORDS))[[WORDS.index(word) for word in words]]
    assert tokens[0].tolist() == expected.tolist()
    assert tokens[1].tolist() == (-expected).tolist()


def test_the_prompt_can_be_none(folder: Path) -> None:
    EncoderConfig("", 6).save(folder)
    vector = QuestionEncoder(folder).encode("人").vector
    np.testing.assert_allclose(vector, np.array([0, 1, 0, 0, 0, 0, 1]) / np.sqrt(2), atol=1e-6)


def test_a_question_that_just_fits_is_encoded_and_a_longer_one_refused(folder: Path) -> None:
    encoder = QuestionEncoder(folder)
    vector = encoder.encode("how many 人").vector  # with prompt and [cls]: 6 tokens
    assert vector.shape == (len(WORDS),)
    message = r"too long: 7 tokens, at most 6\. .*fewer words"
    with pytest.raises(QuestionError, match=message) as caught:
        encoder.encode("how many 人 人")
    error = caught.value
    assert (error.code, error.length, error.most) == (QuestionCode.TOO_MANY_TOKENS, 7, 6)


def test_truncation_and_padding_of_the_tokenizer_file_are_off(folder: Path) -> None:
    cut = tokenizer()
    cut.enable_truncation(2)
    cut.enable_padding(length=50)
    cut.save(str(folder / TOKENIZER_FILE))
    assert len(load_tokenizer(folder / TOKENIZER_FILE).encode("how many").ids) == 3
    with pytest.raises(QuestionError, match="7 tokens"):
        QuestionEncoder(folder).encode("how many 人 人")


def values(question: EncodedQuestion) -> tuple[list[float], list[float]]:
    return question.vector.tolist(), question.tokens.tolist()


def test_many_threads_get_the_vectors_of_one(folder: Path) -> None:
    encoder = QuestionEncoder(folder)
    questions = ["how", "many", "人", "how many", "人 how", "?"] * 30
    alone = [values(encoder.encode(question)) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        together = [values(found) for found in pool.map(encoder.encode, questions)]
    assert together == alone


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"\xff\xfe\x00", None])
def test_a_damaged_tokenizer_is_refused_with_the_remedy(
    folder: Path, content: bytes | None
) -> None:
    (folder / TOKENIZER_FILE).unlink()
    if content is not None:
        (folder / TOKENIZER_FILE).write_bytes(content)
    with pytest.raises(StoreError, match=r"tokenizer\.json cannot be read.*wenda index --full"):
        QuestionEncoder(folder)


def test_the_configuration_is_kept_exactly(tmp_path: Path) -> None:
    EncoderConfig("Instruct: 找\nQuery: ", 8192).save(tmp_path)
    assert EncoderConfig.load(tmp_path) == EncoderConfig("Instruct: 找\nQuery: ", 8192)
