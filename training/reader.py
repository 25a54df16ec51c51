"""Trains the reader of the bundled model, in one command.

    python -m training.reader SQUAD2_ZH.json CMRC2018_TRAIN.json … --work DIR --minutes 90

The files are in SQuAD's format. What is made of them once (states of questions, codes of passages)
and the checkpoints lie in DIR: an interrupted run goes on where it was. At the end the figures on
what was held out are printed; `training.reader_export` writes the weights into the package. On a
GPU where there is one, else on the processor.
"""

import argparse
import json
import os
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that spin starve on a shared machine

import numpy as np
import torch
from torch import Tensor, distributed, nn
from torch.multiprocessing.spawn import spawn
from torch.nn import functional

from rag.evaluation.calibration_metrics import auroc
from training.reader_data import Encoders, collect, encode
from training.reader_network import ReaderNetwork, Shape
from training.reader_pairs import ACROSS, GONE, NEAR, PEOPLES, Pair, Pairs
from training.reader_scores import exact, overlap, span

_WARMUP = 0.03
_SMOOTHING = 0.05
_EMA = 0.999
_EVERY = 250


@dataclass(slots=True)
class Progress:
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

    def share(self, batches: Iterator[list[Pair]]) -> Iterator[list[Pair]]:
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
        self, pairs: Pairs, folder: Path, minutes: float, seed: int, rate: float, workers: Workers
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
        self.progress = Progress()
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

    def _step(self, batch: Sequence[Pair]) -> None:
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

    def _loss(self, batch: Sequence[Pair]) -> tuple[Tensor, Any]:
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
        self.progress = Progress(**content["progress"])


@torch.inference_mode()
def judged(network: ReaderNetwork, pairs: Pairs, chosen: Sequence[Pair]) -> list[dict[str, Any]]:
    """What the network says of pairs, in an order of its own."""
    network.eval()
    device = next(network.parameters()).device
    found = []
    for batch in pairs.batches(chosen, random.Random(0)):  # noqa: S311
        ends, answers = network(*(each.to(device) for each in pairs.tensors(batch)))
        for pair, end, logit in zip(batch, ends.cpu().numpy(), answers.cpu().tolist(), strict=True):
            first, last, score = span(end)
            words = pairs.words(pair, first, last)
            gold = pairs.words(pair, pair.first, pair.last) if pair.answers else ""
            found.append(
                {"pair": pair, "logit": logit, "words": words, "gold": gold, "score": score}
            )
    return found


def report(name: str, found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Figures of spans and of answerability."""
    right = [each for each in found if each["gold"]]
    wrong = {
        kind: [each["logit"] for each in found if each["pair"].kind == number]
        for kind, number in (("people's", PEOPLES), ("gone", GONE), ("near", NEAR))
    }
    line: dict[str, Any] = {"set": name, "answerable": len(right)}
    if right:
        line["f1"] = round(float(np.mean([overlap(e["words"], e["gold"]) for e in right])), 3)
        line["exact"] = round(float(np.mean([exact(e["words"], e["gold"]) for e in right])), 3)
        logits = [each["logit"] for each in right]
        for kind, values in wrong.items():
            if values:
                line[f"auroc {kind}"] = auroc(logits, values)
    print(json.dumps(line), flush=True)
    return line


def report_held_out(network: ReaderNetwork, pairs: Pairs) -> None:
    """Figures of what was held out, each set by itself and pairs of two languages."""
    by_set: dict[str, list[Pair]] = {}
    for pair in pairs.held:
        asked, passage = (pairs.sets[place].name for place, _ in (pair.asked, pair.passage))
        name = asked if pair.kind != ACROSS else f"{asked} → {passage}"
        by_set.setdefault(name, []).append(pair)
    for name, chosen in sorted(by_set.items()):
        report(name, judged(network, pairs, chosen))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--models", type=Path, default=Path.home() / ".cache" / "wenda")
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--workers", type=int, default=1, help="processes of one thread each")
    parser.add_argument("--limit", action="append", default=[], help="jaquad=1000: passages of it")
    parser.add_argument("--held-out", action="append", default=[], help="part of an article's name")
    options = parser.parse_args(arguments)
    limits = {name: int(most) for name, most in (each.split("=") for each in options.limit)}
    folders = []
    for path in options.files:
        folder = options.work / "data" / path.stem
        folders.append(folder)
        if not (folder / "passages.bounds.npy").exists():
            encode(
                collect([path], limits, options.seed), Encoders.of_bundled(options.models), folder
            )
    if options.workers == 1:
        _train(0, options, folders)
    else:
        arguments_of_each = (options, folders)
        spawn(_train, arguments_of_each, options.workers)  # type: ignore[no-untyped-call]


def _train(rank: int, options: argparse.Namespace, folders: Sequence[Path]) -> None:
    """What one worker does; the first one tells."""
    workers = Workers(rank, options.workers)
    if workers.count > 1:
        torch.set_num_threads(1)
        meeting = f"file://{options.work.absolute()}/workers"
        distributed.init_process_group(
            "gloo", init_method=meeting, rank=rank, world_size=workers.count
        )
    pairs = Pairs(folders, options.held_out)
    trainer = Trainer(pairs, options.work, options.minutes, options.seed, options.rate, workers)
    if rank == 0:
        count, held = len(pairs.train), len(pairs.held)
        print(f"{count} pairs to train on, {held} held out", flush=True)
    trainer.run()
    if rank == 0:
        report_held_out(trainer.average, pairs)


if __name__ == "__main__":
    main()
