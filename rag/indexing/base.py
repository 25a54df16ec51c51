"""The generations that a new one is made from, so that only what is new is read and embedded."""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rag.arrays import open_array
from rag.embedding.model import Model
from rag.errors import StoreError
from rag.index.corpus import Corpus, StoredFile
from rag.index.generation import CORPUS, SENTENCE_BOUNDS, Tables
from rag.index.generations import Store
from rag.index.manifest import Manifest, verified
from rag.index.token_segments import TokenFiles, TokenSource, has_tokens, is_of_tokens, is_segment
from rag.indexing.report import Report, skipped_of

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Previous:
    """The generation that is live before a run."""

    folder: Path
    manifest: Manifest
    files: list[StoredFile]

    @classmethod
    def of(cls, store: Store, model: Model, *, late_interaction: bool) -> "Previous | None":
        """That of a store, if there is a sound one of this model."""
        try:
            folder, manifest = store.current()
        except StoreError as error:
            _LOGGER.info("%s", error)
            return None
        if (manifest.fingerprint, manifest.model) != (model.fingerprint, model.name):
            return None
        if has_tokens(folder) != late_interaction:
            return None
        return cls(folder, manifest, stored_files(folder))

    def report(self, seconds: float, *, rolled_back: bool = False) -> Report:
        """The report of a run that wrote nothing."""
        return Report(
            generation=self.manifest.name,
            written=False,
            unchanged=[file.path for file in self.files if file.documents],
            skipped=skipped_of(self.files),
            paragraphs=self.manifest.counts["paragraphs"],
            sentences=self.manifest.counts["sentences"],
            seconds=seconds,
            rolled_back=rolled_back,
        )


def stored_files(folder: Path) -> list[StoredFile]:
    """The files that a generation was made from. Raises StoreError or sqlite3.Error when they
    cannot be read.
    """
    with Corpus(folder / CORPUS) as corpus:
        return corpus.files()


class Base:
    """What a new generation copies from; damage of it would be inherited, so all of it is read."""

    def __init__(self, store: Store, previous: Previous) -> None:
        """Raises StoreError when the generation before is damaged; of its tokens, see below."""
        thread = ThreadPoolExecutor(1)
        self._tokens = thread.submit(_token_source, store, previous)
        thread.shutdown(wait=False)
        verified(previous.folder, deep=lambda name: not is_segment(name))
        self.tables = Tables(previous.folder)

    def tokens(self) -> TokenSource | None:
        """Where tokens come from, if any are sound; they are the most there is to read, so that
        goes on while other things are built.
        """
        return self._tokens.result()


def _token_source(store: Store, previous: Previous) -> TokenSource | None:
    """The tokens of the generation that goes with the next publication, or else those before."""
    if not has_tokens(previous.folder):
        return None
    going = store.going(previous.manifest.name)
    live = previous.folder, previous.manifest
    for folder, manifest in filter(None, (going, live)):
        if has_tokens(folder) and _has_whole_tokens(folder):
            files = TokenFiles(folder, open_array(folder / SENTENCE_BOUNDS))
            return TokenSource(files, manifest.files, linked=folder != previous.folder)
    return None


def _has_whole_tokens(folder: Path) -> bool:
    try:
        verified(folder, deep=lambda name: is_of_tokens(name) or name == SENTENCE_BOUNDS)
    except StoreError as error:
        _LOGGER.warning("%s Its tokens are not used.", error)
        return False
    return True
