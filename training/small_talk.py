"""Fits what recognizes small talk (rag/answering/small_talk/), and reports how well it does.

    python -m training.small_talk DATA         DATA has the public question sets

It learns a regression from the vector of an utterance, without its language's mean, to its kind:
from `utterances.toml`, from questions that sound like it (`near_small_talk.toml`), and from
questions and answers of the public sets.
"""

import argparse
import json
import random
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from rag.answering.small_talk.recognizer import KINDS, WEIGHTS_FILE, known_utterances, resemblance
from rag.arrays import FloatArray
from rag.documents import sure_language
from rag.embedding.model import LocalModel
from rag.encoding.language_means import LanguageMeans
from rag.encoding.onnx_encoder import QuestionEncoder
from rag.progress import silent

_NEAR = Path(__file__).with_name("near_small_talk.toml")
_PACKAGE = Path("rag/answering/small_talk")
_OF_A_SET = 80
_LONGEST = 80
_QUESTION = "question"
_STRENGTH = 10.0
#: What resemblance weighs beside a vector, before the regression weighs both.
_SCALE = 2.0


def public_texts(data: Path) -> Iterator[str]:
    """Questions of every public set, and short answers, which look like keywords."""
    chance = random.Random(7)  # noqa: S311
    for path in sorted(data.rglob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        asked = [
            qa
            for article in content["data"]
            for paragraph in article["paragraphs"]
            for qa in paragraph["qas"]
        ]
        for qa in chance.sample(asked, min(_OF_A_SET, len(asked))):
            answers = [each["text"] for each in qa.get("answers", [])]
            yield from (text for text in [qa["question"], *answers[:1]] if len(text) <= _LONGEST)


def near_texts() -> Iterator[str]:
    """Questions that sound like small talk."""
    content = tomllib.loads(_NEAR.read_text(encoding="utf-8"))
    yield from content["questions"]["any"]
    for language, templates in content["templates"].items():
        for template in templates:
            yield from (template.format(topic) for topic in content["topics"][language])


class EncodedUtterances:
    """Encodes texts as a `Query` does."""

    def __init__(self, folder: Path) -> None:
        self._encoder = QuestionEncoder(folder)
        self._means = LanguageMeans.open(folder)

    def vectors_of(self, texts: list[str]) -> FloatArray:
        """Shape (texts, dimension)."""
        return np.stack([self._vector(text) for text in texts])

    def _vector(self, text: str) -> FloatArray:
        language = sure_language(text)
        encoded = self._encoder.encode(text)
        return self._means.centered_question(encoded, text, language).vector


def labelled(data: Path) -> tuple[list[str], list[str], list[float]]:
    """Texts, kinds and weights: what is near weighs more than what is far."""
    utterances = [(text, kind, 1.0) for text, kind in known_utterances().items()]
    near = [(text, _QUESTION, 1.0) for text in near_texts()]
    public = [(text, _QUESTION, 0.5) for text in public_texts(data)]
    known = {text.casefold() for text, _kind, _weight in utterances}
    rows = [*utterances, *(row for row in near + public if row[0].casefold() not in known)]
    texts, kinds, weights = zip(*rows, strict=True)
    return list(texts), list(kinds), list(weights)


def features(texts: list[str], kinds: list[str], vectors: FloatArray) -> FloatArray:
    """Vectors and resemblances, as the recognizer has them."""
    alike = np.stack(
        [
            resemblance().features(text, but_itself=kind != _QUESTION)
            for text, kind in zip(texts, kinds, strict=True)
        ]
    )
    return np.hstack([vectors, _SCALE * alike])


def fit(
    texts: list[str], kinds: list[str], weights: list[float], vectors: FloatArray, fingerprint: str
) -> None:
    """Reports on folds, and writes the weights."""
    evidence, given = features(texts, kinds, vectors), np.array(weights)
    regression = LogisticRegression(C=_STRENGTH, max_iter=2000)
    folds = StratifiedKFold(5, shuffle=True, random_state=1)
    predicted = np.zeros((len(texts), 1 + len(KINDS)), dtype=np.float32)
    for train, test in folds.split(evidence, kinds):
        some = [kinds[at] for at in train]
        fitted = regression.fit(evidence[train], some, sample_weight=given[train])
        predicted[test] = fitted.predict_proba(evidence[test])
    report(texts, kinds, predicted)
    regression.fit(evidence, kinds, sample_weight=given)
    order = [list(regression.classes_).index(kind) for kind in (_QUESTION, *KINDS)]
    coefficients = regression.coef_[order]
    coefficients[:, vectors.shape[1] :] *= _SCALE
    np.savez(
        _PACKAGE / WEIGHTS_FILE,
        fingerprint=np.array(fingerprint),
        weights=coefficients.astype(np.float16),
        biases=regression.intercept_[order].astype(np.float32),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--models", type=Path, default=Path.home() / ".cache/wenda")
    options = parser.parse_args()
    model = LocalModel("bundled", options.models, silent)
    texts, kinds, weights = labelled(options.data)
    with tempfile.TemporaryDirectory() as folder:
        model.write_encoder(Path(folder))
        vectors = EncodedUtterances(Path(folder)).vectors_of(texts)
    fit(texts, kinds, weights, vectors, model.fingerprint)


def report(texts: list[str], kinds: list[str], predicted: FloatArray) -> None:
    """Prints, for thresholds, how much small talk is recognized and how many questions mistaken."""
    real = np.array([kind == _QUESTION for kind in kinds])
    names = sorted(set(kinds))
    small_talk = 1 - predicted[:, names.index(_QUESTION)]
    for threshold in (0.3, 0.5, 0.7, 0.8, 0.9):
        taken = small_talk >= threshold
        print(
            f"{threshold}: {taken[~real].mean():.3f} recognized, "
            f"{taken[real].sum()} of {real.sum()} questions mistaken"
        )
    worst = [at for at in np.argsort(-small_talk) if real[at]][:40]
    print(*(f"{small_talk[at]:.2f} {texts[at]}" for at in worst), sep="\n")
    missed = [at for at in np.argsort(small_talk) if not real[at]][:40]
    print(*(f"{small_talk[at]:.2f} {kinds[at]}: {texts[at]}" for at in missed), sep="\n")


if __name__ == "__main__":
    main()
