"""Passages and questions of a transformer of three tiny layers, made here, with random weights."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import (
    Pooling,
    StaticEmbedding,
    Transformer,
)
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from rag.arrays import FloatArray
from rag.embedding.folder import ModelFolder
from rag.embedding.model import LocalModel, _may_have_gpu
from rag.embedding.torch_model import EmbeddingModel
from rag.encoding.onnx_encoder import QuestionEncoder
from rag.encoding.tokenizer import load_tokenizer, own_tokens
from rag.errors import ModelError
from rag.progress import silent

pytestmark = pytest.mark.model

DIMENSION = 64
LONGEST = 40
MANY = 12_000
WORDS = [
    *("[pad]", "[unk]", "[cls]", "[sep]", ":", "query", "passage", "roads", "how", "many"),
    *"今年新增就业岗位公路多少人。",
]
TEXTS = ["今年新增就业 roads how many", "passage unknown words", "人" * 99, "how", "😀 公路。"] * 2


def word_tokenizer() -> Tokenizer:
    """Words of Latin letters and single characters; zero-width space is dropped."""
    made = Tokenizer(
        models.WordLevel({word: at for at, word in enumerate(WORDS)}, unk_token="[unk]")  # noqa: S106
    )
    made.normalizer = normalizers.Replace("\u200b", "")
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Split(Regex("[a-z]+|."), "isolated"),
        ]
    )
    made.post_processor = processors.TemplateProcessing(
        single="[cls] $A [sep]", special_tokens=[("[cls]", 2), ("[sep]", 3)]
    )
    return made


def of_transformers() -> PreTrainedTokenizerFast:
    names = {f"{word[1:-1]}_token": word for word in WORDS[:4]}
    return PreTrainedTokenizerFast(tokenizer_object=word_tokenizer(), **names)  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


def save_tiny_model(folder: Path) -> Path:
    """A sentence-transformers model of three layers, in the folder that is returned."""
    base = folder / "base"
    config = BertConfig(
        vocab_size=MANY,  # so that the table is taken out of the network
        hidden_size=DIMENSION,
        num_hidden_layers=3,
        num_attention_heads=2,
        intermediate_size=DIMENSION,
        max_position_embeddings=LONGEST,
        pad_token_id=0,
    )
    with torch.random.fork_rng():
        torch.manual_seed(5)
        network = BertModel(config)
        steps = torch.randint(-8, 8, (MANY, DIMENSION))
        steps[:, ::32] = -8  # what blocks of 4 bits hold without loss
        network.embeddings.word_embeddings.weight.data = steps / 5
    network.save_pretrained(base)
    of_transformers().save_pretrained(base)
    SentenceTransformer(
        modules=[Transformer(str(base), max_seq_length=LONGEST), Pooling(DIMENSION)],
        prompts={"query": "query: ", "passage": "passage: "},
    ).save(str(folder / "model"))
    return folder / "model"


@pytest.fixture(scope="module")
def model(folder: Path) -> EmbeddingModel:
    return EmbeddingModel(ModelFolder("tiny", folder))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def compiled(folder: Path, cache: Path) -> LocalModel:
    return LocalModel(str(folder), cache, silent)


def states_one_by_one(model: EmbeddingModel, prompt: str, text: str) -> FloatArray:
    """The network's own hidden states, without batches and padding."""
    encoding = load_tokenizer(model.folder.tokenizer).encode(prompt + text)
    ids = encoding.ids if len(encoding.ids) <= LONGEST else [*encoding.ids[: LONGEST - 1], 3]
    network = model.network[0].model
    with torch.inference_mode():
        hidden = network(torch.tensor([ids]), output_hidden_states=True).hidden_states  # type: ignore[operator]
    kept, _ = own_tokens(encoding, len(prompt))
    chosen = torch.stack([hidden[layer][0] for layer in model.layers])[
        :, kept[kept < LONGEST - 1].tolist()
    ]
    unit: FloatArray = torch.nn.functional.normalize(chosen, dim=-1).numpy()
    return unit


def test_the_layers_are_at_three_quarters_and_the_last(model: EmbeddingModel) -> None:
    assert model.layers == (2, 3)


def test_the_vectors_with_tokens_are_those_without(model: EmbeddingModel) -> None:
    vectors, tokens = model.encode_tokens(TEXTS)
    np.testing.assert_allclose(vectors, model.encode_passages(TEXTS), atol=1e-5)
    assert vectors.dtype == np.float32
    assert len(tokens) == len(TEXTS)


def test_token_states_are_those_of_the_networks_layers(model: EmbeddingModel) -> None:
    _, tokens = model.encode_tokens(TEXTS)
    for text, found in zip(TEXTS, tokens, strict=True):
        expected = states_one_by_one(model, "passage: ", text)
        assert found.states.shape == expected.shape
        np.testing.assert_allclose(found.states, expected, atol=1e-5)


def test_tokens_begin_where_they_stand_in_the_text(model: EmbeddingModel) -> None:
    _, (mixed, latin, long) = model.encode_tokens(
        ["今年 roads how。", "passage unknown", "人" * 99]
    )
    assert mixed.starts.tolist() == [0, 1, 3, 9, 12]
    assert latin.starts.tolist() == [0, 8]  # the word is not the prompt
    room = LONGEST - len(["[cls]", "passage", ":", "[sep]"])
    assert long.starts.tolist() == list(range(room))


