"""Layers of attention as PyTorch exports them, before and after."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper, numpy_helper, shape_inference

from rag.embedding.compiling.onnx_fusion import simplify

HEADS, SIZE = 4, 8
WIDTH = HEADS * SIZE
HEADS_FIRST = [0, 2, 1, 3]


class Layer:
    """The nodes and constants of one layer, `tokens` to `result`."""

    def __init__(self) -> None:
        self.draw = np.random.default_rng(1)
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, npt.NDArray[np.generic]] = {}

    def node(self, kind: str, inputs: list[str], name: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def constant(self, name: str, values: npt.NDArray[np.generic]) -> str:
        self.constants[name] = values
        return name

    def linear(self, value: str, name: str, width: int = WIDTH, *, bias: bool = True) -> str:
        weight = self.draw.normal(size=(WIDTH, width)).astype(np.float32)
        product = self.node("MatMul", [value, self.constant(f"{name}.w", weight)], f"{name}.mm")
        if not bias:
            return product
        values = self.draw.normal(size=width).astype(np.float32)
        return self.node("Add", [product, self.constant(f"{name}.b", values)], f"{name}.add")

    def parted(self, value: str, heads: int = HEADS) -> str:
        shape = self.constant(f"{value}.shape", np.array([1, -1, heads, SIZE]))
        shaped = self.node("Reshape", [value, shape], f"{value}.heads")
        return self.node("Transpose", [shaped], f"{value}.moved", perm=HEADS_FIRST)

    def attend(self, *inputs: str) -> str:
        found = self.node("Attention", [*inputs], "attention", scale=0.3)
        moved = self.node("Transpose", [found], "back", perm=HEADS_FIRST)
        flat = self.constant("flat", np.array([1, -1, WIDTH]))
        return self.node("Reshape", [moved, flat], "joined")

    def save(self, path: Path, *, results: tuple[str, ...] = ("result",)) -> Path:
        graph = helper.make_graph(
            self.nodes,
            "layer",
            [
                helper.make_tensor_value_info("tokens", TensorProto.FLOAT, [1, "length", WIDTH]),
                helper.make_tensor_value_info("mask", TensorProto.BOOL, [1, 1, "length", "length"]),
            ],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in results],
            [numpy_helper.from_array(values, name) for name, values in self.constants.items()],
        )
        opsets = [helper.make_opsetid("", 23)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
        onnx.save(shape_inference.infer_shapes(model), str(path))
        return path


def attention(layer: Layer, *, groups: int = HEADS, bias: bool = True) -> Layer:
    query, key, value = (
        layer.parted(layer.linear("tokens", name, heads * SIZE, bias=bias), heads)
        for name, heads in (("q", HEADS), ("k", groups), ("v", groups))
    )
    layer.linear(layer.attend(query, key, value, "mask"), "out")
    layer.nodes[-1].output[0] = "result"
    return layer


def kinds(path: Path) -> Counter[str]:
    return Counter(node.op_type for node in onnx.load(str(path)).graph.node)


def run(path: Path, results: tuple[str, ...] = ("result",)) -> list[npt.NDArray[np.float32]]:
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    draw = np.random.default_rng(2)
    rows = [draw.normal(size=(1, length, WIDTH)).astype(np.float32) for length in (1, 7, 30)]
    found = []
    for row in rows:
        places = np.arange(row.shape[1])
        near = abs(places - places[:, np.newaxis]) < 4
        feed = {"tokens": row, "mask": near[np.newaxis, np.newaxis]}
        found += session.run(
            list(results), {each.name: feed[each.name] for each in session.get_inputs()}
        )
    return found


def assert_same(before: Path, after: Path, results: tuple[str, ...] = ("result",)) -> None:
    for found, expected in zip(run(after, results), run(before, results), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def simplified(path: Path) -> Path:
    target = path.with_name("simple.onnx")
    simplify(path, target)
    return target


@pytest.mark.parametrize("groups", [HEADS, 2])
def test_a_layer_becomes_two_products_and_attention(tmp_path: Path, groups: int) -> None:
    before = attention(Layer(), groups=groups).save(tmp_path / "layer.onnx")
    after = simplified(before)
    assert kinds(after) == {"MatMul": 2, "Add": 2, "Split": 1, "Attention": 1}
    assert_same(before, after)
    held = {each.name for each in onnx.load(str(after)).graph.initializer}
    assert held == {"tokens.weight", "tokens.bias", "tokens.sizes", "out.w", "out.b"}


def test_products_without_a_bias_stay_apart(tmp_path: Path) -> None:
    before = attention(Layer(), bias=False).save(tmp_path / "layer.onnx")
    after = simplified(before)
    assert kinds(after) == {"MatMul": 4, "Add": 1, "Attention": 1}
    assert_same(before, after)


def test_a_bias_of_one_number_stays(tmp_path: Path) -> None:
    layer = attention(Layer())
    layer.constants["k.b"] = np.array([0.5], dtype=np.float32)
    before = layer.save(tmp_path / "layer.onnx")
    assert_same(before, simplified(before))


def test_heads_that_are_turned_stay_parted(tmp_path: Path) -> None:
    """As where positions are rotated into queries and keys."""
    layer = Layer()
    query, key, value = (layer.parted(layer.linear("tokens", name)) for name in "qkv")
    turned = layer.node("Neg", [query], "turned")
    layer.linear(layer.attend(turned, key, value), "out")
    layer.nodes[-1].output[0] = "result"
    before = layer.save(tmp_path / "layer.onnx")
    after = simplified(before)
    assert kinds(after)["Transpose"] == 4
    assert_same(before, after)


@pytest.mark.parametrize("kept", ["attention", "back", "q.add.moved", "q.add.heads", "q.mm"])
def test_what_is_a_result_or_taken_elsewhere_stays(tmp_path: Path, kept: str) -> None:
    layer = attention(Layer())
    layer.node("Neg", [kept], "elsewhere")
    results = ("result", "elsewhere")
    before = layer.save(tmp_path / "layer.onnx", results=results)
    assert_same(before, simplified(before), results)
    results = ("result", kept)
    before = attention(Layer()).save(tmp_path / "layer.onnx", results=results)
    assert_same(before, simplified(before), results)


def test_every_layer_is_simplified(tmp_path: Path) -> None:
    layer = attention(Layer())
    layer.nodes[-1].output[0] = "middle"
    query, key, value = (layer.parted(layer.linear("middle", f"second {name}")) for name in "qkv")
    found = layer.node("Attention", [query, key, value], "attention 2", scale=0.3)
    moved = layer.node("Transpose", [found], "back 2", perm=HEADS_FIRST)
    layer.node("Reshape", [moved, "flat"], "result")
    before = layer.save(tmp_path / "layers.onnx")
    after = simplified(before)
    assert kinds(after) == {"MatMul": 3, "Add": 3, "Split": 2, "Attention": 2}
    assert_same(before, after)


def test_heads_whose_number_is_not_known_stay_parted(tmp_path: Path) -> None:
    layer = attention(Layer())
    for name in list(layer.constants):
        if name.endswith(".shape"):
            layer.constants[name] = np.array([1, 7, -1, SIZE])
    before = layer.save(tmp_path / "layer.onnx")
    assert kinds(simplified(before))["Transpose"] == 4


def test_a_graph_with_branches_stays_as_it_is(tmp_path: Path) -> None:
    layer = attention(Layer())
    branch = helper.make_graph(
        [helper.make_node("Identity", ["k.b"], ["same"])],
        "branch",
        [],
        [helper.make_tensor_value_info("same", TensorProto.FLOAT, [WIDTH])],
    )
    always = layer.constant("always", np.array(True))
    layer.node("If", [always], "bias", then_branch=branch, else_branch=branch)
    results = ("result", "bias")
    before = layer.save(tmp_path / "layer.onnx", results=results)
    assert_same(before, simplified(before), results)
