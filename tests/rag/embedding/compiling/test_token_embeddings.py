"""A table out of its network, quantized, and back in; nothing else of the network changes."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper, numpy_helper

from rag.arrays import FloatArray
from rag.embedding.compiling import token_embeddings as token_table
from rag.embedding.compiling.token_embeddings import TokenTable, share_look_up, take_out

TOKENS, WIDTH = 200, 80
IDS = np.array([[3, 0, 199, 3]])


@pytest.fixture(autouse=True)
def _no_table_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_table, "_FEW_ROWS", TOKENS)
    monkeypatch.setattr(token_table, "_AT_ONCE", 64)  # in four parts, the last shorter


def steps(largest: int) -> FloatArray:
    """Vectors that blocks of so many steps hold without loss."""
    drawn = np.random.default_rng(1).integers(-largest, largest, size=(TOKENS, WIDTH))
    drawn[:, ::32] = -largest
    drawn[7] = 0  # such as a token that was never seen
    return (drawn * np.float32(0.01)).astype(np.float32)


def saved(
    folder: Path, table: FloatArray, *, ids: str = "input_ids", also: tuple[str, str] | None = None
) -> Path:
    """result = table[input_ids] + 1, and what `also` names of the table."""
    nodes = [
        helper.make_node("Identity", ["input_ids"], ["same"], name="same"),
        helper.make_node("Gather", ["table", ids], ["found"], name="look up"),
        helper.make_node("Add", ["found", "one"], ["result"], name="add"),
    ]
    if also is not None:
        nodes.append(helper.make_node(also[0], ["table"], [also[1]], name=also[1]))
    results = [node.output[0] for node in nodes[2:]]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "length"])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in results],
        [
            numpy_helper.from_array(np.ones(WIDTH, dtype=np.float32), "one"),
            numpy_helper.from_array(table, "table"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 23)], ir_version=11)
    path = folder / "network.onnx"
    onnx.save_model(model, str(path), save_as_external_data=True, location="w", size_threshold=0)
    return path


def taken(folder: Path, table: FloatArray) -> TokenTable:
    found = take_out(saved(folder, table), folder / "apart.onnx")
    assert found is not None
    return found


def run(model: onnx.ModelProto, feed: dict[str, npt.NDArray[np.generic]]) -> FloatArray:
    providers = ["CPUExecutionProvider"]
    result: FloatArray = ort.InferenceSession(model.SerializeToString(), providers=providers).run(
        ["result"], feed
    )[0]
    return result


def test_a_network_without_its_table_takes_rows_in_place_of_tokens(tmp_path: Path) -> None:
    values = steps(8)
    table = taken(tmp_path, values)
    apart = onnx.load(str(tmp_path / "apart.onnx"))
    assert [each.name for each in apart.graph.initializer] == ["one"]
    np.testing.assert_array_equal(run(apart, {**table.feed(IDS)}), values[IDS] + 1)
    np.testing.assert_array_equal(table.values, values)


@pytest.mark.parametrize(("largest", "bits"), [(8, 4), (128, 8)])
def test_a_table_in_blocks_of_as_many_bits_as_it_takes_is_looked_up_the_same(
    tmp_path: Path, largest: int, bits: int
) -> None:
    values = steps(largest)
    quantized = taken(tmp_path, values).quantized()
    assert quantized.bits == bits
    model = onnx.load(str(tmp_path / "apart.onnx"))
    quantized.put_into(model)
    assert [each.name for each in model.graph.input] == ["input_ids"]
    every = np.arange(TOKENS)[np.newaxis]
    np.testing.assert_allclose(run(model, {"input_ids": every}), values[every] + 1, atol=1e-6)


def test_blocks_of_8_bits_lose_little_of_any_table(tmp_path: Path) -> None:
    values = np.random.default_rng(7).normal(size=(TOKENS, WIDTH)).astype(np.float32)
    quantized = taken(tmp_path, values).quantized()
    assert quantized.bits == 8
    model = onnx.load(str(tmp_path / "apart.onnx"))
    quantized.put_into(model)
    found = run(model, {"input_ids": IDS}) - 1
    assert float(np.linalg.norm(found - values[IDS]) / np.linalg.norm(values[IDS])) < 0.01


def test_another_network_reads_the_rows_of_the_first_ones_file(tmp_path: Path) -> None:
    values = steps(8)
    table = taken(tmp_path, values)
    first = onnx.load(str(tmp_path / "apart.onnx"))
    table.quantized().put_into(first)
    onnx.save_model(
        first,
        str(tmp_path / "first.onnx"),
        save_as_external_data=True,
        location="first.weights",
        size_threshold=1024,
    )
    second = onnx.load(str(tmp_path / "apart.onnx"))
    first = onnx.load(str(tmp_path / "first.onnx"), load_external_data=False)
    share_look_up(second, first, table.node)
    onnx.save(second, str(tmp_path / "second.onnx"))
    assert (tmp_path / "second.onnx").stat().st_size < TOKENS * WIDTH / 2
    session = ort.InferenceSession(str(tmp_path / "second.onnx"))
    (found,) = session.run(["result"], {"input_ids": IDS})
    np.testing.assert_allclose(found, values[IDS] + 1, atol=1e-6)


def test_what_cannot_be_taken_out_stays(tmp_path: Path) -> None:
    target = tmp_path / "apart.onnx"
    assert take_out(saved(tmp_path, steps(8), ids="same"), target) is None  # by no input
    assert take_out(saved(tmp_path, steps(8), also=("Neg", "other")), target) is None
    small = steps(8)[: TOKENS // 2]
    assert take_out(saved(tmp_path, small), target) is None
    assert not target.exists()
