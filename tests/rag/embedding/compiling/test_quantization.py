"""A network of one table and two products, one of which has a channel far above the others."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from rag.arrays import FloatArray
from rag.embedding.compiling import quantization
from rag.embedding.compiling.quantization import blocks_of_4_bits, smoothed_8_bits

WORDS, CHANNELS, OUTPUTS = 200, 64, 32


def in_blocks(draw: np.random.Generator, *shape: int) -> FloatArray:
    """Weights that blocks of 4 bits along the first axis hold without loss."""
    steps = draw.integers(-8, 8, size=shape)
    steps[::32] = -8
    return (steps * np.float32(0.01)).astype(np.float32)


def network(
    *, largest: float = 1.0, weight: FloatArray | None = None, second: FloatArray | None = None
) -> onnx.ModelProto:
    """result = (table[input_ids] * channels) @ first @ second; channel 3 is `largest`."""
    draw = np.random.default_rng(1)
    channels = np.ones(CHANNELS, dtype=np.float32)
    channels[3] = largest
    first = in_blocks(draw, CHANNELS, CHANNELS) if weight is None else weight
    if second is None:
        second = draw.normal(size=(CHANNELS, OUTPUTS)).astype(np.float32)
    constants = {
        "table": in_blocks(draw, CHANNELS, WORDS).T.copy(),
        "channels": channels,
        "first": first,
        "second": second,
    }
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["found"], name="look up"),
        helper.make_node("Mul", ["found", "channels"], ["states"], name="enlarge"),
        helper.make_node("MatMul", ["states", "first"], ["middle"], name="one"),
        helper.make_node("MatMul", ["middle", "second"], ["result"], name="two"),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "length"])],
        [helper.make_tensor_value_info("result", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)


def saved(folder: Path, model: onnx.ModelProto) -> Path:
    path = folder / "network.onnx"
    onnx.save(model, str(path))
    return path


def feeds(seed: int, count: int) -> list[dict[str, npt.NDArray[np.int64]]]:
    draw = np.random.default_rng(seed)
    return [{"input_ids": draw.integers(WORDS, size=(1, 12))} for _ in range(count)]


def results(path: Path) -> FloatArray:
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found: FloatArray = np.concatenate([session.run(None, feed)[0] for feed in feeds(2, 5)])
    return found


def lost(path: Path, source: Path) -> float:
    exact = results(source)
    return float(np.linalg.norm(results(path) - exact) / np.linalg.norm(exact))


def kinds(path: Path) -> list[str]:
    return [node.op_type for node in onnx.load(str(path)).graph.node]


def test_an_outlier_costs_little_when_its_channel_is_smoothed(tmp_path: Path) -> None:
    weight = np.random.default_rng(5).normal(size=(CHANNELS, CHANNELS)).astype(np.float32)
    source = saved(tmp_path, network(largest=60.0, weight=weight))
    plain, smoothed = tmp_path / "plain.onnx", tmp_path / "made.onnx"
    quantize_dynamic(
        str(source), str(plain), per_channel=True, reduce_range=True, weight_type=QuantType.QInt8
    )
    smoothed_8_bits(source, smoothed, feeds(1, 8))
    assert lost(smoothed, source) < 0.03
    assert lost(smoothed, source) < lost(plain, source) / 1.5
    assert "MatMulNBits" not in kinds(smoothed)


def test_what_loses_too_much_in_8_bits_keeps_its_blocks_where_they_lose_less(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quantization, "LOSS", 0.001)
    source = saved(tmp_path, network())
    smoothed_8_bits(source, tmp_path / "made.onnx", feeds(1, 8))
    made = onnx.load(str(tmp_path / "made.onnx")).graph.node
    assert [node.name for node in made if node.op_type == "MatMulNBits"] == ["one_Q4"]
    assert kinds(tmp_path / "made.onnx").count("MatMulInteger") == 1
    assert lost(tmp_path / "made.onnx", source) < 0.03


def test_blocks_of_4_bits_lose_little_where_weights_are_such_blocks(tmp_path: Path) -> None:
    second = in_blocks(np.random.default_rng(3), CHANNELS, OUTPUTS)
    source = saved(tmp_path, network(second=second))
    made = tmp_path / "made.onnx"
    blocks_of_4_bits(source, made)
    assert sorted(kinds(made)) == ["Gather", "MatMulNBits", "MatMulNBits", "Mul"]
    assert lost(made, source) < 0.01
