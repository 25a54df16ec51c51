"""How likely it is that the best passage answers the question, and when to abstain."""

import json
import logging
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from rag.errors import StoreError
from rag.generation import Generation
from rag.retriever import Hit

_LOGGER = logging.getLogger(__name__)
#: The parts of a hit that its confidence is made of.
PARTS = ("meaning", "words", "background", "late", "together")
#: By hand: at 0.33 a twentieth of right answers would be refused within a script, at 0.07 across.
DEFAULT_THRESHOLD = 0.2
_FEWEST = 20


@dataclass(frozen=True, slots=True)
class Logistic:
    """P = 1 / (1 + exp(-z)), z being the bias and every part of a hit times its weight."""

    bias: float
    meaning: float
    words: float
    background: float = 0.0
    late: float = 0.0
    together: float = 0.0

    def __call__(self, hit: Hit) -> float:
        z = self.bias + sum(getattr(self, part) * getattr(hit, part) for part in PARTS)
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

    def save(self, path: Path, made_for: str) -> None:
        """Stores it for the indexes of one model, whatever documents they are of."""
        content = {"made_for": made_for, **self.to_json()}
        path.write_text(json.dumps(content, indent=1), encoding="utf-8")

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def load(cls, path: Path, generation: Generation) -> "Calibration":
        """The calibration of a file, or the default when there is none for the index's model.

        Raises StoreError when the file is damaged.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            if content.get("made_for") != scale_of(generation):
                _LOGGER.warning(
                    "The calibration %s was made for another model or another setting of "
                    "WENDA_LATE_INTERACTION, and is not used. Make it again: "
                    "wenda eval FILE --calibrate",
                    path,
                )
                return default_for(generation)
            return cls(
                _logistic(content["same_script"]),
                _logistic(content["across_scripts"]),
                float(content["threshold"]),
            )
        except (FileNotFoundError, NotADirectoryError):
            return default_for(generation)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise StoreError(
                f"The calibration {path} is damaged. Delete it to use the default, or make it "
                "again: wenda eval FILE --calibrate"
            ) from error


def scale_of(generation: Generation) -> str:
    """What decides how large scores are: the model, and whether tokens are compared."""
    late = "" if generation.tokens is None else " with late interaction"
    return generation.manifest.fingerprint + late


def _logistic(content: dict[str, Any]) -> Logistic:
    return Logistic(**{name: float(value) for name, value in content.items()})


def fit(labelled: Sequence[tuple[Hit, bool, float]], fallback: Logistic) -> Logistic:
    """Logistic regression of whether hits are right on their parts; each has a weight.

    The result is a probability where questions with and without an answer come as often as here,
    by weight. `fallback` is returned when there is too little to learn.
    """
    right = np.array([answers for _, answers, _ in labelled], dtype=np.bool_)
    if min(right.sum(), (~right).sum()) < _FEWEST:
        return fallback
    from sklearn.linear_model import LogisticRegression

    features = np.array([[getattr(hit, part) for part in PARTS] for hit, _, _ in labelled])
    weights = np.array([weight for _, _, weight in labelled])
    model = LogisticRegression(C=1e4, max_iter=5000).fit(features, right, sample_weight=weights)
    coefficients = dict(zip(PARTS, model.coef_[0].tolist(), strict=True))
    return Logistic(bias=float(model.intercept_[0]), **coefficients)


def default_for(generation: Generation) -> Calibration:
    """What is used until a calibration is made; for other models than the bundled, a guess."""
    return WITHOUT_TOKENS if generation.tokens is None else DEFAULT


#: Fitted by benchmarks/confidence.py on XQuAD, Chinese and English questions; the second with the
#: late interaction of the same hits left out.
DEFAULT = Calibration(
    Logistic(bias=-73.4, meaning=39.8, words=2.6, background=20.8, late=24.3, together=8.6),
    Logistic(bias=-40.9, meaning=54.6, words=0.3, background=-50.5, late=50.8),
)
WITHOUT_TOKENS = Calibration(
    Logistic(bias=-86.0, meaning=59.3, words=8.5, background=36.5, together=10.4),
    Logistic(bias=-29.9, meaning=100.0, words=1.5, background=-67.9),
)
