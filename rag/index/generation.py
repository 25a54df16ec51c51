"""One built index, opened for reading: everything that answering needs."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from rag.arrays import open_array
from rag.encoding.language_means import LanguageMeans
from rag.encoding.types import EncodedQuestion
from rag.encoding.word_frequencies import WordFrequencies
from rag.errors import StoreError
from rag.index.candidates import CandidateIndex
from rag.index.corpus import Corpus, DocumentListing
from rag.index.generations import Store
from rag.index.lexical.bm25 import LexicalIndex
from rag.index.lexical.pinyin import NameIndex
from rag.index.lexical.term_weights import TermWeights
from rag.index.local_candidates import LocalCandidates
from rag.index.manifest import Manifest
from rag.index.tokens.maxsim import MaxSim
from rag.index.tokens.token_segments import TokenSegments, has_tokens
from rag.index.vectors import VectorIndex

CORPUS = "documents.sqlite"
PARAGRAPHS = "paragraphs"
SENTENCES = "sentences"
SENTENCE_BOUNDS = "sentences.bounds.npy"
SENTENCE_KINDS = "sentences.kinds.npy"
SCRIPTS = "scripts.npy"
LANGUAGES = "languages.npy"


class Encoder(Protocol):
    """Turns a question into a vector and token states."""

    def encode(self, question: str) -> EncodedQuestion: ...


OpenEncoder = Callable[[Path], Encoder]


class Tables:
    """The files of a generation except the encoder, opened for reading. A context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.corpus = Corpus(folder / CORPUS)
        self.listing = DocumentListing(folder / CORPUS)
        self.paragraphs = VectorIndex(folder, PARAGRAPHS)
        self.sentences = VectorIndex(folder, SENTENCES)
        self.sentence_bounds: npt.NDArray[np.int64] = open_array(folder / SENTENCE_BOUNDS)
        self.languages: npt.NDArray[np.uint16] = open_array(folder / LANGUAGES)
        self.scripts: npt.NDArray[np.uint8] = open_array(folder / SCRIPTS)
        self.sentence_kinds: npt.NDArray[np.uint8] = open_array(folder / SENTENCE_KINDS)
        self.lexical = LexicalIndex(folder, len(self.paragraphs))
        with_tokens = has_tokens(folder)
        self.tokens = TokenSegments(folder, self.sentence_bounds) if with_tokens else None
        self.maxsim = MaxSim.open(folder) if with_tokens else None
        self.names = NameIndex(folder, self.lexical)

    def close(self) -> None:
        """Closes the documents; nothing may be read afterwards. Without a call they are closed when
        the last reference goes.
        """
        self.corpus.close()
        self.listing.close()

    def file_sizes(self) -> dict[str, int]:
        """The size of each file in bytes, by name. Raises OSError when they are no longer there."""
        return {path.name: path.stat().st_size for path in sorted(self.folder.iterdir())}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Generation(Tables):
    """An immutable index. May be used by several threads at once."""

    def __init__(self, folder: Path, manifest: Manifest, open_encoder: OpenEncoder) -> None:
        super().__init__(folder)
        self.manifest = manifest
        self.encoder = open_encoder(folder)
        self.language_means = LanguageMeans.open(folder)
        self.candidates: CandidateIndex = LocalCandidates(
            paragraphs=self.paragraphs,
            sentences=self.sentences,
            sentence_bounds=self.sentence_bounds,
            sentence_kinds=self.sentence_kinds,
            languages=self.languages,
            scripts=self.scripts,
            lexical=self.lexical,
            names=self.names,
            tokens=self.tokens,
        )
        self.word_frequencies = WordFrequencies.open(folder)
        self.term_weights = TermWeights(self.candidates, self.word_frequencies)

    @property
    def name(self) -> str:
        return self.manifest.name

    def bytes_on_disk(self) -> int | None:
        """The size of its files; None when a newer generation has taken their place."""
        try:
            return sum(self.file_sizes().values())
        except OSError:
            return None


def open_generation(
    store: Store, open_encoder: OpenEncoder, model: str | None = None
) -> Generation:
    """The live generation of a store.

    Raises StoreError when there is none, or when it was built with another model than
    `model`.
    """
    while True:
        live = store.live_name()
        folder, manifest = store.current()
        if model is not None and manifest.model != model:
            raise StoreError(
                f"The index in {store.home} was built with the model {manifest.model}, but "
                f"WENDA_MODEL is {model}. Build it again with wenda index, or set "
                f"WENDA_MODEL={manifest.model}."
            )
        try:
            return Generation(folder, manifest, open_encoder)
        except (OSError, EOFError, KeyError, ValueError, StoreError) as error:
            # Others may have been published since, and this one removed.
            if store.live_name() != live:
                continue
            if isinstance(error, StoreError):
                raise
            raise StoreError(
                f"The index {folder} cannot be opened ({error}). Build it again: wenda index --full"
            ) from error
