"""What the reader has learned, in a few bits."""

from pathlib import Path

import numpy as np

from rag.arrays import FloatArray
from rag.embedding.compiling.reader_weights import ReaderWeights
from rag.embedding.folder import ModelFolder

LAYER, BIAS, HEAD = "encoder.layer.weight", "encoder.layer.bias", "ends.weight"


def weights(seed: int, scale: float = 1.0) -> dict[str, FloatArray]:
    rng = np.random.default_rng(seed)
    shapes = {LAYER: (24, 50), BIAS: (24,), HEAD: (2, 24)}
    return {k: (rng.normal(size=s) * scale).astype(np.float32) for k, s in shapes.items()}


def learned() -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """A model's weights, and those that were learned, which differ a little."""
    base = weights(1)
    return base, {k: base[k] + v for k, v in weights(2, scale=0.02).items()}


def test_a_small_difference_is_kept_nearly_whole(tmp_path: Path) -> None:
    base, after = learned()
    ReaderWeights.of(base, after).save(tmp_path, "model")
    with np.load(tmp_path / "reader.npz") as content:
        kept = ReaderWeights(dict(content)).applied(base)
    assert kept.keys() == after.keys()
    moved = np.linalg.norm(after[LAYER] - base[LAYER])
    assert np.linalg.norm(kept[LAYER] - after[LAYER]) < 0.12 * moved
    np.testing.assert_allclose(kept[BIAS], after[BIAS], atol=1e-4)


def test_a_matrix_takes_little_more_than_half_a_byte_a_number() -> None:
    arrays = ReaderWeights.of(*learned()).arrays
    of_layer = sum(each.nbytes for name, each in arrays.items() if name.startswith(LAYER))
    assert of_layer < 0.8 * 24 * 50


def test_heads_are_no_difference_to_the_model() -> None:
    base, after = learned()
    without = {name: values for name, values in base.items() if name != HEAD}
    kept = ReaderWeights.of(base, after).applied(without | {HEAD: np.zeros_like(after[HEAD])})
    np.testing.assert_allclose(kept[HEAD], after[HEAD], atol=2e-3)


def test_another_model_has_no_reader(tmp_path: Path) -> None:
    (tmp_path / "weights").write_bytes(b"another")
    assert ReaderWeights.of_package(ModelFolder("another", tmp_path)) is None
