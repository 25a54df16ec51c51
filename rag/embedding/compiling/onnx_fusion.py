"""Rewrites a network's graph so that it computes the same with fewer operations between its matrix
products.
"""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

_HEADS_FIRST = [0, 2, 1, 3]

Array = npt.NDArray[Any]


def save_network(model: Any, path: Path) -> None:
    """Saves a network of any size; its weights go into a file of their own."""
    onnx.save_model(model, str(path), save_as_external_data=True, location=f"{path.stem}.weights")


def simplify(source: Path, target: Path) -> None:
    """Writes the network with attention that splits tokens into heads itself, and with one matrix
    product where several share their input, as those of queries, keys and values do.

    Other patterns are left as they are.
    """
    model = onnx.load(str(source))
    graph = _Graph(model.graph)
    if not graph.branches:
        for attention in graph.nodes("Attention"):
            graph.part_inside(attention)
        for name in dict.fromkeys(product.input[0] for product in graph.nodes("MatMul")):
            graph.join_products(name)
        graph.drop_unused_constants()
    save_network(model, target)


@dataclass(frozen=True, slots=True)
class _Linear:
    """A product with a constant matrix, and the sum of it and a constant vector."""

    product: Any
    total: Any
    weight: Array
    bias: Array


@dataclass(frozen=True, slots=True)
class _Parted:
    """A value of shape (batch, tokens, heads * size), split into heads by two nodes."""

    value: str
    heads: int
    nodes: tuple[Any, Any]


class _Graph:
    """A graph, with the producer and the consumers of each of its values."""

    def __init__(self, graph: Any) -> None:
        self._graph = graph
        self._constants = {each.name: each for each in graph.initializer}
        known = (*graph.value_info, *graph.output)
        self._ranks = {each.name: len(each.type.tensor_type.shape.dim) for each in known}
        self._results = {each.name for each in graph.output}
        self._makers = {name: node for node in graph.node for name in node.output}
        self._takers: dict[str, list[Any]] = defaultdict(list)
        for node in graph.node:
            for name in node.input:
                self._takers[name].append(node)

    @property
    def branches(self) -> bool:
        """Whether nodes have graphs of their own, which may take any value of this one."""
        return any(each.g.node for node in self._graph.node for each in node.attribute)

    def nodes(self, kind: str) -> list[Any]:
        return [node for node in self._graph.node if node.op_type == kind]

    def part_inside(self, attention: Any) -> None:
        """Gives attention tokens that are not split into heads; it splits them without moving
        anything.
        """
        parted = [self._parted(name) for name in attention.input[:3]]
        moved = self._taker(attention.output[0], "Transpose")
        if None in parted or moved is None or not _puts_heads_first(moved):
            return
        joined = self._taker(moved.output[0], "Reshape")
        if joined is None or self._ranks.get(joined.output[0]) != 3:
            return
        query, key, value = (each for each in parted if each is not None)
        attention.input[:3] = [query.value, key.value, value.value]
        attention.output[0] = joined.output[0]
        heads = {"q_num_heads": query.heads, "kv_num_heads": key.heads}
        attention.attribute.extend(helper.make_attribute(*each) for each in heads.items())
        for node in (*query.nodes, *key.nodes, *value.nodes, moved, joined):
            self._graph.node.remove(node)

    def _parted(self, name: str) -> _Parted | None:
        """The input of attention, where it is split into heads for attention alone."""
        moved = self._makers.get(name)
        if self._taker(name, "Attention") is None or moved is None or not _puts_heads_first(moved):
            return None
        shaped = self._makers.get(moved.input[0])
        if shaped is None or self._taker(shaped.output[0], "Transpose") is None:
            return None
        shape = self._constant(shaped.input[1]) if shaped.op_type == "Reshape" else None
        if shape is None or len(shape) != 4 or self._ranks.get(shaped.input[0]) != 3:
            return None
        if shape[2] < 1:  # a number that depends on the input
            return None
        return _Parted(shaped.input[0], int(shape[2]), (moved, shaped))

    def join_products(self, name: str) -> None:
        """Joins all products of a value with constant matrices into one, where a bias follows."""
        products = [node for node in self._takers[name] if node.op_type == "MatMul"]
        linear = [each for each in map(self._linear, products) if each is not None]
        if len(linear) < 2:
            return
        constants = {
            f"{name}.weight": np.concatenate([each.weight for each in linear], axis=1),
            f"{name}.bias": np.concatenate([each.bias for each in linear]),
            f"{name}.sizes": np.array([len(each.bias) for each in linear]),
        }
        for constant, values in constants.items():
            self._graph.initializer.append(numpy_helper.from_array(values, constant))
        weight, bias, sizes = constants
        product, total = f"{name}.product", f"{name}.sum"
        results = [each.total.output[0] for each in linear]
        made = [
            helper.make_node("MatMul", [name, weight], [product], name=product),
            helper.make_node("Add", [product, bias], [total], name=total),
            helper.make_node("Split", [total, sizes], results, name=f"{name}.split", axis=-1),
        ]
        at = list(self._graph.node).index(linear[0].product)
        for node in reversed(made):
            self._graph.node.insert(at, node)
        for each in linear:
            self._graph.node.remove(each.product)
            self._graph.node.remove(each.total)

    def _linear(self, product: Any) -> _Linear | None:
        total = self._taker(product.output[0], "Add")
        weight = self._constant(product.input[1])
        if total is None or weight is None or weight.ndim != 2:
            return None
        (bias,) = (self._constant(each) for each in total.input if each != product.output[0])
        if bias is None or bias.shape != weight.shape[1:]:
            return None
        return _Linear(product, total, weight, bias)

    def _constant(self, name: str) -> Array | None:
        found = self._constants.get(name)
        return None if found is None else numpy_helper.to_array(found)

    def _taker(self, name: str, kind: str) -> Any | None:
        """The only consumer of a value, if it is of that kind."""
        takers = self._takers[name]
        alone = len(takers) == 1 and takers[0].op_type == kind and name not in self._results
        return takers[0] if alone else None

    def drop_unused_constants(self) -> None:
        used = {name for node in self._graph.node for name in node.input}
        for at in reversed(range(len(self._graph.initializer))):
            if self._graph.initializer[at].name not in used:
                del self._graph.initializer[at]


def _puts_heads_first(node: Any) -> bool:
    """Whether it turns (batch, tokens, heads, size) into (batch, heads, tokens, size), or back."""
    return node.op_type == "Transpose" and any(
        each.name == "perm" and list(each.ints) == _HEADS_FIRST for each in node.attribute
    )
