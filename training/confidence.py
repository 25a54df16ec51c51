"""Fits the default confidence on folders of many kinds, and reports it on each kind left out.

    python -m training.confidence DATA --samples samples.npz     DATA has the public sets

Every question gives its best hit, right or wrong; one that is answerable gives the best hit that
does not answer too, as if its own passage were not there. The hits are kept in the file of
samples, and taken from there the next time. Then each kind is left out in turn, and the mapping
that is fitted on the others is measured on it.
"""

import argparse
import json
import logging
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from rag.answering.calibration import PARTS, Calibration, Logistic
from rag.answering.reading_retriever import ReadingRetriever
from rag.arrays import BoolArray, FloatArray
from rag.embedding.model import LocalModel
from rag.encoding.onnx_encoder import QuestionEncoder
from rag.evaluation.calibration_metrics import auroc, calibration_error, refused_at, reliability
from rag.index.corpus import StoredParagraph
from rag.index.generation import open_generation
from rag.index.generations import Store
from rag.indexing.indexer import Indexer
from rag.progress import silent
from rag.reading.reader import open_reader
from rag.retrieval.retriever import Hit, Retriever
from training.folders import PracticeFolder, PracticeQuestion, practice_folders

#: What a sample shows: a question's best hit; the best that does not answer it; the best hit of a
#: question that nothing answers; and of one that nothing is about.
BEST, NEAR, VAIN, UNRELATED = range(4)
_OF_TOKENS = ("maxsim",)
_AGAINST = [part for part, sign in PARTS.items() if sign < 0]
_RIDGE = 1e-5
_GIGABYTE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Samples:
    """Evidence, shape (samples, PARTS), with whether the hit answers, what it shows, and the kind
    of folder.
    """

    evidence: FloatArray
    right: BoolArray
    shows: "np.ndarray[tuple[int], np.dtype[np.int64]]"
    kinds: "np.ndarray[tuple[int], np.dtype[np.str_]]"

    def save(self, path: Path) -> None:
        np.savez(path, **asdict(self))

    @classmethod
    def load(cls, path: Path) -> "Samples":
        with np.load(path) as content:
            return cls(**content)


def gather(data: Path, models: Path, home: Path, most: int) -> Samples:
    """Asks the questions of every folder, of each kind (answered, in vain, unrelated) `most`."""
    model = LocalModel("bundled", models, silent)
    evidence, right, shows, kinds = [], [], [], []
    for folder in practice_folders(data):
        store = Store(home)
        indexer = Indexer(store, lambda: model, silent, _GIGABYTE)
        indexer.index_documents(folder.documents, model, folder="seeds")
        count = 0
        with open_generation(store, QuestionEncoder) as generation:
            retriever = ReadingRetriever(generation, open_reader(generation.folder))
            for hit, answers, what in _asked(retriever, _sample(folder, most)):
                evidence.append([float(getattr(hit, part)) for part in PARTS])
                right.append(answers)
                shows.append(what)
                kinds.append(folder.kind)
                count += 1
        print(f"{folder.kind}: {len(folder.documents)} documents, {count} samples", flush=True)
    return Samples(
        np.array(evidence, dtype=np.float32),
        np.array(right),
        np.array(shows),
        np.array(kinds),
    )


def _sample(folder: PracticeFolder, most: int) -> list[PracticeQuestion]:
    kinds: dict[tuple[bool, bool], list[PracticeQuestion]] = {}
    for each in folder.questions:
        kinds.setdefault((bool(each.paths), each.unrelated), []).append(each)
    rng = random.Random(1)  # noqa: S311 - not for secrets
    return [q for some in kinds.values() for q in rng.sample(some, min(most, len(some)))]


def _asked(
    retriever: Retriever, questions: Sequence[PracticeQuestion]
) -> Iterator[tuple[Hit, bool, int]]:
    corpus = retriever.generation.corpus
    for asked in questions:
        hits = retriever.search(retriever.query(asked.text))
        stored = corpus.paragraphs([hit.row for hit in hits])
        answers = [_answers(asked, each) for each in stored]
        if not asked.paths:
            yield hits[0], False, UNRELATED if asked.unrelated else VAIN
            continue
        yield hits[0], answers[0], BEST
        read = [(hit, gold) for hit, gold in zip(hits, answers, strict=True) if hit.words]
        near = next((hit for hit, gold in read if not gold), None)
        if near is not None:
            yield near, False, NEAR


def _answers(asked: PracticeQuestion, stored: StoredParagraph) -> bool:
    if stored.document.path not in asked.paths:
        return False
    return not asked.must or any(each in stored.text or stored.text in each for each in asked.must)


