"""A question and a passage to train a reader on, and batches of them as tensors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from rag.arrays import IntArray
from training.reader.texts import PairKind

#: What XLM-R puts before, between and after two texts.
BEGIN, END, PAD = 0, 2, 1


@dataclass(frozen=True, slots=True)
class TrainingPair:
    """A question and a passage, each by the place of its set and its number; `first` and `last` are
    the tokens of the answer there, -1 where it has none.
    """

    asked: tuple[int, int]
    passage: tuple[int, int]
    first: int
    last: int
    kind: PairKind

    @property
    def answers(self) -> bool:
        return self.first >= 0


@dataclass(frozen=True, slots=True)
class PairTokens:
    """What the network sees of a pair: ids, where the passage's tokens begin among them (those that
    may answer), the answer's first and last, and the number of the token in the passage that stands
    at `begin`.
    """

    ids: IntArray
    begin: int
    first: int
    last: int
    offset: int


Batch = list[tuple[TrainingPair, PairTokens]]
#: Pairs of one question, the one that answers first.
PairGroup = Sequence[TrainingPair]


def rivals(batch: Batch) -> tuple[list[int], list[int]]:
    """Places of pairs that answer, and beside each the place of one of its group that does not."""
    right, wrong, last = [], [], None
    for at, (pair, _) in enumerate(batch):
        if pair.answers:
            last = at
        elif last is not None and batch[last][0].asked == pair.asked:
            right.append(last)
            wrong.append(at)
    return right, wrong


def padded(batch: Sequence[PairTokens]) -> tuple[Tensor, Tensor, Tensor]:
    """Ids, which of them are real, and which may answer, each of shape (pairs, tokens)."""
    longest = -(-max(len(each.ids) for each in batch) // 8) * 8
    ids = np.full((len(batch), longest), PAD, dtype=np.int64)
    mask = np.zeros((len(batch), longest), dtype=np.int64)
    text = np.zeros((len(batch), longest), dtype=np.bool_)
    for at, each in enumerate(batch):
        ids[at, : len(each.ids)] = each.ids
        mask[at, : len(each.ids)] = 1
        text[at, each.begin : len(each.ids) - 1] = True
    return torch.from_numpy(ids), torch.from_numpy(mask), torch.from_numpy(text)
