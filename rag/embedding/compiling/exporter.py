"""Exports the model's network to ONNX, with reference vectors of its own to test encoders against.

It runs in a process of its own (`compile_process`): the memory that PyTorch and the model take is
given back only when a process ends.
"""

import logging
import warnings
from pathlib import Path
from typing import cast

import numpy as np
import torch

from rag.embedding.compiling.artifacts import EXPECTED_FILE, NETWORK_FILE, OPSET
from rag.embedding.folder import BUNDLED, ModelFolder
from rag.embedding.torch_model import EmbeddingModel, check_bundled
from rag.errors import ModelError

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


class _ExportedNetwork(torch.nn.Module):
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


def export(source: ModelFolder, target: Path) -> None:
    """Writes the network for one input of any length into the folder `target`, its weights beside
    it, and questions with the model's own vectors.

    Raises ModelError when the model is not what it should be or cannot be exported.
    """
    model = EmbeddingModel(source, device="cpu")
    if source.name == BUNDLED:
        check_bundled(model)
    vectors = model.encode([source.query_prompt + text for text in _SAMPLE])
    np.savez(target / EXPECTED_FILE, texts=_SAMPLE, vectors=vectors)
    network = _ExportedNetwork(model).eval()
    for noisy in ("torch.onnx", "onnxscript", "onnx_ir"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    with warnings.catch_warnings(), model.all_layers():
        warnings.simplefilter("ignore")
        try:
            program = torch.onnx.export(
                network,
                (torch.ones((1, 5), dtype=torch.int64),),
                dynamo=True,
                verbose=False,
                opset_version=OPSET,
                input_names=["input_ids"],
                output_names=["question_vector", "token_states"],
                dynamic_shapes={"input_ids": {1: torch.export.Dim.DYNAMIC}},
            )
        except torch.onnx.OnnxExporterError as error:
            reason = str(error).strip().splitlines()[0]
            raise ModelError(
                f"The model {source.name} cannot be exported to ONNX: {reason} "
                "Choose another model."
            ) from error
    cast("torch.onnx.ONNXProgram", program).save(
        str(target / NETWORK_FILE),
        external_data=True,  # one file is at most 2 GB
    )
