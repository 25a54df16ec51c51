"""The reader: how likely it is that a passage answers, and the words that answer.

A small network (`training/reader/`, docs/reader.md) that takes the states of a question's tokens
and the codes of a passage's, as the index keeps them. It was trained on those of one model and
reads those of no other.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from rag.arrays import FloatArray
from rag.encoding.onnx_encoder import Network
from rag.index.generation import Generation
from rag.index.tokens.token_segments import PassageTokens

_NETWORK = "reader.onnx"
#: The fingerprint of the model it is for.
_FACTS = "reader.json"
#: The longest answer in tokens.
_LONGEST = 48
#: What a longer answer must be better by, times the logarithm of its length: its two ends are
#: judged apart, and far ends together are seldom right.
_BREVITY = 0.4
_OUTPUTS = ("ends", "answers")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader says of a passage.

    `logit` is that of answering, where as many passages answer as do not. `first` and `last` are
    the tokens of the words that would answer, counted from the passage's first token, its
    context's included; `sure` is their probability among all words of the passage.
    """

    logit: float
    first: int
    last: int
    sure: float


class PassageReader(Protocol):
    """Reads passages. May be used by several threads at once."""

    def read_passages(self, question: FloatArray, passages: PassageTokens) -> list[Reading]:
        """What it says of each of one or more passages.

        `question` has the unit states of the question's tokens, shape (layers, tokens, dimension).
        """


class RunnableNetwork(Protocol):
    """A network with named inputs and outputs."""

    def run(self, outputs: Sequence[str], inputs: Mapping[str, npt.NDArray[Any]]) -> list[Any]:
        """The outputs, in the order of their names."""


class Reader:
    """The `PassageReader` of the package."""

    def __init__(self, network: RunnableNetwork, rotation: FloatArray) -> None:
        """`rotation` is what the passages' states were rotated with."""
        self._network = network
        self._rotation = rotation

    def read_passages(self, question: FloatArray, passages: PassageTokens) -> list[Reading]:
        layers, tokens, dimension = question.shape
        rotated = (question @ self._rotation).swapaxes(0, 1).reshape(tokens, layers * dimension)
        count, longest = len(passages.codes), max(map(len, passages.codes))
        codes = np.zeros((count, longest, passages.codes[0].shape[1]), dtype=np.uint8)
        mask = np.zeros((count, longest), dtype=np.float32)
        text = np.zeros((count, longest), dtype=np.float32)
        for at, (each, starts) in enumerate(
            zip(passages.codes, passages.sentence_starts, strict=True)
        ):
            codes[at, : len(each)] = each
            mask[at, : len(each)] = 1
            text[at, int(starts[0]) : len(each)] = 1
        inputs: dict[str, npt.NDArray[Any]] = {
            "question": np.repeat(rotated[np.newaxis], count, axis=0).astype(np.float32),
            "codes": codes,
            "mask": mask,
            "text": text,
        }
        ends, answers = self._network.run(_OUTPUTS, inputs)
        return [_reading(*each) for each in zip(ends, answers.tolist(), text, strict=True)]


def _reading(ends: FloatArray, logit: float, text: FloatArray) -> Reading:
    first, last, score = best_span(ends)
    within = ends[text > 0]
    whole = within.max(axis=0)
    sums = np.log(np.exp(within - whole).sum(axis=0)) + whole
    return Reading(logit, first, last, float(np.exp(min(score - sums.sum(), 0.0))))


def best_span(ends: FloatArray) -> tuple[int, int, float]:
    """The best words by the logits of where they begin and end, shape (tokens, 2): the first and
    the last token, and their score.
    """
    begins, stops = ends[:, 0], ends[:, 1]
    found, best = (0, 0), -np.inf
    for more in range(min(_LONGEST, len(ends))):
        scores = begins[: len(ends) - more] + stops[more:] - _BREVITY * np.log1p(more)
        at = int(scores.argmax())
        if scores[at] > best:
            best, found = float(scores[at]), (at, at + more)
    return *found, best


@cache
def made_for() -> str | None:
    """The fingerprint of the model that the package's reader is for; None where it has none."""
    file = resources.files("rag.reading").joinpath(_FACTS)
    if not file.is_file():
        return None
    return str(json.loads(file.read_text(encoding="utf-8"))["fingerprint"])


@cache
def _network() -> Network:
    with resources.as_file(resources.files("rag.reading").joinpath(_NETWORK)) as path:
        return Network(Path(path))


def reader_of(generation: Generation) -> Reader | None:
    """The package's reader for an index; None where it keeps no tokens, or those of another model
    than the reader was made for.
    """
    maxsim = generation.maxsim
    if maxsim is None or generation.manifest.fingerprint != made_for():
        return None
    return Reader(_network(), maxsim.rotation)
