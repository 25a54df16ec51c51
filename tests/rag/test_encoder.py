"""The question encoder, on a network of one lookup that stands for the model."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from rag.encoder import (
    CONFIG_FILE,
    ENCODER_FILE,
    FILES,
    TOKENIZER_FILE,
    EncoderConfig,
    QuestionEncoder,
    TokenCounter,
    load_tokenizer,
)
from rag.errors import QuestionError, StoreError

WORDS = ["[unk]", "[cls]", "query", ":", "how", "many", "人"]


def network() -> onnx.ModelProto:
    """question_vector: the mean of one-hot tokens, made a unit vector."""
    one_hot = numpy_helper.from_array(np.eye(len(WORDS), dtype=np.float32), "table")
    axes = numpy_helper.from_array(np.array([1], dtype=np.int64), "axes")
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["token_states"]),
        helper.make_node("ReduceMean", ["token_states", "axes"], ["mean"], keepdims=0),
        helper.make_node("LpNormalization", ["mean"], ["question_vector"], axis=-1, p=2),
    ]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
        for name in ("input_ids", "attention_mask")
    ]
    outputs = [
        helper.make_tensor_value_info("question_vector", TensorProto.FLOAT, ["batch", len(WORDS)])
    ]
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, [one_hot, axes])
    model: onnx.ModelProto = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9
    )
    return model


def tokenizer() -> Tokenizer:
    made = Tokenizer(
        models.WordLevel({word: at for at, word in enumerate(WORDS)}, unk_token="[unk]")  # noqa: S106
    )
    made.normalizer = normalizers.Lowercase()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="[cls] $A", special_tokens=[("[cls]", 1)]
    )
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    onnx.save(network(), str(tmp_path / ENCODER_FILE))
    tokenizer().save(str(tmp_path / TOKENIZER_FILE))
    EncoderConfig("query: ", 6).save(tmp_path)
    return tmp_path


def test_a_question_is_encoded_with_the_models_prompt(folder: Path) -> None:
    vector = QuestionEncoder(folder).encode("How many")
    assert vector.shape == (len(WORDS),)
    assert vector.dtype == np.float32
    expected = np.array([0, 1, 1, 1, 1, 1, 0]) / np.sqrt(5)
    np.testing.assert_allclose(vector, expected, atol=1e-6)


def test_the_prompt_can_be_none(folder: Path) -> None:
    EncoderConfig("", 6).save(folder)
    vector = QuestionEncoder(folder).encode("人")
    np.testing.assert_allclose(vector, np.array([0, 1, 0, 0, 0, 0, 1]) / np.sqrt(2), atol=1e-6)


def test_a_question_that_just_fits_is_encoded_and_a_longer_one_refused(folder: Path) -> None:
    encoder = QuestionEncoder(folder)
    assert encoder.encode("how many 人").shape == (len(WORDS),)  # with prompt and [cls]: 6 tokens
    with pytest.raises(QuestionError, match=r"too long: 7 tokens, at most 6\. .*fewer words"):
        encoder.encode("how many 人 人")


def test_truncation_and_padding_of_the_tokenizer_file_are_off(folder: Path) -> None:
    cut = tokenizer()
    cut.enable_truncation(2)
    cut.enable_padding(length=50)
    cut.save(str(folder / TOKENIZER_FILE))
    assert len(load_tokenizer(folder / TOKENIZER_FILE).encode("how many").ids) == 3
    with pytest.raises(QuestionError, match="7 tokens"):
        QuestionEncoder(folder).encode("how many 人 人")


def test_many_threads_get_the_vectors_of_one(folder: Path) -> None:
    encoder = QuestionEncoder(folder)
    questions = ["how", "many", "人", "how many", "人 how", "?"] * 30
    alone = [encoder.encode(question).tolist() for question in questions]
    with ThreadPoolExecutor(8) as pool:
        together = [vector.tolist() for vector in pool.map(encoder.encode, questions)]
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


def test_the_files_are_all_that_a_generation_needs(folder: Path) -> None:
    assert set(FILES) == {path.name for path in folder.iterdir()}
    assert CONFIG_FILE in FILES


def test_tokens_are_counted_without_the_special_ones(folder: Path) -> None:
    count = TokenCounter(folder / TOKENIZER_FILE)
    assert [count(text) for text in ("", "how", "how many", "how unknown 人")] == [0, 1, 2, 3]
    assert count.overhead("") == 1
    assert count.overhead("query: ") == 3


def test_a_counters_file_is_read_when_it_is_first_needed(tmp_path: Path) -> None:
    count = TokenCounter(tmp_path / "missing.json")
    with pytest.raises(StoreError, match=r"missing\.json"):
        count("how")
