"""Texts to vectors while building; each text is embedded only once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rag.embedding.model import Model
from rag.index.corpus import EmbeddedParagraph
from rag.index.tokens.maxsim import TokenCodes, quantize
from rag.indexing.embedding_cache import EmbeddingCache
from rag.progress import Progress

#: Texts in a batch. A batch is cached before the next begins, so a kill loses one batch at most.
_BATCH = 32
#: Texts in a batch with token states, which take memory: 13 x 512 x 384 numbers each for the
#: bundled model.
_TOKENS_BATCH = 8
#: Texts whose token codes are read from the cache at once.
_READ = 64
#: Contexts whose number of tokens is remembered; paragraphs of a section share theirs.
_CONTEXTS = 1024


class Embeddable(NamedTuple):
    """A text and the language that it is in, as an ISO 639-1 code."""

    text: str
    language: str


@dataclass(slots=True)
class Stage:
    """A part of the work as progress shows it: `weight` characters are to be embedded in all."""

    name: str
    weight: int
    done: int = 0


class Embedder:
    """Vectors of texts, from the cache where they are known; new ones are kept at once."""

    def __init__(self, path: Path, model: Model, progress: Progress, *, fresh: bool) -> None:
        # What is kept has the bias of its language taken off, which is not the model's own.
        self._cache = EmbeddingCache(path, model.fingerprint + model.language_means.digest)
        if fresh:
            self._cache.clear()
        self._model = model
        self._progress = progress
        self._count_context = lru_cache(_CONTEXTS)(model.count_tokens)
        self.computed = 0

    def prune(self, used: Iterator[Embeddable], expected: int) -> None:
        """Removes unused texts from the cache where it holds far more than `expected`."""
        if self._cache.is_crowded(expected):
            self._cache.prune({self.key(each) for each in used})

    def close(self) -> None:
        self._cache.close()

    def key(self, embeddable: Embeddable) -> bytes:
        """The key of a text in the cache, which keeps its vector without its language's bias."""
        return self._cache.key(f"{embeddable.language}\0{embeddable.text}")

    def placed(self, paragraph: EmbeddedParagraph) -> Embeddable:
        """A paragraph after its context, shortened where both together do not fit the model."""
        context, text = paragraph.context, paragraph.text
        most = self._model.most_tokens
        if context and most(context) + most(text) + 1 > self._model.max_tokens:
            room = self._model.max_tokens - self._model.count_tokens(text) - 1
            while context and self._count_context(context) > room:
                context = context[: len(context) // 2]
        return Embeddable(f"{context}\n{text}" if context else text, paragraph.language)

    def embed(
        self, texts: Sequence[Embeddable], stage: Stage, *, tokens: bool = False
    ) -> npt.NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimension). Each distinct text is embedded once.

        With `tokens`, `token_codes` gives the texts' tokens afterwards.
        """
        keys = [self.key(each) for each in texts]
        by_key = dict(zip(keys, texts, strict=True))
        known = self._cache.get_vectors(list(by_key))
        whole = self._cache.has_tokens(list(known)) if tokens else known.keys()
        # Sorted by length: texts in one batch need little padding.
        missing = sorted((k for k in by_key if k not in whole), key=lambda k: -len(by_key[k].text))
        end = stage.done + sum(len(each.text) for each in texts)
        stage.done = end - sum(len(by_key[k].text) for k in missing)
        if not missing:
            self._show(stage)
        size = _TOKENS_BATCH if tokens else _BATCH
        for first in range(0, len(missing), size):
            batch = missing[first : first + size]
            found = self._encode(batch, [by_key[k] for k in batch], tokens)
            known.update(zip(batch, found, strict=True))
            stage.done += sum(len(by_key[k].text) for k in batch)
            self.computed += len(batch)
            self._show(stage)
        return np.stack([known[key] for key in keys])

    def _show(self, stage: Stage) -> None:
        self._progress(stage.name, stage.done, max(stage.weight, stage.done))

    def _encode(
        self, keys: Sequence[bytes], batch: Sequence[Embeddable], tokens: bool
    ) -> npt.NDArray[np.float32]:
        texts = [each.text for each in batch]
        languages = [each.language for each in batch]
        means = self._model.language_means
        if not tokens:
            vectors = means.centered_passages(self._model.encode_passages(texts), texts, languages)
            self._cache.put_vectors(keys, vectors)
            return vectors
        encoded, states = self._model.encode_tokens(texts)
        vectors = means.centered_passages(encoded, texts, languages)
        centered = map(means.centered_tokens, states, texts, languages)
        self._cache.put_vectors(keys, vectors, [quantize(each).to_bytes() for each in centered])
        return vectors

    def token_codes(self, texts: Sequence[Embeddable]) -> Iterator[TokenCodes]:
        """The tokens of texts that were embedded with them, in order."""
        for first in range(0, len(texts), _READ):
            part = texts[first : first + _READ]
            keys = [self.key(each) for each in part]
            found = self._cache.get_tokens(keys)
            lost = [each for key, each in zip(keys, part, strict=True) if key not in found]
            if lost:  # the cache was damaged or taken away
                self.embed(
                    lost,
                    Stage("embedding again", sum(len(each.text) for each in lost)),
                    tokens=True,
                )
                found |= self._cache.get_tokens(keys)
            yield from (TokenCodes.from_bytes(found[key]) for key in keys)
