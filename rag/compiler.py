"""Compiles the question encoder: the model's network as quantized ONNX, for serving without torch.

Two recipes, the more exact first: 4-bit blocks of 32 weights with 8-bit activations a block
(lossless for the bundled model, whose weights are such blocks), then 8-bit weights a channel with
dynamic 8-bit activations (weights of 7 bits, since CPUs without VNNI saturate at 8). The first
recipe that agrees with the model is taken; otherwise the one that agrees best.
"""

import logging
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quant_pre_process, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

from rag.embedding_model import EmbeddingModel
from rag.encoder import ENCODER_FILE, WEIGHTS_FILE, EncoderConfig, QuestionEncoder
from rag.errors import ModelError
from rag.progress import Progress
from rag.tokenizer import write_question_tokenizer

_AGREEMENT = 0.999
_USABLE = 0.98
_OPSET = 21
#: Weights from so many bytes on are read from their file where they are needed.
_LARGE = 1 << 20
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

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        features = self.network({"input_ids": input_ids, "attention_mask": attention_mask})
        states = torch.stack([features["all_layer_embeddings"][layer] for layer in self.layers])
        vector = torch.nn.functional.normalize(features["sentence_embedding"], dim=-1)
        return vector, torch.nn.functional.normalize(states, dim=-1)


def compile_encoder(model: EmbeddingModel, target: Path, progress: Progress) -> Compiled:
    """Writes the encoder's files into the existing folder `target`."""
    config = EncoderConfig(model.folder.query_prompt, model.folder.max_tokens)
    write_question_tokenizer(model.folder.tokenizer, target)
    config.save(target)
    expected = model.encode([config.prompt + text for text in _SAMPLE])
    with tempfile.TemporaryDirectory(dir=target, prefix=".compiling-") as scratch_name:
        scratch = Path(scratch_name)
        progress(_STAGE, 0, 4)
        exported = _export(model, scratch)
        best: tuple[float, str] = (-1.0, "")
        for step, (recipe, quantize) in enumerate(_RECIPES.items(), start=2):
            progress(_STAGE, step, 4)
            quantize(exported, scratch / f"{recipe}.onnx")
            _save(scratch / f"{recipe}.onnx", target)
            agreement = _agreement(target, expected)
            best = max(best, (agreement, recipe))
            if agreement >= _AGREEMENT:
                break
        else:
            _save(scratch / f"{best[1]}.onnx", target)
    progress(_STAGE, 4, 4)
    if best[0] < _USABLE:
        raise ModelError(
            f"The model {model.folder.name} cannot be compiled for serving: its questions land at "
            f"cosine {best[0]:.3f} of what they should be. Choose another model."
        )
    return Compiled(recipe=best[1], agreement=best[0])


def _save(made: Path, target: Path) -> None:
    """Puts an encoder into its folder, its large weights in a file of their own."""
    for name in (ENCODER_FILE, WEIGHTS_FILE):
        (target / name).unlink(missing_ok=True)  # weights would be added to those before
    onnx.save_model(
        onnx.load(str(made)),
        str(target / ENCODER_FILE),
        save_as_external_data=True,
        location=WEIGHTS_FILE,
        size_threshold=_LARGE,
    )


def _agreement(folder: Path, expected: np.ndarray) -> float:
    encoder = QuestionEncoder(folder)
    vectors = np.stack([encoder.encode(text).vector for text in _SAMPLE])
    return float((vectors * expected).sum(axis=1).min())


def _export(model: EmbeddingModel, scratch: Path) -> Path:
    """The network in ONNX, cleaned up for the quantizers; batch and length stay free."""
    network = _Network(model).eval().cpu()
    example = torch.ones((2, 5), dtype=torch.int64)
    free = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    exported = scratch / "exported.onnx"
    cleaned = scratch / "cleaned.onnx"
    for noisy in ("torch.onnx", "onnxscript", "onnx_ir"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    with warnings.catch_warnings(), model.all_layers():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            network,
            (example, example.clone()),  # one tensor twice would become one input
            dynamo=True,
            verbose=False,
            opset_version=_OPSET,
            input_names=["input_ids", "attention_mask"],
            output_names=["question_vector", "token_states"],
            dynamic_shapes={"input_ids": free, "attention_mask": free},
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
    return cleaned


def _block_4bit(source: Path, target: Path) -> None:
    quantizer = MatMulNBitsQuantizer(
        onnx.load(str(source)),
        bits=4,
        block_size=32,
        is_symmetric=True,
        accuracy_level=4,
        op_types_to_quantize=("MatMul", "Gather"),
    )
    logging.getLogger("onnxruntime.quantization.matmul_nbits_quantizer").setLevel(logging.WARNING)
    quantizer.process()
    quantizer.model.save_model_to_file(str(target), use_external_data_format=False)


def _dynamic_8bit(source: Path, target: Path) -> None:
    quantize_dynamic(
        str(source),
        str(target),
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
    )


_RECIPES: dict[str, Callable[[Path, Path], None]] = {
    "4-bit blocks": _block_4bit,
    "8-bit dynamic": _dynamic_8bit,
}
