"""Texts to vectors while building, each text once in a lifetime."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.late_interaction import TokenCodes, quantize
from rag.model import Model
from rag.progress import Progress
from rag.vector_cache import VectorCache

_PART = 256
_TOKENS_PART = 64


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

    def placed(self, context: str, text: str) -> str:
        """A text after its context, shortened where both together do not fit the model."""
        room = self._model.max_tokens - self._model.count_tokens(text) - 1
        while context and self._model.count_tokens(context) > room:
            context = context[: len(context) // 2]
        return f"{context}\n{text}" if context else text

    def embed(
        self, texts: Sequence[str], *, stage: str = "embedding", tokens: bool = False
    ) -> npt.NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimension). Each distinct text is embedded once.

        With `tokens`, `token_codes` gives the texts' tokens afterwards.
        """
        keys = [self._cache.key(text) for text in texts]
        by_key = dict(zip(keys, texts, strict=True))
        known = {} if self._fresh else self._cache.get(list(by_key))
        whole = self._cache.has_tokens(list(known)) if tokens else known.keys()
        # Like lengths together: little is padded, and a killed build keeps whole parts.
        missing = sorted((k for k in by_key if k not in whole), key=lambda k: -len(by_key[k]))
        weight = sum(len(by_key[k]) for k in missing)
        done = 0
        size = _TOKENS_PART if tokens else _PART
        for first in range(0, len(missing), size):
            part = missing[first : first + size]
            length = sum(len(by_key[k]) for k in part)
            shown = _Share(self._progress, done, length, weight)
            vectors = self._encode(part, [by_key[k] for k in part], tokens, shown, stage)
            known.update(zip(part, vectors, strict=True))
            done += length
        self.computed += len(missing)
        self._used.update(by_key)
        return np.stack([known[key] for key in keys])

    def _encode(
        self,
        keys: Sequence[bytes],
        texts: Sequence[str],
        tokens: bool,
        progress: Progress,
        stage: str,
    ) -> npt.NDArray[np.float32]:
        if not tokens:
            vectors = self._model.encode_passages(texts, progress, stage)
            self._cache.put(keys, vectors)
            return vectors
        vectors, states = self._model.encode_tokens(texts, progress, stage)
        self._cache.put(keys, vectors, [quantize(each).to_bytes() for each in states])
        return vectors

    def token_codes(self, texts: Sequence[str]) -> Iterator[TokenCodes]:
        """The tokens of texts that were embedded with them, in order."""
        for first in range(0, len(texts), _TOKENS_PART):
            part = texts[first : first + _TOKENS_PART]
            keys = [self._cache.key(text) for text in part]
            found = self._cache.get_tokens(keys)
            lost = [text for key, text in zip(keys, part, strict=True) if key not in found]
            if lost:  # the cache was damaged
                self.embed(lost, tokens=True)
                found |= self._cache.get_tokens(keys)
            yield from (TokenCodes.from_bytes(found[key]) for key in keys)


@dataclass(frozen=True, slots=True)
class _Share:
    """The progress of a part, shown as progress of the whole."""

    progress: Progress
    before: int
    size: int
    whole: int

    def __call__(self, stage: str, done: int, total: int) -> None:
        self.progress(stage, self.before + self.size * done // max(total, 1), self.whole)
