"""Quantizes a network's matrix products to 8 bits in spite of outliers.

A few channels of a transformer's activations are far larger than the rest; one scale for all of
them leaves too few of the 256 steps for the others. SmoothQuant (Xiao et al., 2023) divides each
channel j by a scale, and multiplies its weights by it, so that the product stays the same:

    s_j = max |x_j|^a / max |w_j|^b

Each product gets the a and b with the smallest error on a sample. A product whose error is still
too large gets weights in 4-bit blocks where those have a smaller one.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

from rag.arrays import FloatArray
from rag.embedding.compiling.onnx_fusion import save_network

BLOCK = 32
#: The relative error of a product from which on 4-bit blocks are tried.
LOSS = 0.02
#: The exponents that are tried: of the activations, and of the weights as a part of the rest.
_EXPONENTS = tuple(product((0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8), (0.0, 0.5)))
#: 7 bits: CPUs without VNNI add two products of 8 bits in 16.
_LARGEST_WEIGHT = 63
_LARGEST_ACTIVATION = 255

logging.getLogger("onnxruntime.quantization.matmul_nbits_quantizer").setLevel(logging.WARNING)

Feed = Mapping[str, npt.NDArray[Any]]


def blocks_of_4_bits(source: Path, target: Path) -> None:
    """Quantizes weights to 4 bits in blocks of 32, with 8-bit activations for each block. Writes
    one file.
    """
    _in_blocks(source, target, but=())


def _in_blocks(source: Path, target: Path, *, but: Sequence[str]) -> None:
    """All products but the named ones."""
    quantizer = MatMulNBitsQuantizer(
        onnx.load(str(source)),
        bits=4,
        block_size=BLOCK,
        is_symmetric=True,
        accuracy_level=4,
        nodes_to_exclude=list(but),
    )
    quantizer.process()
    quantizer.model.save_model_to_file(str(target), use_external_data_format=False)


def smoothed_8_bits(source: Path, target: Path, sample: Sequence[Feed]) -> None:
    """Quantizes weights to 7 bits with a scale for each channel, and activations to 8 bits
    dynamically, smoothed for a sample of inputs.

    Writes one file; intermediate ones go beside `source` and `target`.
    """
    smoothed, mixed = (target.with_suffix(f".{step}.onnx") for step in ("smoothed", "mixed"))
    _in_blocks(smoothed, mixed, but=_smooth(source, smoothed, sample))
    quantize_dynamic(
        str(mixed),
        str(target),
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        # What follows a product in blocks has no type that the quantizer would know.
        extra_options={"DefaultTensorType": TensorProto.FLOAT},
    )


def _smooth(source: Path, target: Path, sample: Sequence[Feed]) -> list[str]:
    """Writes the smoothed network; returns the names of the products to quantize to 8 bits."""
    model = onnx.load(str(source))
    network = _SmoothedGraph(model.graph)
    activations = _activations(source, list(network.products), sample)
    chosen = []
    for name, nodes in network.products.items():
        texts, weights = activations[name], [network.weights[node.input[1]] for node in nodes]
        scale, loss = _best_scale(texts, weights)
        if loss > LOSS and _loss_of_blocks(np.concatenate(texts), weights) < loss:
            continue
        network.smooth(name, nodes, scale)
        chosen += [node.name for node in nodes]
    save_network(model, target)
    return chosen


class _SmoothedGraph:
    """The products of a graph with constant weights, by the input that they share."""

    def __init__(self, graph: Any) -> None:
        self._graph = graph
        constants = {each.name: each for each in graph.initializer}
        self.products: dict[str, list[Any]] = {}
        self.weights: dict[str, FloatArray] = {}
        for node in graph.node:
            weight = constants.get(node.input[1]) if node.op_type == "MatMul" else None
            if weight is None or len(weight.dims) != 2:
                continue
            self.products.setdefault(node.input[0], []).append(node)
            self.weights[weight.name] = numpy_helper.to_array(weight)

    def smooth(self, name: str, nodes: Sequence[Any], scale: FloatArray) -> None:
        """Divides an input by a scale for these products, whose weights are multiplied by it."""
        inverse, divided = f"{name}.inverse", f"{name}.smoothed"
        self._graph.initializer.append(numpy_helper.from_array(1 / scale, inverse))
        first = next(at for at, node in enumerate(self._graph.node) if node.name == nodes[0].name)
        division = helper.make_node("Mul", [name, inverse], [divided], name=divided)
        self._graph.node.insert(first, division)
        for node in nodes:
            scaled = self.weights[node.input[1]] * scale[:, np.newaxis]
            weight = f"{node.name}.smoothed"
            self._graph.initializer.append(numpy_helper.from_array(scaled, weight))
            node.input[:] = [divided, weight]


def _activations(
    source: Path, names: Sequence[str], sample: Sequence[Feed]
) -> dict[str, list[FloatArray]]:
    """The activations of each input of the sample, shape (tokens, channels), by name."""
    model = onnx.load(str(source), load_external_data=False)
    model.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in names)
    watched = source.with_suffix(".watched.onnx")
    onnx.save_model(model, str(watched))
    session = ort.InferenceSession(str(watched), providers=["CPUExecutionProvider"])
    found: dict[str, list[FloatArray]] = {name: [] for name in names}
    for feed in sample:
        for name, values in zip(names, session.run(names, dict(feed)), strict=True):
            found[name].append(values.reshape(-1, values.shape[-1]))
    return found


def _best_scale(
    texts: Sequence[FloatArray], weights: Sequence[FloatArray]
) -> tuple[FloatArray, float]:
    """The scale that loses least, and the share of the products that it loses."""
    rows = np.concatenate(texts)
    exact = [rows @ weight for weight in weights]

    def loss(scale: FloatArray) -> float:
        quantized = np.concatenate([_activation(text / scale) for text in texts])
        found = (quantized @ _weight(weight * scale[:, np.newaxis]) for weight in weights)
        return max(lost(product, right) for product, right in zip(found, exact, strict=True))

    scales = list(_scales(rows, weights))
    losses = [loss(scale) for scale in scales]
    best = int(np.argmin(losses))
    return scales[best], losses[best]


def _scales(rows: FloatArray, weights: Sequence[FloatArray]) -> Iterator[FloatArray]:
    activation = np.abs(rows).max(axis=0)
    activation = np.maximum(activation, activation.max() * 1e-4 + 1e-9)
    weight = np.maximum(np.max([np.abs(each).max(axis=1) for each in weights], axis=0), 1e-6)
    for exponent, part in _EXPONENTS:
        scale = activation**exponent / weight ** (part * (1 - exponent))
        yield (scale / np.exp(np.log(scale).mean())).astype(np.float32)


def _activation(rows: FloatArray) -> FloatArray:
    """Activations after quantization to 8 bits with one scale."""
    low, high = min(float(rows.min()), 0.0), max(float(rows.max()), 0.0)
    step = (high - low) / _LARGEST_ACTIVATION or 1.0
    zero = round(-low / step)
    kept: FloatArray = (np.clip(np.round(rows / step) + zero, 0, _LARGEST_ACTIVATION) - zero) * step
    return kept


def _weight(weight: FloatArray) -> FloatArray:
    """Weights after quantization to 7 bits with a scale for each output."""
    step = np.maximum(np.abs(weight).max(axis=0), 1e-9) / _LARGEST_WEIGHT
    kept: FloatArray = np.round(weight / step) * step
    return kept


def in_blocks(rows: FloatArray, bits: int) -> tuple[npt.NDArray[np.int16], FloatArray]:
    """Integers of `bits` bits, and a scale for each block along the rows: shapes (rows,
    blocks, 32) and (rows, blocks).
    """
    count, width = rows.shape
    padded = np.zeros((count, -(-width // BLOCK) * BLOCK), dtype=np.float32)
    padded[:, :width] = rows
    blocks = padded.reshape(count, -1, BLOCK)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=2)[..., np.newaxis], axis=2)
    half = 1 << bits - 1
    steps = np.where(largest == 0, 1, largest / -half)
    numbers = np.clip(np.round(blocks / steps), -half, half - 1)
    return numbers.astype(np.int16), steps[:, :, 0].astype(np.float32)


def left_of_blocks(rows: FloatArray) -> FloatArray:
    """Values, shape (rows, columns), as 4-bit blocks along the rows restore them; same shape."""
    numbers, scales = in_blocks(rows, 4)
    kept: FloatArray = (numbers * scales[..., np.newaxis]).reshape(len(rows), -1)
    return kept[:, : rows.shape[1]]


def _loss_of_blocks(rows: FloatArray, weights: Sequence[FloatArray]) -> float:
    return max(lost(rows @ left_of_blocks(weight.T).T, rows @ weight) for weight in weights)


def lost(found: FloatArray, exact: FloatArray) -> float:
    """The relative error of values of any shape: the norm of the difference by that of `exact`."""
    return float(np.linalg.norm(found - exact) / (np.linalg.norm(exact) or 1.0))
