"""The question encoder, on a network of one lookup that stands for the model."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from rag.encoder import (
    CONFIG_FILE,
    ENCODER_FILE,
    FILES,
    TOKENIZER_FILE,
    EncoderConfig,
    QuestionEncoder,
    TokenCounter,
    load_tokenizer,
    own_tokens,
)
from rag.errors import QuestionError, StoreError
from rag.late_interaction import EncodedQuestion

WORDS = ["[unk]", "[cls]", "query", ":", "how", "many", "人"]


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
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
        for name in ("input_ids", "attention_mask")
    ]
    outputs = [
        helper.make_tensor_value_info("question_vector", TensorProto.FLOAT, ["batch", len(WORDS)]),
        helper.make_tensor_value_info(
            "token_states", TensorProto.FLOAT, [2, "batch", "length", len(WORDS)]
        ),
    ]
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, [one_hot, axes, first])
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


@pytest.mark.parametrize(
    ("prompt", "text", "kept", "starts"),
    [
        ("", "how many", ["how", "many"], [0, 4]),
        ("query: ", "how  人", ["how", "人"], [0, 5]),
        ("query: ", "😀人", ["[unk]"], [0]),
        ("query", " : many", [":", "many"], [1, 3]),
        ("query: ", "", [], []),
    ],
)
def test_own_tokens_are_told_from_prompt_special_tokens_and_padding(
    prompt: str, text: str, kept: list[str], starts: list[int]
) -> None:
    made = tokenizer()
    made.enable_padding(length=9)
    encoding = made.encode(prompt + text)
    assert len(encoding.tokens) == 9
    own, places = own_tokens(encoding, len(prompt))
    assert [encoding.tokens[at] for at in own] == kept
    assert places.tolist() == starts


def test_a_token_that_begins_in_the_prompt_begins_with_the_text() -> None:
    made = Tokenizer(models.WordLevel({"ab": 0, "c": 1, "d": 2}, unk_token="d"))  # noqa: S106
    made.pre_tokenizer = pre_tokenizers.Split(Regex("ab|."), "isolated")
    own, starts = own_tokens(made.encode("cab" + "c"), 2)
    assert own.tolist() == [1, 2]
    assert starts.tolist() == [0, 1]


def test_the_prompt_can_be_none(folder: Path) -> None:
    EncoderConfig("", 6).save(folder)
    vector = QuestionEncoder(folder).encode("人").vector
    np.testing.assert_allclose(vector, np.array([0, 1, 0, 0, 0, 0, 1]) / np.sqrt(2), atol=1e-6)


def test_a_question_that_just_fits_is_encoded_and_a_longer_one_refused(folder: Path) -> None:
    encoder = QuestionEncoder(folder)
    vector = encoder.encode("how many 人").vector  # with prompt and [cls]: 6 tokens
    assert vector.shape == (len(WORDS),)
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