def fit(samples: Samples, chosen: BoolArray, near: float, *, tokens: bool = True) -> Calibration:
    """Logistic regression on the samples that `chosen`, shape (samples,), picks.

    Every kind of folder counts as much, and samples without their own passage `near` times as much
    as others. No part counts the other way than PARTS says. Without `tokens` MaxSim is left out.
    """
    weights = np.where(samples.shows == NEAR, near, 1.0) * chosen
    for kind in np.unique(samples.kinds[chosen]):
        of_kind = samples.kinds == kind
        weights[of_kind] /= max(weights[of_kind].sum(), 1e-9)
    weights = weights / weights.sum()
    x = np.concatenate([np.ones((len(samples.right), 1)), samples.evidence], axis=1)
    y = samples.right.astype(float)

    def loss(w: FloatArray) -> tuple[float, FloatArray]:
        z = x @ w
        value = float((weights * (np.logaddexp(0, z) - y * z)).sum() + _RIDGE * (w[1:] @ w[1:]))
        gradient = x.T @ (weights * (1 / (1 + np.exp(-z)) - y))
        gradient[1:] += 2 * _RIDGE * w[1:]
        return value, gradient

    bounds: dict[str, tuple[float | None, float | None]] = dict.fromkeys(
        PARTS, (0.0, None)
    ) | dict.fromkeys(_AGAINST, (None, 0.0))
    if not tokens:
        bounds |= dict.fromkeys(_OF_TOKENS, (0.0, 0.0))
    found = minimize(
        loss,
        np.zeros(x.shape[1]),
        jac=True,
        bounds=[(None, None), *bounds.values()],
        method="L-BFGS-B",
    ).x
    bias, *weights_of_parts = (round(float(value), 2) for value in found)
    return Calibration(Logistic(bias, **dict(zip(PARTS, weights_of_parts, strict=True))))


def confidences(calibration: Calibration, samples: Samples) -> FloatArray:
    """The confidence in every sample's hit, shape (samples,)."""
    mapping = calibration.mapping
    z = samples.evidence @ np.array([getattr(mapping, part) for part in PARTS]) + mapping.bias
    values: FloatArray = 1 / (1 + np.exp(-z))
    return values


def report(
    name: str, samples: Samples, chosen: BoolArray, calibration: Calibration, at: float
) -> None:
    """Prints the figures of the samples that `chosen`, shape (samples,), picks."""
    values = confidences(calibration, samples)
    right = values[chosen & samples.right & (samples.shows == BEST)].tolist()
    vain = values[chosen & (samples.shows == VAIN)].tolist()
    near = values[chosen & (samples.shows == NEAR)].tolist()
    asked = chosen & (samples.shows != NEAR)
    unrelated = values[chosen & (samples.shows == UNRELATED)]
    line: dict[str, object] = {
        "right": len(right),
        "falsely refused": _share(np.array(right) < at),
        "in vain refused": _share(np.array(vain) < at),
        "unrelated refused": _share(unrelated < at),
        "near refused": _share(np.array(near) < at),
        "ece": calibration_error(
            reliability(values[asked].tolist(), samples.right[asked].tolist())
        ),
    }
    if vain:
        line |= {"auroc": auroc(right, vain), "refused at .05": refused_at(0.05, right, vain)}
    print(f"{name:24}", json.dumps(line), flush=True)


def _share(held: BoolArray) -> float | None:
    return round(float(held.mean()), 3) if len(held) else None


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path)
    parser.add_argument("--samples", type=Path, default=Path("confidence-samples.npz"))
    parser.add_argument("--models", type=Path, default=Path.home() / ".cache" / "wenda")
    parser.add_argument("--home", type=Path, help="Keeps embeddings for the next time.")
    parser.add_argument("--most", type=int, default=30, help="questions of a kind a folder")
    parser.add_argument("--near", type=float, default=0.1)
    parser.add_argument("--threshold", type=float, default=0.2)
    options = parser.parse_args(arguments)
    logging.disable(logging.WARNING)
    if not options.samples.exists():
        with tempfile.TemporaryDirectory() as scratch:
            home = options.home or Path(scratch)
            gather(options.data, options.models, home, options.most).save(options.samples)
    samples = Samples.load(options.samples)
    everything = np.ones(len(samples.right), dtype=np.bool_)
    for kind in np.unique(samples.kinds):
        held_out = samples.kinds == kind
        made = fit(samples, ~held_out, options.near)
        report(f"without {kind}", samples, held_out, made, options.threshold)
    made = fit(samples, everything, options.near)
    for kind in np.unique(samples.kinds):
        report(str(kind), samples, samples.kinds == kind, made, options.threshold)
    print(made)
    print(fit(samples, everything, options.near, tokens=False))


if __name__ == "__main__":
    main()
