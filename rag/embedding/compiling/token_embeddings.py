"""The token embeddings of a network, kept apart from the network.

This table is most of a multilingual model (four fifths of the bundled one), and an input reads only
a few rows. So it stays in its file while the network is worked on, and is quantized in parts: to
4-bit blocks where their error is small, else to 8-bit blocks.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.external_data_helper import ExternalDataInfo

from rag.arrays import FloatArray
from rag.embedding.compiling.quantization import BLOCK, LOSS, Feed, in_blocks, left_of_blocks, lost

#: A table with fewer rows stays in the network.
_FEW_ROWS = 10_000
#: Rows on which the error of blocks is measured, and rows that are quantized at once.
_SAMPLED = 1000
_AT_ONCE = 1 << 14
#: The zero point in 8 bits.
_ZERO = 128
_DOMAIN = "com.microsoft"
_LOOK_UP = "GatherBlockQuantized"

ByteArray = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class TokenTable:
    """Vectors, shape (tokens, dimension), mapped from a file, and the node that looks them up."""

    values: FloatArray
    node: Any

    def feed(self, ids: npt.NDArray[np.int64]) -> Feed:
        """The input of a network without its table, for token ids of shape (1, tokens): their
        vectors, shape (1, tokens, dimension).
        """
        return {self.node.input[1]: ids, self.node.output[0]: self.values[ids]}

    def quantized(self) -> "QuantizedTable":
        """The table quantized in blocks along each vector."""
        sample = self.values[:: -(-len(self.values) // _SAMPLED)]
        bits = 4 if lost(left_of_blocks(sample), sample) < LOSS else 8
        codes, scales = zip(*(_codes(part, bits) for part in self._parts()), strict=True)
        return QuantizedTable(
            bits, np.concatenate(codes), np.concatenate(scales), self.values.shape, self.node
        )

    def _parts(self) -> Iterator[FloatArray]:
        for first in range(0, len(self.values), _AT_ONCE):
            yield self.values[first : first + _AT_ONCE]


@dataclass(frozen=True, slots=True)
class QuantizedTable:
    """Numbers of 4 or 8 bits, the first of two in the lower half of a byte, and a scale a block."""

    bits: int
    codes: ByteArray
    scales: FloatArray
    shape: tuple[int, ...]
    node: Any

    def put_into(self, model: Any) -> None:
        """Makes a network look its token embeddings up in this table."""
        graph, name, result = model.graph, self.node.input[0], self.node.output[0]
        kind = TensorProto.INT4 if self.bits == 4 else TensorProto.UINT8
        codes = helper.make_tensor(
            f"{name}.codes", kind, self.shape, self.codes.tobytes(), raw=True
        )
        scales = numpy_helper.from_array(self.scales, f"{name}.scales")
        graph.initializer.extend([codes, scales])
        look_up = helper.make_node(
            _LOOK_UP,
            [codes.name, self.node.input[1], scales.name],
            [result],
            name=self.node.name,
            domain=_DOMAIN,
            gather_axis=0,
            quantize_axis=1,
            block_size=BLOCK,
            bits=self.bits,
        )
        _insert(model, look_up)


def _insert(model: Any, look_up: Any) -> None:
    """Puts a node that looks token embeddings up in the place of the input that they are."""
    (taken,) = (each for each in model.graph.input if each.name == look_up.output[0])
    model.graph.input.remove(taken)
    model.graph.node.insert(0, look_up)
    if all(each.domain != _DOMAIN for each in model.opset_import):
        model.opset_import.append(helper.make_opsetid(_DOMAIN, 1))


def share_look_up(model: Any, other: Any, node: Any) -> None:
    """Makes a network look its token embeddings up in the table of another network, whose weights
    stay in the file that they are in; both belong into one folder. `node` is the one that looked
    them up.
    """
    (found,) = (each for each in other.graph.node if each.op_type == _LOOK_UP)
    names = {found.input[0], found.input[2]}
    model.graph.initializer.extend(e for e in other.graph.initializer if e.name in names)
    look_up = helper.make_node(
        _LOOK_UP,
        [found.input[0], node.input[1], found.input[2]],
        [node.output[0]],
        name=node.name,
        domain=_DOMAIN,
    )
    look_up.attribute.extend(found.attribute)
    _insert(model, look_up)


def take_out(source: Path, target: Path) -> TokenTable | None:
    """Writes a network, whose weights lie in a file beside it, without its table, whose rows become
    an input. None, and nothing is written, where it has no large one that its input looks up.
    """
    model = onnx.load(str(source), load_external_data=False)
    graph = model.graph
    node = _look_up(graph)
    if node is None:
        return None
    (table,) = (each for each in graph.initializer if each.name == node.input[0])
    (ids,) = (each for each in graph.input if each.name == node.input[1])
    where = ExternalDataInfo(table)
    shape = tuple(table.dims)
    values = np.memmap(source.parent / where.location, "<f4", "r", where.offset or 0, shape)
    rows = helper.make_tensor_value_info(node.output[0], TensorProto.FLOAT, None)
    rows.type.tensor_type.shape.dim.extend(ids.type.tensor_type.shape.dim)
    rows.type.tensor_type.shape.dim.add(dim_value=shape[1])
    graph.input.append(rows)
    graph.initializer.remove(table)
    graph.node.remove(node)
    onnx.save(model, str(target))
    return TokenTable(np.asarray(values), node)


def _look_up(graph: Any) -> Any | None:
    """The one node that looks an input up in a large table that nothing else takes."""
    inputs = {each.name for each in graph.input}
    taken = Counter(name for node in graph.node for name in node.input)
    large = {
        each.name
        for each in graph.initializer
        if len(each.dims) == 2
        and each.dims[0] >= _FEW_ROWS
        and each.data_type == TensorProto.FLOAT
        and each.data_location == TensorProto.EXTERNAL
        and taken[each.name] == 1
    }
    found = [
        node
        for node in graph.node
        if node.op_type == "Gather" and node.input[0] in large and node.input[1] in inputs
    ]
    return found[0] if len(found) == 1 else None


def _codes(rows: FloatArray, bits: int) -> tuple[ByteArray, FloatArray]:
    """Numbers of 4 bits two a byte, or of 8 bits above `_ZERO`, and the scales of their blocks."""
    numbers, scales = in_blocks(rows, bits)
    flat = numbers.reshape(len(rows), -1)[:, : rows.shape[1]]
    if bits == 8:
        return (flat + _ZERO).astype(np.uint8), scales
    halves = (flat & 0xF).astype(np.uint8).ravel()
    even = np.append(halves, np.uint8(0)) if len(halves) % 2 else halves
    return (even[::2] | even[1::2] << 4).astype(np.uint8), scales
