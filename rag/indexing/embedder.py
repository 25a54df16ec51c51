"""Texts to vectors while building, each text once in a lifetime."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.embedding.model import Model
from rag.index.maxsim import TokenCodes, quantize
from rag.indexing.embedding_cache import EmbeddingCache
from rag.progress import Progress

#: Texts a batch. A batch is cached before the next begins, so a kill loses one batch at most.
_BATCH = 32
#: Texts a batch with token states, which take memory: 13 x 512 x 384 numbers each for the bundled
#: model.
_TOKENS_BATCH = 8
#: Texts whose token codes are read from the cache at once.
_READ = 64
#: Contexts whose number of tokens is remembered; paragraphs of a section share theirs.
_CONTEXTS = 1024


@dataclass(slots=True)
class Stage:
    """A part of the work as progress shows it: `weight` characters are to be embedded in all."""

    name: str
    weight: int
    done: int = 0


class Embedder:
    """Vectors of texts, from the cache where they are known; new ones are kept at once."""

    def __init__(self, path: Path, model: Model, progress: Progress, *, fresh: bool) -> None:
        self._cache = EmbeddingCache(path, model.fingerprint)
        if fresh:
            self._cache.clear()
        self._model = model
        self._progress = progress
        self._count_context = lru_cache(_CONTEXTS)(model.count_tokens)
        self.computed = 0

    def prune(self, used: Iterator[str], expected: int) -> None:
        """Removes unused texts from the cache where it holds far more than `expected`."""
        if self._cache.is_crowded(expected):
            self._cache.prune({self._cache.key(text) for text in used})

    def close(self) -> None:
        self._cache.close()

    def key(self, text: str) -> bytes:
        """The key of a text in the cache."""
        return self._cache.key(text)

    def placed(self, context: str, text: str) -> str:
        """A text after its context, shortened where both together do not fit the model."""
        most = self._model.most_tokens
        if context and most(context) + most(text) + 1 > self._model.max_tokens:
            room = self._model.max_tokens - self._model.count_tokens(text) - 1
            while context and self._count_context(context) > room:
                context = context[: len(context) // 2]
        return f"{context}\n{text}" if context else text

    def embed(
        self, texts: Sequence[str], stage: Stage, *, tokens: bool = False
    ) -> npt.NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimension). Each distinct text is embedded once.

        With `tokens`, `token_codes` gives the texts' tokens afterwards.
        """
        keys = [self._cache.key(text) for text in texts]
        by_key = dict(zip(keys, texts, strict=True))
        known = self._cache.get(list(by_key))
        whole = self._cache.has_tokens(list(known)) if tokens else known.keys()
        # Like lengths together: where they share a batch, little is padded.
        missing = sorted((k for k in by_key if k not in whole), key=lambda k: -len(by_key[k]))
        end = stage.done + sum(map(len, texts))
        stage.done = end - sum(len(by_key[k]) for k in missing)
        if not missing:
            self._show(stage)
        size = _TOKENS_BATCH if tokens else _BATCH
        for first in range(0, len(missing), size):
            batch = missing[first : first + size]
            texts_of_batch = [by_key[k] for k in batch]
            known.update(zip(batch, self._encode(batch, texts_of_batch, tokens), strict=True))
            stage.done += sum(map(len, texts_of_batch))
            self.computed += len(batch)
            self._show(stage)
        return np.stack([known[key] for key in keys])

    def _show(self, stage: Stage) -> None:
        self._progress(stage.name, stage.done, max(stage.weight, stage.done))

    def _encode(
        self, keys: Sequence[bytes], texts: Sequence[str], tokens: bool
    ) -> npt.NDArray[np.float32]:
        if not tokens:
            vectors = self._model.encode_passages(texts)
            self._cache.put(keys, vectors)
            return vectors
        vectors, states = self._model.encode_tokens(texts)
        self._cache.put(keys, vectors, [quantize(each).to_bytes() for each in states])
        return vectors

    def token_codes(self, texts: Sequence[str]) -> Iterator[TokenCodes]:
        """The tokens of texts that were embedded with them, in order."""
        for first in range(0, len(texts), _READ):
            part = texts[first : first + _READ]
            keys = [self._cache.key(text) for text in part]
            found = self._cache.get_tokens(keys)
            lost = [text for key, text in zip(keys, part, strict=True) if key not in found]
            if lost:  # the cache was damaged or taken away
                self.embed(lost, Stage("embedding again", sum(map(len, lost))), tokens=True)
                found |= self._cache.get_tokens(keys)
            yield from (TokenCodes.from_bytes(found[key]) for key in keys)
