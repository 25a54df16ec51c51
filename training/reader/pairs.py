"""Pairs of a question and a passage to train a reader on, and batches of them as tensors."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from rag.index.tokens.maxsim import rotation_of
from training.reader.encoded import MappedTexts
from training.reader.neighbours import NEAREST, nearest_others, translations
from training.reader.texts import TrainingQuestion

#: Kinds of pairs: the passage answers; people wrote the question so that it looks so; the sentence
#: with the answer is gone; another passage, among the nearest; a shorter copy that answers; the
#: passage's translation.
GOLD, PEOPLES, GONE, NEAR, COPY, ACROSS = range(6)
_BATCH = 16
#: Tokens of a window, and the share of long passages that are taken whole.
_WINDOW = 176
_WHOLE = 0.08
#: How often a pair of a set comes in an epoch: CMRC's answers are clauses, SQuAD's a few words.
_SHARES = {"cmrc2018": 0.6, "jaquad": 0.9}
_SHORT = 1.8
#: Batches whose pairs are sorted by length together.
_SORTED = 80


@dataclass(frozen=True, slots=True)
class TrainingPair:
    """A question and a passage by their folders and numbers; `first` and `last` are the tokens of
    the answer there, -1 where it has none. Of a long passage only the tokens of `window` are taken.
    """

    asked: tuple[int, int]
    passage: tuple[int, int]
    first: int
    last: int
    kind: int
    window: tuple[int, int] | None = None

    @property
    def place(self) -> tuple[int, int]:
        """The first and last token of the answer, counted from the window's first."""
        begin = self.window[0] if self.window else 0
        return self.first - begin, self.last - begin

    @property
    def answers(self) -> bool:
        return self.first >= 0


