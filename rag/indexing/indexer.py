"""Keeps the index of a folder up to date: reads, embeds, writes and publishes."""

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rag.documents import (
    Document,
    Folder,
    LeftOut,
    Limits,
    Recognizer,
    printable_path,
    summed,
)
from rag.embedding.model import Model
from rag.errors import StoreError
from rag.index.corpus import Corpus, StoredFile
from rag.index.generation import CORPUS
from rag.index.generations import Store
from rag.index.manifest import Manifest
from rag.indexing.builder import Builder
from rag.indexing.changes import SourceFile, is_same, plan, runs, source_of, sources_of
from rag.indexing.embedder import Embeddable, Embedder
from rag.indexing.previous import CopySource, PreviousGeneration, stored_files
from rag.indexing.report import Report, check_documents, skipped_of, written_report
from rag.progress import Progress

_LOGGER = logging.getLogger(__name__)
_READING = "reading documents"
#: In the index folder: what was recognized on pages.
RECOGNIZED = "recognized.cache"


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

    def index_folder(
        self, seeds: Path, *, full: bool = False, keep_rollback: bool = False
    ) -> Report:
        """Indexes a folder; reads only files whose content is new, embeds only texts that are.

        With `full`, everything is read and embedded anew. With `keep_rollback`, for runs that
        nobody asked for, a generation that was rolled back to stays live as long as the files are
        those of the rejected one.

        Raises SeedsError when the folder cannot be read or holds no document, ModelError when the
        model cannot be had, StoreError when the index cannot be written.
        """
        began = time.monotonic()
        recognizer = Recognizer(self._store.home / RECOGNIZED, self._progress)
        with Folder(seeds, Limits(self._max_bytes), recognizer) as folder:
            if self._store.home.resolve().is_relative_to(seeds.resolve()):
                raise StoreError(
                    f"The index folder {self._store.home} lies inside the documents {seeds}. "
                    "Set WENDA_HOME to a folder outside."
                )
            sources = [source_of(folder, file) for file in folder.files()]
            if not sources:
                check_documents(seeds, [])
            name = printable_path(seeds.resolve().name)
            model, keep = self._load_model(), keep_rollback and not full
            return self._index(
                sources, model, name, seeds, full=full, keep_rollback=keep, began=began
            )

    def index_documents(
        self, documents: Sequence[Document], model: Model, *, folder: str, full: bool = False
    ) -> Report:
        """Indexes documents that were read already. Raises as `index_folder` does."""
        sources = list(sources_of(documents))
        began = time.monotonic()
        return self._index(sources, model, folder, Path(folder), full=full, began=began)

    def _index(
        self,
        sources: Sequence[SourceFile],
        model: Model,
        name: str,
        seeds: Path,
        *,
        full: bool,
        began: float,
        keep_rollback: bool = False,
    ) -> Report:
        with self._store.writing():
            before = PreviousGeneration.live_in(
                self._store, model, late_interaction=self._late_interaction
            )
            old = before.files if before is not None else []
            planned = plan(sources, [] if full else old, self._progress)
            if before is not None and before.manifest.name == self._store.live_name():
                if before.manifest.folder == name and is_same(planned, old):
                    return before.report(time.monotonic() - began)
                if keep_rollback and self._is_rejected(sources):
                    return before.report(time.monotonic() - began, rolled_back=True)
            base = self._base(before) if before is not None and not full else None
            if base is None:
                planned = plan(sources, [])
            embedder = Embedder(self._store.embedding_cache, model, self._progress, fresh=full)
            try:
                scratch = self._store.scratch()
                builder = Builder(scratch, self._progress, base)
                files, counts = self._built(builder, planned, old, model, embedder, seeds)
                manifest = self._publish(scratch, name, files, counts, model, builder.taken)
                self._tidy(embedder, manifest)
            finally:
                embedder.close()
        seconds = time.monotonic() - began
        return written_report(manifest, old, files, embedded=embedder.computed, seconds=seconds)

    def _is_rejected(self, sources: Sequence[SourceFile]) -> bool:
        """Whether these files are those of the generation that was rolled back from."""
        rejected = self._store.rejected()
        try:
            old = stored_files(rejected) if rejected is not None else []
        except (StoreError, sqlite3.Error) as error:  # it is damaged, and built again
            _LOGGER.warning("The index that was rolled back from cannot be compared: %s", error)
            return False
        return is_same(plan(sources, old), old)

    def _base(self, before: PreviousGeneration) -> CopySource | None:
        """The generation that unchanged files are copied from; None when it is damaged."""
        try:
            return CopySource(self._store, before)
        except StoreError as error:
            _LOGGER.warning("%s Everything is read again.", error)
            return None

    def _built(
        self,
        builder: Builder,
        planned: Sequence[SourceFile | int],
        old: Sequence[StoredFile],
        model: Model,
        embedder: Embedder,
        seeds: Path,
    ) -> tuple[list[StoredFile], dict[str, int]]:
        """Writes a generation's files; returns what became of each source, and the counts."""
        limits = Limits(self._max_bytes, model.max_tokens, model.count_tokens, model.most_tokens)
        try:
            files = list(self._added(builder, planned, old, limits))
            check_documents(seeds, files)
            return files, builder.finish(embedder, tokens=self._late_interaction)
        except BaseException:
            builder.abandon()
            raise

    def _added(
        self,
        builder: Builder,
        planned: Sequence[SourceFile | int],
        old: Sequence[StoredFile],
        limits: Limits,
    ) -> Iterator[StoredFile]:
        """Gives the builder all files, kept or read; yields what became of each."""
        read, reading = 0, sum(isinstance(step, SourceFile) for step in planned)
        for first, last, step in runs(planned):
            if isinstance(step, SourceFile):
                file = _read(builder, step, limits)
                read += 1
                self._progress(_READING, read, reading)
                yield file
            else:
                builder.copy_files(first, last)
                yield from old[first : last + 1]

    def _publish(
        self,
        scratch: Path,
        name: str,
        files: Sequence[StoredFile],
        counts: dict[str, int],
        model: Model,
        taken: dict[str, str],
    ) -> Manifest:
        made = model.write_encoder(scratch)
        manifest = Manifest(
            name=self._store.new_name(),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            folder=name,
            model=model.name,
            fingerprint=model.fingerprint,
            encoder=made,
            counts=counts,
            skipped=[{"path": item.path, "reason": item.reason} for item in skipped_of(files)],
            files=taken,
        )
        return self._store.publish(scratch, manifest)

    def _tidy(self, embedder: Embedder, manifest: Manifest) -> None:
        """Prunes the cache; the new generation is live already, so a failure harms nothing."""
        counts = manifest.counts
        corpus = Corpus(self._store.folder(manifest.name) / CORPUS)
        try:
            used = _texts(corpus, counts["paragraphs"], embedder)
            embedder.prune(used, counts["paragraphs"] + counts["sentences"])
        except (OSError, sqlite3.Error) as error:
            _LOGGER.warning("The embedding cache could not be tidied: %s", error)
        finally:
            corpus.close()


def _read(builder: Builder, source: SourceFile, limits: Limits) -> StoredFile:
    """Gives a file's documents to the builder."""
    loaded = source.loaded or source.load()
    documents, reasons, left_out = 0, list[str](), list[LeftOut]()
    for item in source.read_documents(loaded, limits):
        left_out += item.left_out
        if isinstance(item, Document):
            builder.add_document(item)
            documents += 1
        else:
            reasons.append(item.reason)
    file = StoredFile(
        *(source.relative, loaded.digest, " ".join(reasons) or None, documents),
        left_out=summed(left_out),
    )
    builder.end_file(file)
    return file


def _texts(corpus: Corpus, paragraphs: int, embedder: Embedder) -> Iterator[Embeddable]:
    """All texts that are embedded."""
    for each in corpus.embedded_paragraphs(range(paragraphs)):
        yield embedder.placed(each)
        yield from (Embeddable(each.text[a:b], each.language) for a, b in each.sentences)
