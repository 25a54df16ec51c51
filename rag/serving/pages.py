"""Pages of PDF files of the index as they look, drawn in the reader process."""

import hashlib
import threading
from collections import OrderedDict
from functools import partial
from pathlib import Path

from rag.documents import Document
from rag.documents.block import MarkedPage, PagePicture, Reader
from rag.documents.formats.pdf.showing import find_sentence, show_page
from rag.documents.limits import PAGES
from rag.documents.loading import file_bytes
from rag.documents.sandbox import Sandbox
from rag.errors import DocumentError, UnavailableError
from rag.extras import is_installed

#: Seconds for a page, and of idleness after which the reader process ends.
_SECONDS, _IDLE = 10.0, 60.0
#: Bytes of pictures that are kept, and places.
_KEPT_BYTES, _KEPT_PLACES = 24_000_000, 500
#: Bytes of a file from which pages are shown.
_MOST = 200_000_000
_NO_PAGES = "The document is no PDF file, so it has no pages to show. Its text can be read."
_NOT_INSTALLED = "Pages can be shown where PDF files can be read: pip install 'wenda[read]'"
_CHANGED = (
    "The file has changed since it was indexed, or is not there, so its pages are not shown. Its "
    "text can be read; the next index has the new one."
)


class PageViews:
    """Shows pages of the documents in a folder, of files that are what was indexed.

    May be used by several threads at once; they take turns. Every method raises DocumentError, in
    words for a person, when there is no such page, and UnavailableError when there may be later.
    """

    def __init__(self, seeds: Path) -> None:
        self._seeds = seeds
        self._using = threading.Lock()
        self._sandbox: Sandbox | None = None
        self._resting: threading.Timer | None = None
        self._pictures: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._places: OrderedDict[tuple[str, int, int], tuple[MarkedPage, ...]] = OrderedDict()

    def picture(self, document: Document, page: int) -> bytes:
        """A page of the document, from 1, as a PNG file."""
        data = self._bytes(document, page)
        key = (document.digest, page)
        with self._using:
            png = self._pictures.pop(key, b"")
            if not png:
                drawn = self._read(partial(show_page, page=page), data)
                (png,) = (each.png for each in drawn if isinstance(each, PagePicture))
            self._pictures[key] = png
            while sum(map(len, self._pictures.values())) > _KEPT_BYTES:
                self._pictures.popitem(last=False)
            return png

    def places(self, document: Document, start: int, end: int) -> tuple[MarkedPage, ...]:
        """The pages on which a slice of the document's text stands, with its boxes on them.

        Raises DocumentError where the document has no pages, or as the class says.
        """
        whose = next((each for each in document.paragraphs if each.start <= start < each.end), None)
        if whose is None or whose.page is None:
            raise DocumentError(_NO_PAGES)
        data = self._bytes(document, whose.page)
        key = (document.digest, start, end)
        # A quotation may go on in the paragraphs after its own.
        text = document.text[whose.start : max(end, whose.end)]
        start, end = start - whose.start, end - whose.start
        find = partial(
            find_sentence,
            page=whose.page,
            paragraph=text,
            start=start,
            end=end,
            table=whose.kind == "table",
        )
        with self._using:
            if key not in self._places:
                found = self._read(find, data)
                self._places[key] = tuple(each for each in found if isinstance(each, MarkedPage))
                while len(self._places) > _KEPT_PLACES:
                    self._places.popitem(last=False)
            return self._places[key]

    def close(self) -> None:
        """Ends the reader process; a later call starts another one."""
        with self._using:
            if self._resting is not None:
                self._resting.cancel()
            if self._sandbox is not None:
                self._sandbox.close()
            self._sandbox = self._resting = None

    def _bytes(self, document: Document, page: int) -> bytes:
        """The file's content, when it is what was indexed."""
        if not document.path.lower().endswith(".pdf") or not 1 <= page <= PAGES:
            raise DocumentError(_NO_PAGES)
        if not is_installed("read"):
            raise DocumentError(_NOT_INSTALLED)
        try:
            data = file_bytes(self._seeds / document.path, _MOST)
        except DocumentError as error:
            raise UnavailableError(_CHANGED) from error
        if hashlib.sha256(data).hexdigest() != document.digest:
            raise UnavailableError(_CHANGED)
        return data

    def _read(self, reader: Reader, data: bytes) -> list[object]:
        if self._resting is not None:
            self._resting.cancel()
        if self._sandbox is None:
            self._sandbox = Sandbox(seconds=_SECONDS)
        try:
            return list(self._sandbox.read_apart(reader, data))
        finally:
            self._resting = threading.Timer(_IDLE, self.close)
            self._resting.daemon = True
            self._resting.start()