def test_a_text_that_the_tokenizer_drops_has_one_token_all_the_same(model: EmbeddingModel) -> None:
    _, (nothing, something) = model.encode_tokens(["\u200b", "今\u200b年"])
    assert nothing.states.shape == (2, 1, DIMENSION)
    assert nothing.starts.tolist() == [0]
    assert something.starts.tolist() == [0, 2]


def test_states_of_all_layers_are_made_only_when_they_are_asked_for(model: EmbeddingModel) -> None:
    config = model.network[0].model.config  # type: ignore[union-attr]
    seen: list[object] = []

    def interrupted() -> None:
        with model.all_layers():
            seen.append(config.output_hidden_states)  # type: ignore[union-attr]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert seen == [True]
    assert not config.output_hidden_states  # type: ignore[union-attr]


def test_the_compiled_encoder_gives_a_questions_vector_and_tokens(
    model: EmbeddingModel, compiled: LocalModel, tmp_path: Path
) -> None:
    facts = compiled.write_encoder(tmp_path)
    assert isinstance(facts["agreement"], float)
    assert facts["agreement"] > 0.99
    network = onnx.load(str(tmp_path / "encoder.onnx"), load_external_data=False).graph
    assert "GatherBlockQuantized" in {node.op_type for node in network.node}
    encoder = QuestionEncoder(tmp_path)
    for text in ("今年新增 how many", "人", "query: roads。", "how unknown words"):
        found = encoder.encode(text)
        expected = states_one_by_one(model, "query: ", text)
        assert float(found.vector @ model.encode([f"query: {text}"])[0]) > 0.99
        assert found.tokens.shape == expected.shape
        same = (found.tokens * expected).sum(axis=-1)
        assert float(same.min()) > 0.99, text
        assert (same > (found.tokens * expected[::-1]).sum(axis=-1)).all()  # not the other layer
    assert encoder.encode("\u200b").tokens.shape == (2, 0, DIMENSION)


@pytest.mark.usefixtures("compiled")
def test_without_a_gpu_passages_go_through_what_is_compiled_and_are_the_same(
    folder: Path,
    model: EmbeddingModel,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rag.embedding.model._DEVICES", ())
    made = LocalModel(str(folder), cache, lambda *_: pytest.fail("compiled twice"))
    texts = [text for text in TEXTS if len(text) < LONGEST] + ["\u200b"]
    vectors, tokens = made.encode_tokens(texts)
    expected, states = model.encode_tokens(texts)
    np.testing.assert_allclose(vectors, expected, atol=1e-4)
    np.testing.assert_allclose(made.encode_passages(texts), expected, atol=1e-4)
    for found, right in zip(tokens, states, strict=True):
        np.testing.assert_allclose(found.states, right.states, atol=1e-4)
        assert found.starts.tolist() == right.starts.tolist()
    _, (long,) = made.encode_tokens(["人" * 99])
    assert long.starts.size == LONGEST - len(["[cls]", "passage", ":"])


@pytest.mark.skipif(_may_have_gpu(), reason="torch is asked for the GPU")
@pytest.mark.usefixtures("compiled")
def test_a_model_embeds_without_torch(folder: Path, cache: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from rag.embedding.model import LocalModel\n"
        "from rag.progress import silent\n"
        f"model = LocalModel({str(folder)!r}, Path({str(cache)!r}), silent)\n"
        "assert model.encode_passages(['人']).shape == (1, 64)\n"
        "assert 'torch' not in sys.modules and 'transformers' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_model_kept_in_16_bits_gives_unit_vectors_of_32_and_is_compiled(
    folder: Path, tmp_path: Path
) -> None:
    half = tmp_path / "half"
    network = SentenceTransformer(str(folder))
    table = next(value for value in network.parameters() if len(value) == MANY)
    torch.nn.init.normal_(table)  # which takes 8 bits, so that passages go through the model itself
    network.bfloat16().save(str(half))
    made = LocalModel(str(half), tmp_path / "cache", silent)
    facts = made.write_encoder(tmp_path)
    assert isinstance(facts["agreement"], float)
    assert facts["agreement"] > 0.99
    vectors, tokens = made.encode_tokens(TEXTS[:2])
    for found in (vectors, made.encode_passages(TEXTS[:2]), tokens[0].states, tokens[1].states):
        assert found.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(found, axis=-1), 1, atol=1e-5)
    assert not (next((tmp_path / "cache").glob("encoder-*")) / "passages").exists()


def test_a_model_without_layers_is_refused_by_name(tmp_path: Path) -> None:
    static = SentenceTransformer(modules=[StaticEmbedding(of_transformers(), embedding_dim=8)])
    static.save(str(tmp_path))
    model = EmbeddingModel(ModelFolder("some/static", tmp_path))
    message = re.compile(r"some/static cannot be used: .*no transformer.*Choose another model")
    with pytest.raises(ModelError, match=message):
        _ = model.layers
    with pytest.raises(ModelError, match=message):
        model.encode_tokens(["人"])


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match=r"cannot be loaded as .*Check WENDA_MODEL"):
        EmbeddingModel(ModelFolder("broken", tmp_path))
