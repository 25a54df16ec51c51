"""How well a confidence is calibrated, and what a threshold on it costs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

#: Bins of equal width, as in Guo et al.: the axis is the same for every question set, and a bin
#: with few questions weighs little. Confidences are mostly near 0 or 1, so nearly all bins of
#: equal mass would lie at the ends, where nothing is decided.
BINS = 10
_STEPS = 50


@dataclass(frozen=True, slots=True)
class Bin:
    """The outcomes with a confidence in (low, high], the first bin also those with 0.

    `confidence` is their mean confidence, `right` the share of them that were right.
    """

    low: float
    high: float
    count: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Cost:
    """The shares of questions refused below a threshold; None where there are no such questions.

    `near` is the share of answerable questions whose right passage was left out.
    """

    threshold: float
    answerable: float | None
    unrelated: float | None
    near: float | None


def reliability(confidences: Sequence[float], right: Sequence[bool]) -> list[Bin]:
    """The bins of a reliability diagram that are not empty, from low to high."""
    sure, hit = np.array(confidences, dtype=float), np.array(right, dtype=float)
    owners = np.searchsorted(np.arange(1, BINS) / BINS, sure, side="left")
    bins = []
    for number in np.unique(owners).tolist():
        mine = owners == number
        bins.append(
            Bin(
                low=number / BINS,
                high=(number + 1) / BINS,
                count=int(mine.sum()),
                confidence=round(float(sure[mine].mean()), 4),
                right=round(float(hit[mine].mean()), 4),
            )
        )
    return bins


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """The expected calibration error, 0 to 1: sum over bins of count/n · |right - confidence|.

    Guo et al. 2017, On Calibration of Modern Neural Networks, equation 3.
    """
    if not bins:
        return None
    gap = sum(each.count * abs(each.right - each.confidence) for each in bins)
    return round(gap / sum(each.count for each in bins), 4)


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """The area under the ROC curve: the chance that a positive outranks a negative, ties counting
    half (Mann-Whitney U).
    """
    if not positive or not negative:
        return None
    low = np.sort(np.array(negative))
    high = np.array(positive)
    below = np.searchsorted(low, high, side="left") + np.searchsorted(low, high, side="right")
    return round(float(below.mean()) / (2 * len(low)), 4)


def refused_at(share: float, known: Sequence[float], unknown: Sequence[float]) -> float | None:
    """The share of unanswerable questions (`unknown`) refused by the highest threshold that refuses
    at most `share` of the answerable ones (`known`). Confidences at the threshold are answered.
    """
    if not known or not unknown:
        return None
    return _below(unknown, sorted(known)[int(share * len(known))])


def costs(known: Sequence[float], unrelated: Sequence[float], near: Sequence[float]) -> list[Cost]:
    """What thresholds from 0 to 1 refuse of three groups of questions, given by confidences."""
    return [
        Cost(threshold, *(_below(group, threshold) for group in (known, unrelated, near)))
        for threshold in (step / _STEPS for step in range(_STEPS + 1))
    ]


def _below(values: Sequence[float], threshold: float) -> float | None:
    if not values:
        return None
    return round(sum(value < threshold for value in values) / len(values), 4)
