"""Figures of a trained reader on pairs that were held out."""

import json
import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from rag.evaluation.calibration_metrics import auroc
from training.reader.network import ReaderNetwork
from training.reader.pairs import ACROSS, GONE, NEAR, PEOPLES, TrainingPair, TrainingPairs
from training.reader.scores import exact, overlap, span


@torch.inference_mode()
def judged(
    network: ReaderNetwork, pairs: TrainingPairs, chosen: Sequence[TrainingPair]
) -> list[dict[str, Any]]:
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


def report_held_out(network: ReaderNetwork, pairs: TrainingPairs) -> None:
    """Figures of what was held out, each set by itself and pairs of two languages."""
    by_set: dict[str, list[TrainingPair]] = {}
    for pair in pairs.held:
        asked, passage = (pairs.sets[place].name for place, _ in (pair.asked, pair.passage))
        name = asked if pair.kind != ACROSS else f"{asked} → {passage}"
        by_set.setdefault(name, []).append(pair)
    for name, chosen in sorted(by_set.items()):
        report(name, judged(network, pairs, chosen))
