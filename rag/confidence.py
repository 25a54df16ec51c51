"""How likely it is that the best passage answers the question, and when to abstain."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from rag.errors import StoreError
from rag.retriever import Hit

#: Below the 0.24 that benchmarks/confidence.py finds, which refuses a twentieth of right answers.
DEFAULT_THRESHOLD = 0.2


@dataclass(frozen=True, slots=True)
class Logistic:
    """P = 1 / (1 + exp(-(bias + meaning * m + words * w + background * b))) of a hit's m, w, b."""

    bias: float
    meaning: float
    words: float
    background: float = 0.0

    def __call__(self, hit: Hit) -> float:
        z = self.bias + self.meaning * hit.meaning + self.words * hit.words
        z += self.background * hit.background
        return 1 / (1 + math.exp(-min(max(z, -60.0), 60.0)))


@dataclass(frozen=True, slots=True)
class Calibration:
    """One mapping for question and passage in one script, another for two; and the threshold."""

    same_script: Logistic
    across_scripts: Logistic
    threshold: float = DEFAULT_THRESHOLD

    def confidence(self, hit: Hit) -> float:
        """The estimated probability that the hit answers the question, between 0 and 1."""
        return (self.same_script if hit.same_script else self.across_scripts)(hit)

    def with_threshold(self, threshold: float) -> "Calibration":
        return replace(self, threshold=threshold)

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(self.to_json(), indent=1), encoding="utf-8")

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def load(cls, path: Path) -> "Calibration":
        """The calibration of a file, or the default when there is none.

        Raises StoreError when the file is damaged.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                _logistic(content["same_script"]),
                _logistic(content["across_scripts"]),
                float(content["threshold"]),
            )
        except (FileNotFoundError, NotADirectoryError):
            return DEFAULT
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise StoreError(
                f"The calibration {path} is damaged. Delete it to use the default, or make it "
                "again: wenda eval FILE --calibrate"
            ) from error


def _logistic(content: dict[str, Any]) -> Logistic:
    return Logistic(**{name: float(value) for name, value in content.items()})


def fit(
    hits: Sequence[Hit], right: Sequence[bool], fallback: Logistic, *, background: bool
) -> Logistic:
    """Logistic regression of `right` on the hits; `fallback` when there is too little to learn.

    `background` is for questions across scripts, where no words tell what is related.
    """
    if min(sum(right), len(right) - sum(right)) < 20:
        return fallback
    from sklearn.linear_model import LogisticRegression

    features = np.array([[hit.meaning, hit.words, hit.background * background] for hit in hits])
    model = LogisticRegression(C=1e4, max_iter=1000, class_weight="balanced")
    model.fit(features, np.array(right))
    meaning, words, common = model.coef_[0].tolist()
    return Logistic(float(model.intercept_[0]), meaning, words, common)


#: Fitted by benchmarks/confidence.py on XQuAD, Chinese and English questions.
DEFAULT = Calibration(Logistic(-46.9, 49.0, 21.6), Logistic(-24.1, 97.3, 1.0, -73.2))
