"""Exports the model's network to ONNX, with reference vectors of its own to test encoders against.

It runs in a process of its own (`compile_process`): the memory that PyTorch and the model take is
given back only when a process ends.
"""

import copy
import logging
import warnings
from pathlib import Path
from typing import cast

import numpy as np
import torch

from rag.embedding.compiling.artifacts import (
    EXPECTED_FILE,
    NETWORK_FILE,
    OPSET,
    READER_NETWORK_FILE,
)
from rag.embedding.compiling.reader_weights import ReaderWeights
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


class ExportedReader(torch.nn.Module):
    """The reader for one question and passage: the transformer with the trained weights."""

    def __init__(self, transformer: torch.nn.Module, weights: ReaderWeights) -> None:
        super().__init__()
        self.encoder = copy.deepcopy(transformer)
        width = weights.arrays["ends.weight"].shape[1]
        self.ends = torch.nn.Linear(width, 2)
        self.answers = torch.nn.Linear(width, 1)
        named = dict(self.named_parameters())
        learned = weights.applied({name: each.detach().numpy() for name, each in named.items()})
        with torch.no_grad():
            for name, values in learned.items():
                named[name].copy_(torch.from_numpy(values))

    def forward(self, input_ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        everything = torch.ones_like(input_ids)
        found = self.encoder(input_ids=input_ids, attention_mask=everything)
        states = found.last_hidden_state
        return self.ends(states), self.answers(states[:, 0])


def export(source: ModelFolder, target: Path) -> None:
    """Writes the network for one input of any length into the folder `target`, its weights beside
    it, questions with the model's own vectors, and the reader's network where the model has one.

    Raises ModelError when the model is not what it should be or cannot be exported.
    """
    model = EmbeddingModel(source, device="cpu")
    if source.name == BUNDLED:
        check_bundled(model)
    vectors = model.encode([source.query_prompt + text for text in _SAMPLE])
    np.savez(target / EXPECTED_FILE, texts=_SAMPLE, vectors=vectors)
    with model.all_layers():
        outputs = ["question_vector", "token_states"]
        _write(_ExportedNetwork(model), target / NETWORK_FILE, outputs, source)
    if (weights := ReaderWeights.of_package(source)) is not None:
        reader = ExportedReader(model.transformer, weights)
        _write(reader, target / READER_NETWORK_FILE, ["ends", "answers"], source)


def _write(network: torch.nn.Module, path: Path, outputs: list[str], source: ModelFolder) -> None:
    """Writes a network of one input, `input_ids`, of any length. Raises ModelError."""
    for noisy in ("torch.onnx", "onnxscript", "onnx_ir"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            program = torch.onnx.export(
                network.eval(),
                (torch.ones((1, 5), dtype=torch.int64),),
                dynamo=True,
                verbose=False,
                opset_version=OPSET,
                input_names=["input_ids"],
                output_names=outputs,
                dynamic_shapes={"input_ids": {1: torch.export.Dim.DYNAMIC}},
            )
        except torch.onnx.OnnxExporterError as error:
            reason = str(error).strip().splitlines()[0]
            raise ModelError(
                f"The model {source.name} cannot be exported to ONNX: {reason} "
                "Choose another model."
            ) from error
    # One file is at most 2 GB.
    cast("torch.onnx.ONNXProgram", program).save(str(path), external_data=True)
