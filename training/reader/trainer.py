"""Trains a network on pairs, with checkpoints: an interrupted run goes on where it was."""

import random
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from rag.embedding.compiling.reader_weights import ReaderWeights
from rag.embedding.folder import ModelFolder
from training.reader.batches import Batch, padded, rivals
from training.reader.network import LearningWeights, ReaderNetwork
from training.reader.pairs import TrainingPairs

_BATCH = 32
_WARMUP = 0.04
_SMOOTHING = 0.04
#: What a span's loss counts beside that of answering.
_SPANS = 0.5
#: … and that of the order: a passage that answers is above another of the same question (the
#: pairwise logistic loss of RankNet, Burges et al., 2005).
_ORDER = 0.5
_EMA = 0.998
_EVERY = 100
#: The heads learn faster than the layers, which know something already.
_HEADS = 8.0


@dataclass(slots=True)
class TrainingProgress:
    """How far a run has come: `seconds` of work, `steps`, and epochs begun."""

    seconds: float = 0.0
    steps: int = 0
    epoch: int = 0
    losses: list[tuple[float, float, float]] = field(default_factory=list)


def weights_before(start: str, model: ModelFolder) -> dict[str, Tensor]:
    """What a reader has learned before, by name: `package` for the package's, or a checkpoint."""
    if start != "package":
        content = torch.load(start, map_location="cpu", weights_only=True)
        average: dict[str, Tensor] = content["average"]
        return average
    learned = ReaderWeights.of_package(model)
    if learned is None:
        raise ValueError("The package's reader is of another model.")
    base = {
        name: each.detach().numpy() for name, each in ReaderNetwork(model.path).learning().items()
    }
    return {name: torch.from_numpy(each) for name, each in learned.applied(base).items()}


class Trainer:
    """A network in training, with the moving average of its weights."""

    def __init__(
        self,
        pairs: TrainingPairs,
        model: Path,
        folder: Path,
        minutes: float,
        seed: int,
        rate: float,
        start: Mapping[str, Tensor] | None = None,
    ) -> None:
        """`start` has weights that were learned before, by name, to go on from."""
        torch.manual_seed(seed)
        self.pairs, self._seconds = pairs, minutes * 60
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._rate, self._seed = rate, seed
        self.network = ReaderNetwork(model).to(self._device)
        self._weights = LearningWeights(self.network, start or {})
        self.network.to(torch.bfloat16)
        self._optimizer = torch.optim.AdamW(self._groups(), betas=(0.9, 0.98), fused=True)
        self.progress = TrainingProgress()
        self._checkpoint = folder / "checkpoint.pt"
        if self._checkpoint.exists():
            self._restore()
        self._weights.put(1.0)

    def _groups(self) -> list[dict[str, object]]:
        named = self._weights.now.items()
        heads = [each for name, each in named if not name.startswith("encoder.")]
        layers = [each for name, each in named if name.startswith("encoder.") and each.ndim > 1]
        rest = [each for name, each in named if name.startswith("encoder.") and each.ndim == 1]
        return [
            {"params": heads, "times": _HEADS, "weight_decay": 0.01},
            {"params": layers, "times": 1.0, "weight_decay": 0.01},
            {"params": rest, "times": 1.0, "weight_decay": 0.0},
        ]

    def run(self) -> None:
        """Trains until the time is used up; the network has the average of its weights then."""
        while self.progress.seconds < self._seconds:
            rng = random.Random(self._seed + self.progress.epoch)  # noqa: S311
            self.progress.epoch += 1
            for batch in self.pairs.epoch(rng, _BATCH):
                began = time.monotonic()
                self._step(batch)
                self.progress.seconds += time.monotonic() - began
                if self.progress.steps % _EVERY == 0:
                    self._save()
                    self._tell()
                if self.progress.seconds >= self._seconds:
                    break
        self._save()
        self._weights.put_average()

    def _step(self, batch: Batch) -> None:
        self.network.train()
        share = min(self.progress.seconds / self._seconds, 1.0)
        warm = min(share / _WARMUP, 1.0, (self.progress.steps + 1) / 50)
        for group in self._optimizer.param_groups:
            group["lr"] = group["times"] * self._rate * warm * max(1.0 - share, 0.01)
        loss, parts = self._loss(batch)
        loss.backward()  # type: ignore[no-untyped-call]
        self._weights.take_gradients()
        torch.nn.utils.clip_grad_norm_(self._weights.now.values(), 1.0)
        self._optimizer.step()
        self.progress.steps += 1
        self.progress.losses = [*self.progress.losses[1 - _EVERY :], parts]
        self._weights.put(min(_EMA, (1 + self.progress.steps) / (10 + self.progress.steps)))

    def _loss(self, batch: Batch) -> tuple[Tensor, tuple[float, float, float]]:
        tokens = [each for _, each in batch]
        ends, judged = self.network(*(each.to(self._device) for each in padded(tokens)))
        answers = torch.tensor([float(pair.answers) for pair, _ in batch], device=self._device)
        smooth = answers * (1 - _SMOOTHING) + _SMOOTHING / 2
        judging = functional.binary_cross_entropy_with_logits(judged, smooth)
        right = [at for at, (pair, _) in enumerate(batch) if pair.answers]
        spans = judged.sum() * 0
        for side in range(2) if right else ():
            gold = [(tokens[at].first, tokens[at].last)[side] for at in right]
            target = torch.tensor(gold, device=self._device)
            spans = spans + functional.cross_entropy(ends[right, :, side], target) / 2
        above, below = rivals(batch)
        order = functional.softplus(judged[below] - judged[above]).mean() if above else spans * 0
        loss = judging + _SPANS * spans * len(right) / len(batch) + _ORDER * order
        return loss, (judging.item(), spans.item(), order.item())

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
            "now": self._weights.now,
            "average": self._weights.average,
            "optimizer": self._optimizer.state_dict(),
            "progress": asdict(self.progress),
        }
        torch.save(content, fresh)
        fresh.replace(self._checkpoint)

    @torch.no_grad()
    def _restore(self) -> None:
        content = torch.load(self._checkpoint, map_location=self._device, weights_only=True)
        for name in self._weights.now:
            self._weights.now[name].copy_(content["now"][name])
            self._weights.average[name].copy_(content["average"][name])
        self._optimizer.load_state_dict(content["optimizer"])
        self.progress = TrainingProgress(**content["progress"])
