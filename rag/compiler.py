"""Compiles the model's network to quantized ONNX: for questions, and for passages without torch.

Two recipes for questions: 8 bits with smoothed activations, and blocks of 4-bit weights (next to
lossless for the bundled model, whose weights are such blocks). Of those that agree with the model
the one that is faster on this machine is taken; otherwise the one that agrees best. Passages, which
are encoded once and compared with every question, keep their 32 bits; where the vocabulary fits
blocks of 4 bits, as the bundled model's, that is small enough to be kept beside.
"""

import logging
import tempfile
import time
import warnings
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnxruntime.quantization import quant_pre_process

from rag.embedding_model import EmbeddingModel
from rag.encoder import (
    ENCODER_FILE,
    PASSAGES_FOLDER,
    WEIGHTS_FILE,
    EncoderConfig,
    QuestionEncoder,
)
from rag.errors import ModelError
from rag.graph import simplify
from rag.progress import Progress
from rag.quantization import (
    blocks_of_4_bits,
    smoothed_8_bits,
    tables_in_blocks_of_4_bits,
)
from rag.tokenizer import load_tokenizer, write_question_tokenizer

#: Above this the public sets lose nothing (docs/evaluation.md).
_AGREEMENT = 0.998
#: Passages ask for more: at 0.9997 a public set lost seven answers of a thousand.
_EXACT = 0.9999
_USABLE = 0.98
#: From here on, attention is one operation.
_OPSET = 23
#: Weights from so many bytes on are read from their file where they are needed.
_LARGE = 1 << 20
_ROUNDS = 5
_SMOOTHED, _BLOCKS = _RECIPES = ("8 bits, smoothed", "4-bit blocks")
_STAGE = "compiling the question encoder"
_SAMPLE = (
    "今年一共新增了多少就业岗位?",
    "臨河區有幾家養老服務中心?",
    "How many kilometres of rural road were repaired in 2022?",
    "Wer leitet das Krankenhaus, und seit wann?",
    "Сколько жителей участвовало в опросе?",
    "新しい図書館はいつ開館しますか。",
    "시장은 언제 문을 엽니까?",
    "كم عدد المدارس الجديدة؟",
)


@dataclass(frozen=True, slots=True)
class Compiled:
    """What was made: the recipe, and the lowest cosine of the sample's vectors to the model's."""

    recipe: str
    agreement: float


