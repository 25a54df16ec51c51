"""Candidates from one generation on this machine: FAISS for vectors, BM25 postings for terms."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt

from rag.arrays import BoolArray, FloatArray, IntArray, ranges
from rag.index.candidates import Candidates, Probe
from rag.index.lexical.bm25 import LexicalIndex
from rag.index.lexical.homophones import Homophones
from rag.index.lexical.pinyin import NameIndex
from rag.index.lexical.typed_pinyin import TypedPinyin
from rag.index.tokens.token_segments import PassageTokens, TokenSegments
from rag.index.vectors import VectorIndex
from rag.processors import usable_processors


class LocalCandidates:
    """A `CandidateIndex` over the files of a generation. May be used by several threads at once."""

    def __init__(
        self,
        *,
        paragraphs: VectorIndex,
        sentences: VectorIndex,
        sentence_bounds: IntArray,
        sentence_kinds: npt.NDArray[np.uint8],
        languages: npt.NDArray[np.uint16],
        scripts: npt.NDArray[np.uint8],
        lexical: LexicalIndex,
        names: NameIndex,
        tokens: TokenSegments | None,
    ) -> None:
        self._paragraphs = paragraphs
        self._sentences = sentences
        self._bounds = sentence_bounds
        self._kinds = sentence_kinds
        self._languages = languages
        self._scripts = scripts
        self._lexical = lexical
        self._names = names
        self._pinyin = TypedPinyin(names, lexical)
        self._homophones = Homophones(names, lexical)
        self._tokens = tokens
        self._beside = ThreadPoolExecutor(usable_processors(), thread_name_prefix="near")

    @property
    def paragraphs(self) -> int:
        return self._lexical.paragraphs

    @cached_property
    def scripts(self) -> AbstractSet[int]:
        return frozenset(np.unique(self._scripts).tolist())

    def frequencies(self, terms: Sequence[str]) -> list[int]:
        return self._lexical.frequencies(terms)

    def rows_have(self, rows: IntArray, term: str) -> BoolArray:
        return self._lexical.shares({term: 1.0}, rows) > 0

    def restore_names(self, text: str) -> str:
        return self._names.restore(text)

    def spell_pinyin(self, text: str) -> str | None:
        return self._pinyin.spell(text)

    def correct_homophones(self, text: str) -> str | None:
        return self._homophones.corrected(text)

    def find_rows(self, probe: Probe, count: int) -> IntArray:
        if probe.within is not None:
            return self._find_within(probe, probe.within, count)
        near: Callable[[], list[IntArray]] = partial(self._near, probe, count)
        if self._sentences.has_graph:  # takes milliseconds, in which postings are read
            near = self._beside.submit(near).result
        by_terms = [
            self._lexical.best_rows(weighed, count)
            for weighed in (probe.terms, probe.names)
            if weighed
        ]
        found: IntArray = np.unique(np.concatenate([*by_terms, *near()]))
        return found

    def _find_within(self, probe: Probe, rows: IntArray, count: int) -> IntArray:
        """Compares all vectors of the rows: what a graph finds may lie outside of them."""
        if len(rows) <= count:
            return rows
        sentences, bounds = ranges(self._bounds[rows], self._bounds[rows + 1])
        best = _largest(self._sentences.products(probe.vector, sentences), 2 * count)
        owners = np.searchsorted(bounds, best, side="right") - 1
        by_share = [
            _largest(shares, min(count, int((shares > 0).sum())))
            for shares in (self._lexical.shares(each, rows) for each in (probe.terms, probe.names))
        ]
        near = _largest(self._paragraphs.products(probe.vector, rows), count)
        found: IntArray = rows[np.unique(np.concatenate([near, owners, *by_share]))]
        return found

    def _near(self, probe: Probe, count: int) -> list[IntArray]:
        """The rows of paragraphs near the question, and of those with a sentence near it."""
        sentences = self._sentences.nearest(probe.vector, 2 * count)
        owners = np.searchsorted(self._bounds, sentences, side="right") - 1
        return [self._paragraphs.nearest(probe.vector, count), owners]

    def fetch_candidates(self, rows: IntArray, probe: Probe) -> Candidates:
        sentences, bounds = ranges(self._bounds[rows], self._bounds[rows + 1])
        return Candidates(
            rows=rows,
            vectors=self._paragraphs.vectors(rows),
            languages=self._languages[rows].astype(np.int64),
            scripts=self._scripts[rows].astype(np.int64),
            terms=self._lexical.shares(probe.terms, rows),
            names=self._lexical.shares(probe.names, rows),
            bounds=bounds,
            sentence_vectors=self._sentences.vectors(sentences),
            sentence_kinds=self._kinds[sentences].astype(np.int64),
            coverage=self._lexical.coverage(probe.terms, sentences),
        )

    def fetch_tokens(self, rows: IntArray) -> PassageTokens | None:
        return None if self._tokens is None else self._tokens.passage_tokens(rows)


def _largest(values: FloatArray, count: int) -> IntArray:
    """The places of the `count` largest values, in no order."""
    if count <= 0:
        return np.array([], dtype=np.int64)
    first = max(len(values) - count, 0)
    places: IntArray = np.argpartition(values, first)[first:]
    return places
