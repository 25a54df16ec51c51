"""Builds a generation from a folder of documents: read, embed what is new, write, publish."""

import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from rag.arrays import write_array
from rag.corpus import Corpus, CorpusWriter, DocumentFacts
from rag.documents import Document, Limits, Skipped, printable_path, read_folder
from rag.embedder import Embedder
from rag.errors import SeedsError, StoreError
from rag.generation import (
    CORPUS,
    PARAGRAPH_MEAN,
    PARAGRAPHS,
    SCRIPTS,
    SENTENCE_BOUNDS,
    SENTENCE_KINDS,
    SENTENCES,
    script_code,
)
from rag.late_interaction import has_tokens, write_tokens
from rag.lexical import LexicalWriter
from rag.model import Model
from rag.names import write_names
from rag.progress import Progress
from rag.question_type import held_kinds
from rag.report import Report, compared
from rag.store import Manifest, Store, generation_name
from rag.vectors import write_vectors

_LOGGER = logging.getLogger(__name__)
_READING = "reading documents"
_WRITING = "writing documents"


class Indexer:
    """Keeps the index of a store up to date with a source of documents."""

    def __init__(
        self,
        store: Store,
        load_model: Callable[[], Model],
        progress: Progress,
        max_bytes: int,
        *,
        late_interaction: bool = True,
    ) -> None:
        self._store = store
        self._load_model = load_model
        self._progress = progress
        self._late_interaction = late_interaction
        self._max_bytes = max_bytes

    def index_folder(self, seeds: Path, *, full: bool = False) -> Report:
        """Indexes a folder. With `full`, embeds and writes everything anew.

        Raises SeedsError when the folder cannot be read or holds no document, ModelError when
        the model cannot be had, StoreError when the index cannot be written.
        """
        read_folder(seeds)  # the folder's own faults come before the model is loaded
        if self._store.home.resolve().is_relative_to(seeds.resolve()):
            raise StoreError(
                f"The index folder {self._store.home} lies inside the documents {seeds}. "
                "Set WENDA_HOME to a folder outside."
            )
        model = self._load_model()
        limits = Limits(self._max_bytes, model.max_tokens, model.count_tokens)
        found: list[Document] = []
        skipped: list[Skipped] = []
        for item in read_folder(seeds, limits=limits):
            (found if isinstance(item, Document) else skipped).append(item)  # type: ignore[arg-type]
            self._progress(_READING, len(found) + len(skipped), 0)
        if not found:
            raise SeedsError(_nothing_in(seeds, skipped))
        name = printable_path(seeds.resolve().name)
        return self.index_documents(found, model, folder=name, skipped=skipped, full=full)

    def index_documents(
        self,
        documents: Sequence[Document],
        model: Model,
        *,
        folder: str,
        skipped: Sequence[Skipped] = (),
        full: bool = False,
    ) -> Report:
        """Indexes documents that were read already. Raises as `index_folder` does."""
        began = time.monotonic()
        with self._store.writing():
            before = self._before(model)
            report = compared(before, documents, list(skipped))
            renamed = before is not None and before[0].folder != folder
            if before is not None and not (full or renamed or report.differs):
                return report
            embedder = Embedder(self._store.vector_cache, model, self._progress, fresh=full)
            try:
                manifest = self._write(documents, folder, skipped, model, embedder)
                _tidy(embedder)
            finally:
                embedder.close()
        return replace(
            report,
            generation=manifest.name,
            written=True,
            paragraphs=manifest.counts["paragraphs"],
            sentences=manifest.counts["sentences"],
            embedded=embedder.computed,
            seconds=time.monotonic() - began,
        )

    def _before(self, model: Model) -> tuple[Manifest, list[DocumentFacts]] | None:
        """The live generation, if there is a sound one of this model."""
        try:
            folder, manifest = self._store.current()
        except StoreError as error:
            _LOGGER.info("%s", error)
            return None
        if (manifest.fingerprint, manifest.model) != (model.fingerprint, model.name):
            return None
        if has_tokens(folder) != self._late_interaction:
            return None
        corpus = Corpus(folder / CORPUS)
        try:
            return manifest, corpus.documents()
        finally:
            corpus.close()

    def _write(
        self,
        documents: Sequence[Document],
        folder: str,
        skipped: Iterable[Skipped],
        model: Model,
        embedder: Embedder,
    ) -> Manifest:
        scratch = self._store.scratch()
        texts = _write_texts(scratch, documents, self._progress)
        placed = [
            embedder.placed(*pair) for pair in zip(texts.contexts, texts.paragraphs, strict=True)
        ]
        tokens = self._late_interaction
        vectors = embedder.embed(placed, stage="embedding paragraphs", tokens=tokens)
        if tokens:
            starts = texts.starts_in(placed)
            write_tokens(embedder.token_codes(placed), starts, scratch)
        write_vectors(vectors, scratch / PARAGRAPHS)
        write_array(scratch / PARAGRAPH_MEAN, vectors.mean(axis=0))
        write_vectors(
            embedder.embed(texts.sentences, stage="embedding sentences"), scratch / SENTENCES
        )
        made = model.write_encoder(scratch, self._progress)
        manifest = Manifest(
            name=generation_name(),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            folder=folder,
            model=model.name,
            fingerprint=model.fingerprint,
            encoder=made,
            counts={
                "documents": len(documents),
                "paragraphs": len(texts.paragraphs),
                "sentences": len(texts.sentences),
            },
            skipped=[asdict(item) for item in skipped],
        )
        return self._store.publish(scratch, manifest)


