"""Texts to vectors while building, each text once in a lifetime."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.model import Model
from rag.progress import Progress
from rag.vector_cache import VectorCache

_PART = 256


class Embedder:
    """Vectors of texts, from the cache where they are known; new ones are kept at once."""

    def __init__(self, path: Path, model: Model, progress: Progress, *, fresh: bool) -> None:
        self._cache = VectorCache(path, model.fingerprint)
        self._model = model
        self._progress = progress
        self._fresh = fresh
        self._used: set[bytes] = set()
        self.computed = 0

    def prune(self) -> None:
        """Forgets what this build did not use; call it once it is whole."""
        self._cache.prune(self._used)

    def close(self) -> None:
        self._cache.close()

    def _placed(self, context: str, text: str) -> str:
        room = self._model.max_tokens - self._model.count_tokens(text) - 1
        while context and self._model.count_tokens(context) > room:
            context = context[: len(context) // 2]
        return f"{context}\n{text}" if context else text

    def embed(
        self,
        texts: Sequence[str],
        contexts: Sequence[str] | None = None,
        *,
        stage: str = "embedding",
    ) -> npt.NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimension). Each distinct text is embedded once.

        A context goes before its text, shortened where both together do not fit the model.
        """
        if contexts is not None:
            texts = [self._placed(*pair) for pair in zip(contexts, texts, strict=True)]
        keys = [self._cache.key(text) for text in texts]
        by_key = dict(zip(keys, texts, strict=True))
        known = {} if self._fresh else self._cache.get(list(by_key))
        # Like lengths together: little is padded, and a killed build keeps whole parts.
        missing = sorted((k for k in by_key if k not in known), key=lambda k: -len(by_key[k]))
        weight = sum(len(by_key[k]) for k in missing)
        done = 0
        for first in range(0, len(missing), _PART):
            part = missing[first : first + _PART]
            size = sum(len(by_key[k]) for k in part)

            shown = _Share(self._progress, done, size, weight)
            vectors = self._model.encode_passages([by_key[k] for k in part], shown, stage)
            self._cache.put(part, vectors)
            known.update(zip(part, vectors, strict=True))
            done += size
        self.computed += len(missing)
        self._used.update(by_key)
        return np.stack([known[key] for key in keys])


@dataclass(frozen=True, slots=True)
class _Share:
    """The progress of a part, shown as progress of the whole."""

    progress: Progress
    before: int
    size: int
    whole: int

    def __call__(self, stage: str, done: int, total: int) -> None:
        self.progress(stage, self.before + self.size * done // max(total, 1), self.whole)
