"""Writes a trained reader as the network that `rag.reading` runs, and checks it against PyTorch."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from rag.embedding.folder import BUNDLED, locate
from rag.progress import silent
from training.reader.network import ReaderNetwork, Shape

_INPUTS = ["question", "codes", "mask", "text"]


class _Exported(nn.Module):
    """The network for one question, all of whose tokens are real."""

    def __init__(self, network: ReaderNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, question: Tensor, codes: Tensor, mask: Tensor, text: Tensor
    ) -> tuple[Tensor, Tensor]:
        ends, answers = self.network(question, torch.ones_like(question[..., 0]), codes, mask, text)
        return ends, answers


def export(network: ReaderNetwork, path: Path) -> None:
    """Writes it, and compares what both say of random inputs."""
    network.eval()
    shape = network.shape
    rng = np.random.default_rng(1)
    samples = [_sample(shape, rng, *size) for size in ((3, 14, 200), (1, 5, 33))]
    pairs, tokens, asked = (torch.export.Dim(name) for name in ("pairs", "tokens", "asked"))
    sizes = {
        "question": {0: pairs, 1: asked},
        "codes": {0: pairs, 1: tokens},
        "mask": {0: pairs, 1: tokens},
        "text": {0: pairs, 1: tokens},
    }
    torch.onnx.export(
        _Exported(network).eval(),
        tuple(map(torch.from_numpy, samples[0])),
        str(path),
        input_names=_INPUTS,
        output_names=["ends", "answers"],
        dynamic_shapes=sizes,
        dynamo=True,
        external_data=False,
        opset_version=20,
    )
    _strip(path)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    for sample in samples:
        with torch.inference_mode():
            expected = _Exported(network)(*map(torch.from_numpy, sample))
        found = session.run(["ends", "answers"], dict(zip(_INPUTS, sample, strict=True)))
        for one, other in zip(expected, found, strict=True):
            print("largest difference", float(np.abs(one.numpy() - other).max()))


def _strip(path: Path) -> None:
    """Takes out where in which program each operator comes from, with the paths
    of the machine that trained it.
    """
    model = onnx.load(path)
    for part in (model.graph, *model.graph.node, *model.graph.value_info):
        del part.metadata_props[:]
    onnx.save(model, path)


def _sample(
    shape: Shape, rng: np.random.Generator, pairs: int, asked: int, tokens: int
) -> tuple[np.ndarray, ...]:
    width = shape.layers * shape.dimension
    question = rng.normal(size=(pairs, asked, width)).astype(np.float32) / shape.dimension**0.5
    codes = rng.integers(0, 256, (pairs, tokens, width // 4)).astype(np.uint8)
    mask = np.ones((pairs, tokens), dtype=np.float32)
    return question, codes, mask, mask.copy()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path, help="rag/reading")
    parser.add_argument("--models", type=Path, default=Path.home() / ".cache" / "wenda")
    options = parser.parse_args(arguments)
    content = torch.load(options.checkpoint, map_location="cpu", weights_only=True)
    network = ReaderNetwork(Shape(**content.get("shape", {})))
    network.load_state_dict(content["average"])
    export(network, options.folder / "reader.onnx")
    fingerprint = locate(BUNDLED, options.models, silent).fingerprint
    facts = {"fingerprint": fingerprint, "steps": content["progress"]["steps"]}
    (options.folder / "reader.json").write_text(json.dumps(facts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
