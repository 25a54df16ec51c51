"""The reader's network is compiled beside the encoder, whose token embeddings it shares."""

from pathlib import Path

import numpy as np
import pytest
import torch

from rag.embedding.compiling.compiler import Compiled, compile_encoder
from rag.embedding.compiling.exporter import ExportedReader, export
from rag.embedding.compiling.reader_weights import ReaderWeights
from rag.embedding.folder import ModelFolder
from rag.embedding.torch_model import EmbeddingModel
from rag.encoding.onnx_encoder import READER_FILE, Network
from rag.progress import silent
from tests.rag.embedding.test_torch_model import DIMENSION, save_tiny_model

pytestmark = pytest.mark.model


def weights(model: EmbeddingModel) -> ReaderWeights:
    """Some that were learned in the last layer."""
    rng = np.random.default_rng(3)
    base = {
        f"encoder.{name}": each.detach().numpy()
        for name, each in model.transformer.named_parameters()
        if name.startswith("encoder.layer.2.")
    }
    after = {k: v + rng.normal(size=v.shape).astype(np.float32) * 0.05 for k, v in base.items()}
    for head, width in (("ends", 2), ("answers", 1)):
        after[f"{head}.weight"] = rng.normal(size=(width, DIMENSION)).astype(np.float32)
        after[f"{head}.bias"] = np.ones(width, dtype=np.float32)
    return ReaderWeights.of(base, after)


# PyTorch warns of what it does itself while it exports.
@pytest.mark.filterwarnings("default")
def test_it_says_what_pytorch_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = ModelFolder("tiny", save_tiny_model(tmp_path / "tiny"))
    model = EmbeddingModel(source)
    learned = weights(model)
    monkeypatch.setattr(ReaderWeights, "of_package", lambda _source: learned)
    exported, target = tmp_path / "exported", tmp_path / "target"
    exported.mkdir()
    target.mkdir()
    export(source, exported)
    made: Compiled = compile_encoder(source, exported, target, silent)
    assert made.reader_lost is not None
    assert made.reader_lost < 0.3
    ids = np.array([[2, 7, 8, 3, 3, 10, 11, 12, 3]])
    ends, answers = Network(target / READER_FILE).run_network(
        ("ends", "answers"), {"input_ids": ids}
    )
    with torch.inference_mode():
        expected = ExportedReader(model.transformer, learned)(torch.from_numpy(ids))
    np.testing.assert_allclose(ends, expected[0].numpy(), atol=0.4)
    np.testing.assert_allclose(answers, expected[1].numpy(), atol=0.3)
