"""The documents that can be asked about, as they are listed."""

from dataclasses import dataclass

from rag.answering.citation import Citation


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """A document as it is listed when someone asks which there are; of an overview of all with the
    sentence that says most of it.
    """

    id: str
    title: str
    path: str
    date: str | None
    url: str
    collection: str | None = None
    gist: Citation | None = None


@dataclass(frozen=True, slots=True)
class ListedFolder:
    """A folder of documents: its path, how many it has, and their first and last date."""

    path: str
    documents: int
    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class CorpusListing:
    """The documents that can be asked about: their number, the earliest and the latest date, their
    folders, and a list of them: all where they are few, else the newest.
    """

    documents: int
    first: str | None
    last: str | None
    folders: tuple[ListedFolder, ...]
    listed: tuple[ListedDocument, ...]