@dataclass(frozen=True, slots=True)
class _Texts:
    """What is embedded; `contexts` says where each paragraph stands."""

    paragraphs: list[str] = field(default_factory=list)
    contexts: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    sentence_starts: list[list[int]] = field(default_factory=list)

    def starts_in(self, placed: Sequence[str]) -> Iterator[list[int]]:
        """Where each paragraph's sentences begin in the text that stands after its context."""
        for whole, text, starts in zip(placed, self.paragraphs, self.sentence_starts, strict=True):
            yield [len(whole) - len(text) + start for start in starts]


def _write_texts(scratch: Path, documents: Iterable[Document], progress: Progress) -> _Texts:
    """Writes all that needs no vectors."""
    corpus, lexical, texts = CorpusWriter(scratch / CORPUS), LexicalWriter(), _Texts()
    bounds, scripts = [0], []
    for number, document in enumerate(documents, start=1):
        corpus.add(document)
        for paragraph in document.paragraphs:
            text = document.text[paragraph.start : paragraph.end]
            context = " › ".join(part for part in (document.title, paragraph.section) if part)
            sentences = [document.text[s.start : s.end] for s in paragraph.sentences]
            lexical.add(f"{context}\n{text}", sentences)
            texts.paragraphs.append(text)
            texts.contexts.append(context)
            texts.sentences.extend(sentences)
            texts.sentence_starts.append([s.start - paragraph.start for s in paragraph.sentences])
            bounds.append(len(texts.sentences))
            scripts.append(script_code(document.script))
        progress(_WRITING, number, 0)
    corpus.close()
    lexical.write(scratch)
    write_names(lexical.terms, scratch)
    write_array(scratch / SENTENCE_BOUNDS, np.array(bounds, dtype=np.int64))
    write_array(scratch / SCRIPTS, np.array(scripts, dtype=np.uint8))
    kinds = [held_kinds(sentence) for sentence in texts.sentences]
    write_array(scratch / SENTENCE_KINDS, np.array(kinds, dtype=np.uint8))
    return texts


def _tidy(embedder: Embedder) -> None:
    """Prunes the cache; the new generation is live already, so a failure harms nothing."""
    try:
        embedder.prune()
    except (OSError, sqlite3.Error) as error:
        _LOGGER.warning("The vector cache could not be tidied: %s", error)


def _nothing_in(seeds: Path, skipped: Sequence[Skipped]) -> str:
    if not skipped:
        return (
            f"The folder {seeds} holds no documents. Put text, Markdown, web pages, PDF, Word or "
            "other files in it that Wenda reads, then run wenda index."
        )
    reasons = "; ".join(f"{item.path}: {item.reason}" for item in skipped[:5])
    more = f"; and {len(skipped) - 5} more" if len(skipped) > 5 else ""
    return f"No file in {seeds} can be used. {reasons}{more}"
