"""Trains a network on pairs, with checkpoints: an interrupted run goes on where it was."""

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, distributed, nn
from torch.nn import functional

from training.reader.figures import report_held_out
from training.reader.network import ReaderNetwork, Shape
from training.reader.pairs import TrainingPair, TrainingPairs

_WARMUP = 0.03
_SMOOTHING = 0.05
_EMA = 0.999
_EVERY = 250


@dataclass(slots=True)
class TrainingProgress:
    """How far a run has come: `seconds` of work, `steps`, and epochs begun."""

    seconds: float = 0.0
    steps: int = 0
    epoch: int = 0
    losses: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Workers:
    """Processes that train one network, each on batches of its own, with one thread each: on a
    processor several threads for one small network mostly wait for each other.
    """

    rank: int = 0
    count: int = 1

    def share(self, batches: Iterator[list[TrainingPair]]) -> Iterator[list[TrainingPair]]:
        """Every worker's own batches, for each as many."""
        while len(some := list(islice(batches, self.count))) == self.count:
            yield some[self.rank]

    def mean(self, values: Tensor) -> Tensor:
        """The mean of what each worker has."""
        if self.count > 1:
            distributed.all_reduce(values)
            values /= self.count
        return values

    def average_gradients(self, network: nn.Module) -> None:
        if self.count == 1:
            return
        gradients = [each.grad for each in network.parameters() if each.grad is not None]
        flat = self.mean(torch.cat([each.flatten() for each in gradients]))
        sizes = [each.numel() for each in gradients]
        for each, part in zip(gradients, torch.split(flat, sizes), strict=True):
            each.copy_(part.view_as(each))


class Trainer:
    """A network in training, with the moving average of its weights."""

    def __init__(
        self,
        pairs: TrainingPairs,
        folder: Path,
        minutes: float,
        seed: int,
        rate: float,
        workers: Workers,
    ) -> None:
        torch.manual_seed(seed)
        self.pairs, self._folder, self._seconds = pairs, folder, minutes * 60
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._rate, self._seed, self._workers = rate, seed, workers
        self.network = ReaderNetwork(Shape()).to(self._device)
        self.average = ReaderNetwork(Shape()).to(self._device)
        self.average.load_state_dict(self.network.state_dict())
        self._optimizer = torch.optim.AdamW(
            self.network.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True
        )
        torch.manual_seed(seed + workers.rank)  # each drops out other numbers
        self.progress = TrainingProgress()
        self._checkpoint = folder / "checkpoint.pt"
        if self._checkpoint.exists():
            self._restore()

    def run(self) -> None:
        """Trains until the time is used up."""
        while self.progress.seconds < self._seconds:
            rng = random.Random(self._seed + self.progress.epoch)  # noqa: S311
            self.progress.epoch += 1
            for batch in self._workers.share(self.pairs.epoch(rng)):
                began = time.monotonic()
                self._step(batch)
                taken = time.monotonic() - began
                self.progress.seconds += self._workers.mean(torch.tensor([taken])).item()
                if self.progress.steps % _EVERY == 0 and self._workers.rank == 0:
                    self._save()
                    self._tell()
                if self.progress.seconds >= self._seconds:
                    break
        if self._workers.rank == 0:
            self._save()

    def _step(self, batch: Sequence[TrainingPair]) -> None:
        self.network.train()
        share = min(self.progress.seconds / self._seconds, 1.0)
        warm = min(share / _WARMUP, 1.0, (self.progress.steps + 1) / 100)
        rate = self._rate * warm * (0.5 + 0.5 * float(np.cos(np.pi * share)))
        for group in self._optimizer.param_groups:
            group["lr"] = max(rate, 1e-6)
        loss, parts = self._loss(batch)
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._workers.average_gradients(self.network)
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self._optimizer.step()
        self.progress.steps += 1
        self.progress.losses = [*self.progress.losses[1 - _EVERY :], parts]
        kept = min(_EMA, (1 + self.progress.steps) / (10 + self.progress.steps))
        with torch.no_grad():
            for mean, now in zip(self.average.parameters(), self.network.parameters(), strict=True):
                mean.lerp_(now, 1 - kept)

    def _loss(self, batch: Sequence[TrainingPair]) -> tuple[Tensor, Any]:
        inputs = [each.to(self._device) for each in self.pairs.tensors(batch)]
        ends, judged = self.network(*inputs)
        answers = torch.tensor([float(p.answers) for p in batch], device=self._device)
        smooth = answers * (1 - _SMOOTHING) + _SMOOTHING / 2
        judging = functional.binary_cross_entropy_with_logits(judged, smooth)
        with_answer = [at for at, p in enumerate(batch) if p.answers]
        spans = judged.sum() * 0
        if with_answer:
            text = inputs[4][with_answer]
            for side in range(2):
                gold = torch.tensor(
                    [batch[at].place[side] for at in with_answer],
                    device=self._device,
                )
                logs = ends[with_answer, :, side].log_softmax(1)
                one = -logs.gather(1, gold.unsqueeze(1)).mean()
                even = -((logs * text).sum(1) / text.sum(1)).mean()
                spans = spans + (1 - _SMOOTHING) * one + _SMOOTHING * even * 0.2
        loss = judging + spans * 0.5 * len(with_answer) / len(batch) * 1.5
        return loss, (judging.item(), float(spans.item()) / 2)

    def _tell(self) -> None:
        recent = np.array(self.progress.losses[-_EVERY:]).mean(axis=0).round(3).tolist()
        seconds, steps = self.progress.seconds, self.progress.steps
        print(
            f"step {steps}, epoch {self.progress.epoch}, {seconds:.0f} s: loss {recent}",
            flush=True,
        )

    def _save(self) -> None:
        fresh = self._checkpoint.with_suffix(".new")
        content = {
            "shape": asdict(self.network.shape),
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "progress": asdict(self.progress),
        }
        torch.save(content, fresh)
        fresh.replace(self._checkpoint)

    def _restore(self) -> None:
        content = torch.load(self._checkpoint, map_location=self._device, weights_only=True)
        self.network.load_state_dict(content["network"])
        self.average.load_state_dict(content["average"])
        self._optimizer.load_state_dict(content["optimizer"])
        self.progress = TrainingProgress(**content["progress"])


def train_as_worker(rank: int, options: argparse.Namespace, folders: Sequence[Path]) -> None:
    """What one worker does; the first one tells."""
    workers = Workers(rank, options.workers)
    if workers.count > 1:
        torch.set_num_threads(1)
        meeting = f"file://{options.work.absolute()}/workers"
        distributed.init_process_group(
            "gloo", init_method=meeting, rank=rank, world_size=workers.count
        )
    pairs = TrainingPairs(folders, options.held_out)
    trainer = Trainer(pairs, options.work, options.minutes, options.seed, options.rate, workers)
    if rank == 0:
        count, held = len(pairs.train), len(pairs.held)
        print(f"{count} pairs to train on, {held} held out", flush=True)
    trainer.run()
    if rank == 0:
        report_held_out(trainer.average, pairs)
