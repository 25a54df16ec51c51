"""Figures of a trained reader on pairs that were held out."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from rag.evaluation.calibration_metrics import auroc
from rag.reading.reader import best_span
from training.reader.batches import TrainingPair, padded
from training.reader.network import ReaderNetwork
from training.reader.pairs import TrainingPairs
from training.reader.scores import exact, overlap
from training.reader.texts import PairKind

_BATCH = 16


@torch.inference_mode()
def judged(
    network: ReaderNetwork, pairs: TrainingPairs, chosen: Sequence[TrainingPair]
) -> list[dict[str, Any]]:
    """What the network says of pairs, in an order of its own."""
    network.eval()
    device = next(network.parameters()).device
    found = []
    for batch in pairs.batches([[each] for each in chosen], _BATCH):
        inputs = padded([tokens for _, tokens in batch])
        ends, answers = network(*(each.to(device) for each in inputs))
        for (pair, seen), end, logit in zip(
            batch, ends.cpu().numpy(), answers.cpu().tolist(), strict=True
        ):
            first, last, _score = best_span(end[seen.begin : len(seen.ids) - 1])
            words = pairs.words(pair, first + seen.offset, last + seen.offset)
            gold = pairs.words(pair, pair.first, pair.last) if pair.answers else ""
            found.append({"pair": pair, "logit": logit, "words": words, "gold": gold})
    return found


def report(name: str, found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Figures of spans and of answerability."""
    right = [each for each in found if each["gold"]]
    wrong = {
        kind.value: [each["logit"] for each in found if _is_wrong(each["pair"], kind)]
        for kind in PairKind
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


def _is_wrong(pair: TrainingPair, kind: PairKind) -> bool:
    return pair.kind is kind and not pair.answers


def report_held_out(network: ReaderNetwork, pairs: TrainingPairs) -> None:
    """Figures of what was held out, each set by itself and pairs of two languages."""
    by_set: dict[str, list[TrainingPair]] = {}
    for pair in pairs.held:
        asked, passage = (pairs.sets[at].texts.name for at, _ in (pair.asked, pair.passage))
        name = asked if pair.kind is not PairKind.ACROSS else f"{asked} → {passage}"
        by_set.setdefault(name, []).append(pair)
    for name, chosen in sorted(by_set.items()):
        report(name, judged(network, pairs, chosen))
