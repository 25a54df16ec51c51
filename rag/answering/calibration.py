"""How likely it is that the best passage answers the question, and when to abstain."""

import json
import logging
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from rag.durable import replace_file
from rag.errors import StoreError
from rag.index.generation import Generation
from rag.retrieval.retriever import Hit

_LOGGER = logging.getLogger(__name__)
#: The features of a hit for its confidence, and whether each speaks for an answer. The same
#: evidence says less within a language, where what is merely near shares words and vectors.
PARTS = {"cosine": 1, "lexical": 1, "maxsim": 1, "own_language": -1, "answers": 1}
#: Raise it when the features or their meanings change.
_SCALE = "scale 5"
#: Set by hand: at 0.33 a twentieth of right answers would be refused within a script, at 0.07
#: across.
DEFAULT_THRESHOLD = 0.2
_FEWEST = 20
#: Beside the generations, and of all of them that were built with one model.
CALIBRATION_FILE = "calibration.json"


@dataclass(frozen=True, slots=True)
class Logistic:
    """P = 1 / (1 + exp(-z)), where z is the bias plus the weighted sum of the features of a hit."""

    bias: float
    cosine: float = 0.0
    lexical: float = 0.0
    maxsim: float = 0.0
    own_language: float = 0.0
    answers: float = 0.0

    def __call__(self, hit: Hit, more: float = 0.0) -> float:
        z = self.bias + more + sum(getattr(self, part) * getattr(hit, part) for part in PARTS)
        return 1 / (1 + math.exp(-min(max(z, -60.0), 60.0)))


@dataclass(frozen=True, slots=True)
class Calibration:
    """The mapping from a hit's evidence to a confidence, one for passages of any language, and the
    threshold on that.
    """

    mapping: Logistic
    threshold: float = DEFAULT_THRESHOLD

    def confidence(self, hit: Hit, more: float = 0.0) -> float:
        """The estimated probability that the hit answers the question, between 0 and 1.

        `more` is added to its log-odds for other evidence.
        """
        return self.mapping(hit, more)

    def with_threshold(self, threshold: float) -> "Calibration":
        return replace(self, threshold=threshold)

    def save(self, path: Path, made_for: str) -> None:
        """Stores it for the indexes of one model, whatever documents they are of.

        Raises OSError when it cannot be written; the one before stays whole then.
        """
        content = {"made_for": made_for, **self.to_json()}
        replace_file(path, json.dumps(content, indent=1))

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
                    "The calibration %s was made for another model, another setting of "
                    "WENDA_LATE_INTERACTION or an earlier Wenda, and is not used. Make it again: "
                    "wenda eval FILE --calibrate",
                    path,
                )
                return default_for(generation)
            return cls(_logistic(content["mapping"]), float(content["threshold"]))
        except (FileNotFoundError, NotADirectoryError):
            return default_for(generation)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise StoreError(
                f"The calibration {path} is damaged. Delete it to use the default, or make it "
                "again: wenda eval FILE --calibrate"
            ) from error


def scale_of(generation: Generation) -> str:
    """The identity of a mapping: its features, the model, and whether tokens are compared."""
    late = "" if generation.tokens is None else " with late interaction"
    return f"{generation.manifest.fingerprint}{late}, {_SCALE}"


def _logistic(content: dict[str, Any]) -> Logistic:
    return Logistic(**{name: float(value) for name, value in content.items()})


def fit(labelled: Sequence[tuple[Hit, bool, float]], fallback: Logistic) -> Logistic:
    """Fits a logistic regression on the features of hits that are right or wrong, each with a
    weight.

    The result is a probability where questions with and without an answer come as often as here, by
    weight. A feature whose weight would have the opposite sign of that in PARTS is left out, the
    worst first. `fallback` is returned when there are too few hits to learn from.
    """
    right = np.array([answers for _, answers, _ in labelled], dtype=np.bool_)
    if min(right.sum(), (~right).sum()) < _FEWEST:
        return fallback
    from sklearn.linear_model import LogisticRegression

    weights = np.array([weight for _, _, weight in labelled])
    parts = list(PARTS)
    while True:
        features = np.array([[getattr(hit, part) for part in parts] for hit, _, _ in labelled])
        model = LogisticRegression(C=1e4, max_iter=5000).fit(features, right, sample_weight=weights)
        signs = np.array([PARTS[part] for part in parts])
        effects = model.coef_[0] * features.std(axis=0) * signs
        if effects.min() >= 0:
            break
        del parts[int(effects.argmin())]
    found = dict.fromkeys(PARTS, 0.0) | dict(zip(parts, model.coef_[0].tolist(), strict=True))
    return Logistic(bias=float(model.intercept_[0]), **found)


def default_for(generation: Generation) -> Calibration:
    """The calibration until one is made; for models other than the bundled one, a guess."""
    return WITHOUT_TOKENS if generation.tokens is None else DEFAULT


#: Fitted on kinds of reading exercises that were held out, and XQuAD, with unrelated questions of
#: other folders counting three times (docs/reader.md).
DEFAULT = Calibration(
    Logistic(-5.85, cosine=5.4, lexical=2.65, maxsim=5.8, own_language=-0.7, answers=0.57)
)
WITHOUT_TOKENS = Calibration(Logistic(-5.35, cosine=10.48, lexical=0.74))