class _Network(torch.nn.Module):
    """The whole pipeline, pooling and normalization included, as one graph."""

    def __init__(self, model: EmbeddingModel) -> None:
        super().__init__()
        self.network = model.network
        self.layers = model.layers

    def forward(self, input_ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        everything = torch.ones_like(input_ids)
        features = self.network({"input_ids": input_ids, "attention_mask": everything})
        states = torch.stack([features["all_layer_embeddings"][layer] for layer in self.layers])
        vector = torch.nn.functional.normalize(features["sentence_embedding"], dim=-1)
        return vector, torch.nn.functional.normalize(states, dim=-1)


def compile_encoder(model: EmbeddingModel, target: Path, progress: Progress) -> Compiled:
    """Writes the encoders' files into the existing folder `target`."""
    prompt = model.folder.query_prompt
    expected = model.encode([prompt + text for text in _SAMPLE])
    with tempfile.TemporaryDirectory(dir=target, prefix=".compiling-") as name:
        scratch = Path(name)
        progress(_STAGE, 0, 4)
        exported = _export(model, scratch)
        quantized = {recipe: scratch / f"{at}.onnx" for at, recipe in enumerate(_RECIPES)}
        progress(_STAGE, 1, 4)
        smoothed_8_bits(exported, quantized[_SMOOTHED], _calibration(model))
        progress(_STAGE, 2, 4)
        blocks_of_4_bits(exported, quantized[_BLOCKS])
        progress(_STAGE, 3, 4)
        folders = {recipe: _finish(made, model) for recipe, made in quantized.items()}
        encoders = {recipe: QuestionEncoder(folder) for recipe, folder in folders.items()}
        agreements = {each: _agreement(encoders[each], expected) for each in encoders}
        best = _fastest(
            {each: encoders[each] for each in encoders if agreements[each] >= _AGREEMENT}
        ) or max(agreements, key=agreements.__getitem__)
        if tables_in_blocks_of_4_bits(exported, exact := scratch / "exact.onnx"):
            folder = _finish(exact, model)
            if _agreement(QuestionEncoder(folder), expected) >= _EXACT:
                folder.replace(target / PASSAGES_FOLDER)
        for file in folders[best].iterdir():
            file.replace(target / file.name)
    progress(_STAGE, 4, 4)
    if agreements[best] < _USABLE:
        raise ModelError(
            f"The model {model.folder.name} cannot be compiled for serving: its questions land at "
            f"cosine {agreements[best]:.3f} of what they should be. Choose another model."
        )
    return Compiled(best, agreements[best])


def _calibration(model: EmbeddingModel) -> list[dict[str, npt.NDArray[np.int64]]]:
    """Inputs to smooth for: short texts in eight scripts, none of the sample."""
    tokenizer = load_tokenizer(model.folder.tokenizer)
    tokenizer.enable_truncation(model.folder.max_tokens)
    with resources.files("rag").joinpath("reference.npz").open("rb") as file:
        texts = [text.partition(": ")[2] for text in np.load(file)["texts"].tolist()]
    encoded = [tokenizer.encode(model.folder.query_prompt + text).ids for text in texts]
    rows = [np.array([ids], dtype=np.int64) for ids in encoded]
    return [{"input_ids": row} for row in rows]


def _finish(made: Path, model: EmbeddingModel) -> Path:
    """A folder of all that an encoder needs, its large weights in a file of their own."""
    folder = made.with_suffix("")
    folder.mkdir()
    write_question_tokenizer(model.folder.tokenizer, folder)
    EncoderConfig(model.folder.query_prompt, model.folder.max_tokens).save(folder)
    onnx.save_model(
        onnx.load(str(made)),
        str(folder / ENCODER_FILE),
        save_as_external_data=True,
        location=WEIGHTS_FILE,
        size_threshold=_LARGE,
    )
    return folder


def _agreement(encoder: QuestionEncoder, expected: np.ndarray) -> float:
    vectors = np.stack([encoder.encode(text).vector for text in _SAMPLE])
    return float((vectors * expected).sum(axis=1).min())


def _fastest(encoders: dict[str, QuestionEncoder]) -> str | None:
    """The one whose fastest round over the sample is the shortest, in turns; None of none."""
    times = dict.fromkeys(encoders, float("inf"))
    for recipe in [*encoders] * _ROUNDS:
        began = time.perf_counter()
        for text in _SAMPLE:
            encoders[recipe].encode(text)
        times[recipe] = min(times[recipe], time.perf_counter() - began)
    return min(times, key=times.__getitem__, default=None)


def _export(model: EmbeddingModel, scratch: Path) -> Path:
    """The network in ONNX for one input of any length, cleaned for quantizers and simplified."""
    network = _Network(model).eval().cpu()
    exported, cleaned, simple = (
        scratch / f"{step}.onnx" for step in ("exported", "cleaned", "simple")
    )
    for noisy in ("torch.onnx", "onnxscript", "onnx_ir"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    with warnings.catch_warnings(), model.all_layers():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            network,
            (torch.ones((1, 5), dtype=torch.int64),),
            dynamo=True,
            verbose=False,
            opset_version=_OPSET,
            input_names=["input_ids"],
            output_names=["question_vector", "token_states"],
            dynamic_shapes={"input_ids": {1: torch.export.Dim.DYNAMIC}},
        )
        if program is None:
            raise ModelError(f"The model {model.folder.name} cannot be exported to ONNX.")
        program.save(str(exported), external_data=True)  # one file cannot exceed 2 GB
    quant_pre_process(
        str(exported),
        str(cleaned),
        skip_symbolic_shape=True,
        save_as_external_data=True,
        all_tensors_to_one_file=True,
        external_data_location="cleaned.weights",
    )
    simplify(cleaned, simple)
    return simple
