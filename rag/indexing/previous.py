"""The generations that a new one copies from, so that only what is new is read and embedded."""

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
from rag.index.tokens.segment_writer import SegmentSource
from rag.index.tokens.token_segments import TokenSegments, has_tokens, is_of_tokens, is_segment
from rag.indexing.report import Report, skipped_of

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PreviousGeneration:
    """The generation that is live before a build, with the files that it was made from."""

    folder: Path
    manifest: Manifest
    files: list[StoredFile]

    @classmethod
    def live_in(
        cls, store: Store, model: Model, *, late_interaction: bool
    ) -> "PreviousGeneration | None":
        """The live generation of a store; None where there is no sound one of this model, with or
        without late interaction as asked.
        """
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


class CopySource:
    """What a new generation copies from. Damage would be copied too, so every byte is verified."""

    def __init__(self, store: Store, previous: PreviousGeneration) -> None:
        """Raises StoreError when the previous generation is damaged, its token segments aside,
        which are verified in a thread.
        """
        thread = ThreadPoolExecutor(1)
        self._tokens = thread.submit(_segment_source, store, previous)
        thread.shutdown(wait=False)
        verified(previous.folder, deep=lambda name: not is_segment(name))
        self.tables = Tables(previous.folder)

    def tokens(self) -> SegmentSource | None:
        """Where token segments come from; None where none are sound. Waits for the verification,
        which reads most of a generation while other files are built.
        """
        return self._tokens.result()


def _segment_source(store: Store, previous: PreviousGeneration) -> SegmentSource | None:
    """The segments of the generation that the next publication removes, which can be linked; where
    these are not sound, those of the live one, which are copied.
    """
    if not has_tokens(previous.folder):
        return None
    going = store.next_to_remove(previous.manifest.name)
    live = previous.folder, previous.manifest
    for folder, manifest in filter(None, (going, live)):
        if has_tokens(folder) and _has_sound_tokens(folder):
            files = TokenSegments(folder, open_array(folder / SENTENCE_BOUNDS))
            return SegmentSource(files, manifest.files, linked=folder != previous.folder)
    return None


def _has_sound_tokens(folder: Path) -> bool:
    try:
        verified(folder, deep=lambda name: is_of_tokens(name) or name == SENTENCE_BOUNDS)
    except StoreError as error:
        _LOGGER.warning("%s Its tokens are not used.", error)
        return False
    return True
