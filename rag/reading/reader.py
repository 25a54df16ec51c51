"""The reader: how likely it is that a passage answers, and the words that answer.

It is the embedding model itself over a question and a passage together, with upper layers that
learned to read (`training/reader/`, docs/reader.md). What they learned belongs to one model; it is
compiled beside that model's encoders, and an index carries it as it carries them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from rag.arrays import FloatArray, IntArray
from rag.encoding.onnx_encoder import READER_FILE, Network
from rag.encoding.tokenizer import QuestionTokenizer, own_tokens
from rag.index.corpus import EmbeddedParagraph

#: The largest number of tokens of a question, and of a question and a passage together.
_MOST_ASKED, _MOST = 64, 512
#: What XLM-R puts before, between and after two texts.
_BEGIN, _END = 0, 2
#: The longest answer in tokens.
_LONGEST = 48
#: The penalty on a longer answer, times the logarithm of its length: its two ends are scored
#: independently, and ends far apart are seldom both right.
_BREVITY = 0.4


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader says of a passage.

    `logit` is the log-odds that the passage answers, where as many passages do as do not. `start`
    and `end` are the characters of the words that would answer in the passage's text; `sure` is
    their probability among all words of the passage.
    """

    logit: float
    start: int
    end: int
    sure: float


class PassageReader(Protocol):
    """Reads passages. May be used by several threads at once."""

    def read_passages(self, question: str, passages: Sequence[EmbeddedParagraph]) -> list[Reading]:
        """A reading of each passage, in their order."""


class RunnableNetwork(Protocol):
    """A network with named inputs and outputs."""

    def run_network(
        self, outputs: Sequence[str], inputs: Mapping[str, npt.NDArray[Any]]
    ) -> list[Any]:
        """The outputs in the order of their names. `inputs` are arrays by name, in the shapes that
        the network declares.
        """


class Reader:
    """The `PassageReader` of an index."""

    def __init__(self, network: RunnableNetwork, tokenizer: QuestionTokenizer) -> None:
        self._network = network
        self._tokenizer = tokenizer

    def read_passages(self, question: str, passages: Sequence[EmbeddedParagraph]) -> list[Reading]:
        ids, encoding = self._tokenizer.encode(question)
        asked = ids[own_tokens(encoding, 0)[0]][:_MOST_ASKED]
        return [self._read(asked, passage) for passage in passages]

    def _read(self, asked: IntArray, passage: EmbeddedParagraph) -> Reading:
        before = f"{passage.context}\n" if passage.context else ""
        ids, encoding = self._tokenizer.encode(before + passage.text)
        kept, starts = own_tokens(encoding, 0)
        kept, starts = (each[: _MOST - len(asked) - 4] for each in (kept, starts))
        tokens = np.concatenate([[_BEGIN], asked, [_END, _END], ids[kept], [_END]])
        ends, answers = self._network.run_network(
            ("ends", "answers"), {"input_ids": tokens[np.newaxis].astype(np.int64)}
        )
        first = int(np.searchsorted(starts, len(before), side="right")) - 1 if before else 0
        if starts[first:].size and starts[first:][-1] < len(before) - 1:
            first += 1  # the text itself has no token
        return _reading(
            ends[0, len(asked) + 3 + first : -1],
            float(answers.item()),
            (starts[first:] - len(before)).clip(min=0),
            len(passage.text),
        )


def _reading(ends: FloatArray, logit: float, starts: IntArray, length: int) -> Reading:
    """The reading of logits, shape (tokens, 2), of the ends of an answer; `starts`, shape
    (tokens,), are the offsets of the tokens in the text.
    """
    if not len(starts):
        return Reading(logit, 0, 0, 0.0)
    first, last, score = best_span(ends)
    whole = ends.max(axis=0)
    sums = np.log(np.exp(ends - whole).sum(axis=0)) + whole
    after = starts[starts > starts[last]]
    end = int(after[0]) if len(after) else length
    return Reading(logit, int(starts[first]), end, float(np.exp(min(score - sums.sum(), 0.0))))


def best_span(ends: FloatArray) -> tuple[int, int, float]:
    """The best span by the logits of where it begins and ends, shape (tokens, 2): its first and
    last token, counted from 0, and its score.
    """
    begins, stops = ends[:, 0], ends[:, 1]
    found, best = (0, 0), -np.inf
    for more in range(min(_LONGEST, len(ends))):
        scores = begins[: len(ends) - more] + stops[more:] - _BREVITY * np.log1p(more)
        at = int(scores.argmax())
        if scores[at] > best:
            best, found = float(scores[at]), (at, at + more)
    return *found, best


def open_reader(folder: Path) -> Reader | None:
    """The reader that a generation's folder carries; None where its model has none."""
    path = folder / READER_FILE
    return Reader(Network(path), QuestionTokenizer(folder)) if path.is_file() else None
