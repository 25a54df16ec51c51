"""The text of pages that are pictures: recognized page by page in a separate process, and kept."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple
from functools import partial
from pathlib import Path

from rag.documents.block import Looks, Picture, RecognizedLine, RecognizedPage
from rag.documents.formats.pictures import looks_of, recognize_page
from rag.documents.limits import RECOGNITION_MEMORY, RECOGNITION_SECONDS
from rag.documents.sandbox import Sandbox
from rag.errors import DocumentError
from rag.progress import Progress, silent

_STAGE = "recognizing pages"
_SCHEMA = "CREATE TABLE IF NOT EXISTS pages (digest TEXT PRIMARY KEY, lines TEXT, used TEXT)"
#: Days after which a page that is in no file any more is forgotten.
_KEPT = 100


class Recognizer:
    """Recognizes pages, each once in the lifetime of the file `kept`. Not shared by threads.

    Without `kept` nothing is kept. `progress` counts the pages of the files so far.
    """

    def __init__(self, kept: Path | None = None, progress: Progress = silent) -> None:
        self._path = kept
        self._kept: _Kept | None = None
        self._progress = progress
        self._done = self._total = 0
        self._sandbox = Sandbox(seconds=RECOGNITION_SECONDS, memory=RECOGNITION_MEMORY)

    def recognize_pages(
        self, data: bytes, pictures: Sequence[Picture]
    ) -> Mapping[int, RecognizedPage]:
        """The recognized text of some pages of a file, by page number."""
        self._total += len(pictures)
        found = {}
        for picture in pictures:
            self._progress(_STAGE, self._done, self._total)
            found[picture.page] = self._page(data, picture.page)
            self._done += 1
        self._progress(_STAGE, self._done, self._total)
        return found

    def _page(self, data: bytes, number: int) -> RecognizedPage:
        try:
            digest = self._digest(data, number)
            kept = self._opened()
            known = None if kept is None else kept.page(digest)
            if known is not None:
                return known
            (page,) = self._sandbox.read_apart(partial(recognize_page, page=number), data)
        except DocumentError as error:
            return RecognizedPage(failure=str(error))
        if not isinstance(page, RecognizedPage):
            raise TypeError(f"Recognition gave {type(page).__name__}.")
        if kept is not None:
            kept.keep_page(digest, page)
        return page

    def _opened(self) -> "_Kept | None":
        """The store; its file is made with the first page that is recognized."""
        if self._kept is None and self._path is not None:
            self._kept = _Kept(self._path)
        return self._kept

    def _digest(self, data: bytes, number: int) -> str:
        (looks,) = self._sandbox.read_apart(partial(looks_of, page=number), data)
        if not isinstance(looks, Looks):
            raise TypeError(f"The look of a page is {type(looks).__name__}.")
        return looks.digest

    def close(self) -> None:
        self._sandbox.close()
        if self._kept is not None:
            self._kept.close()


class _Kept:
    """A store of recognized pages, by the digest of what they show. A damaged one is replaced by an
    empty one.
    """

    def __init__(self, path: Path) -> None:
        self._database = self._opened(path)

    def _opened(self, path: Path) -> sqlite3.Connection:
        path.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(2):
            database = sqlite3.connect(path, isolation_level=None)
            try:
                database.execute(_SCHEMA)
                database.execute(f"DELETE FROM pages WHERE used < date('now', '-{_KEPT} days')")  # noqa: S608
            except sqlite3.DatabaseError:
                database.close()
                path.unlink(missing_ok=True)
            else:
                return database
        return sqlite3.connect(":memory:")

    def page(self, digest: str) -> RecognizedPage | None:
        with suppress(sqlite3.Error, ValueError, TypeError):
            query = "UPDATE pages SET used = date('now') WHERE digest = ? RETURNING lines"
            found = self._database.execute(query, (digest,)).fetchall()
            if found:
                return RecognizedPage(
                    tuple(RecognizedLine(*line) for line in json.loads(found[0][0]))
                )
        return None

    def keep_page(self, digest: str, page: RecognizedPage) -> None:
        lines = json.dumps([astuple(line) for line in page.lines], ensure_ascii=False)
        with suppress(sqlite3.Error):  # it is only recognized again
            query = "INSERT OR REPLACE INTO pages VALUES (?, ?, date('now'))"
            self._database.execute(query, (digest, lines))

    def close(self) -> None:
        self._database.close()