class TrainingPairs:
    """All pairs of some folders, and each epoch's choice of them."""

    def __init__(self, folders: Sequence[Path], held_out: Sequence[str]) -> None:
        self.sets = [MappedTexts.open(folder) for folder in folders]
        self._held = tuple(held_out)
        dimension = self.sets[0].question_vectors.shape[1]
        self._rotation = rotation_of(dimension)
        self.train: list[TrainingPair] = []
        self.held: list[TrainingPair] = []
        self._near: dict[tuple[int, int], list[int]] = {}
        for place, each in enumerate(self.sets):
            self._collect(place, each)
        self._across()

    def _is_held(self, article: str) -> bool:
        return any(name in article for name in self._held)

    def _collect(self, place: int, each: MappedTexts) -> None:
        nearest = nearest_others(each)
        for number, asked in enumerate(each.questions):
            copied = each.passages[asked.passage].original >= 0
            pair = self._pair(place, number, place, asked.passage, asked, copied=copied)
            held = self._is_held(asked.article)
            (self.held if held else self.train).append(pair)
            if pair.answers and not copied:
                self._near[place, number] = nearest(number)
                if held and self._near[place, number]:
                    self.held.append(self._other(pair, 0))

    def _pair(
        self,
        place: int,
        number: int,
        where: int,
        passage: int,
        asked: TrainingQuestion,
        *,
        copied: bool,
    ) -> TrainingPair:
        if asked.end < 0:
            kind = GONE if copied else PEOPLES
            return TrainingPair((place, number), (where, passage), -1, -1, kind)
        found = self.sets[where]
        first, last = found.token(passage, asked.start), found.token(passage, asked.end - 1)
        kind = COPY if copied else GOLD
        return TrainingPair((place, number), (where, passage), first, last, kind)

    def _other(self, pair: TrainingPair, rank: int) -> TrainingPair:
        near = self._near[pair.asked]
        return TrainingPair(pair.asked, (pair.asked[0], near[rank % len(near)]), -1, -1, NEAR)

    def _across(self) -> None:
        """Questions with the passages of their translations, where a set is another's."""
        names = {each.name: place for place, each in enumerate(self.sets)}
        if "squad2_zh" not in names or "squad2_en" not in names:
            return
        zh, en = names["squad2_zh"], names["squad2_en"]
        for one, other in translations(self.sets[zh], self.sets[en]):
            for asker, where, theirs in ((zh, en, other), (en, zh, one)):
                number = one if asker == zh else other
                answered = self.sets[where].questions[theirs]
                pair = self._pair(asker, number, where, answered.passage, answered, copied=False)
                made = TrainingPair(pair.asked, pair.passage, pair.first, pair.last, ACROSS)
                held = self._is_held(answered.article) or self._is_held(
                    self.sets[asker].questions[number].article
                )
                (self.held if held else self.train).append(made)

    def epoch(self, rng: random.Random) -> Iterator[list[TrainingPair]]:
        """Batches of pairs of like length."""
        chosen = []
        for pair in self.train:
            name = self.sets[pair.asked[0]].name
            share = {COPY: 0.35, GONE: 0.8}.get(pair.kind, 1.0)
            share *= next((w for start, w in _SHARES.items() if name.startswith(start)), 1.0)
            if pair.answers and name.startswith("squad2") and pair.kind in (GOLD, ACROSS):
                share *= _SHORT
            chosen += [pair] * int(share + rng.random())
            if pair.kind == GOLD and self._near.get(pair.asked) and rng.random() < 0.5:
                rank = min(int(rng.expovariate(0.5)), NEAREST - 1)
                chosen.append(self._other(pair, rank))
        chosen = [self._windowed(pair, rng) for pair in chosen]
        rng.shuffle(chosen)
        yield from self.batches(chosen, rng)

    def _windowed(self, pair: TrainingPair, rng: random.Random) -> TrainingPair:
        """A part of a long passage, which holds the answer: training is shorter so."""
        length, size = self.length(pair), rng.randint(_WINDOW * 3 // 4, _WINDOW)
        if length <= size or rng.random() < _WHOLE:
            return pair
        low, high = 0, length - size
        if pair.answers:
            low = min(max(pair.last + 1 - size, 0), pair.first)
            high = max(min(pair.first, high), low)
        begin = rng.randint(low, high)
        end = max(begin + size, pair.last + 1)
        return replace(pair, window=(begin, min(end, length)))

    def batches(
        self, chosen: Sequence[TrainingPair], rng: random.Random
    ) -> Iterator[list[TrainingPair]]:
        at_once = _BATCH * _SORTED
        for first in range(0, len(chosen), at_once):
            part = sorted(chosen[first : first + at_once], key=self.length)
            made = [part[at : at + _BATCH] for at in range(0, len(part), _BATCH)]
            # Neighbours, which take as long, stay together: two processes wait for each other.
            couples = [made[at : at + 2] for at in range(0, len(made), 2)]
            rng.shuffle(couples)
            yield from (batch for couple in couples for batch in couple)

    def length(self, pair: TrainingPair) -> int:
        if pair.window:
            return pair.window[1] - pair.window[0]
        return self.sets[pair.passage[0]].length(pair.passage[1])

    def tensors(
        self, batch: Sequence[TrainingPair]
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """What the network takes."""
        questions = [self.sets[place].question(at) for place, at in (p.asked for p in batch)]
        longest = max(max(len(each) for each in questions), 1)
        width = questions[0].shape[1]
        dimension = len(self._rotation)
        q = np.zeros((len(batch), longest, width), dtype=np.float32)
        asked = np.zeros((len(batch), longest), dtype=np.float32)
        codes_of = [self._codes(pair) for pair in batch]
        most = max(len(each) for each in codes_of)
        codes = np.zeros((len(batch), most, codes_of[0].shape[1]), dtype=np.uint8)
        mask = np.zeros((len(batch), most), dtype=np.float32)
        text = np.zeros((len(batch), most), dtype=np.float32)
        for at, (pair, states, each) in enumerate(zip(batch, questions, codes_of, strict=True)):
            q[at, : len(states)] = states
            asked[at, : max(len(states), 1)] = 1
            codes[at, : len(each)] = each
            mask[at, : len(each)] = 1
            text[at, self._begin(pair) : len(each)] = 1
        q = (q.reshape(-1, dimension) @ self._rotation).reshape(q.shape)
        arrays = (q, asked, codes, mask, text)
        return tuple(map(torch.from_numpy, arrays))  # type: ignore[return-value]

    def words(self, pair: TrainingPair, first: int, last: int) -> str:
        """The characters of some tokens of a pair's passage."""
        found, number = self.sets[pair.passage[0]], pair.passage[1]
        starts, text = found.begins(number), found.passages[number].text
        after = starts[starts > starts[last]]
        end = int(after[0]) if len(after) else len(text)
        return text[int(starts[first]) : end].strip()

    def _codes(self, pair: TrainingPair) -> npt.NDArray[np.uint8]:
        found, number = self.sets[pair.passage[0]], pair.passage[1]
        codes = found.codes[found.bounds[number] : found.bounds[number + 1]]
        return codes[slice(*pair.window)] if pair.window else codes

    def _begin(self, pair: TrainingPair) -> int:
        found, number = self.sets[pair.passage[0]], pair.passage[1]
        begin = found.passages[number].begin
        first = found.token(number, begin) if begin else 0
        return max(first - pair.window[0], 0) if pair.window else first
