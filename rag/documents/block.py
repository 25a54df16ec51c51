"""What every format's reader produces: blocks in reading order, before they become a document."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from rag.documents.document import LeftOut, ParagraphKind


@dataclass(frozen=True, slots=True)
class Block:
    """A heading or a paragraph as a reader found it.

    `lines` are the first and the last line in the file, counted from 1, both included; `Paragraph`
    says what is counted where a format has no lines. `starts` are pairs (offset, line), ascending:
    where in `text` each of these lines begins; empty where the reader cannot tell. `unbroken` are
    spans of `text`, ascending, inside which no sentence ends (inline code). A heading of `level` 0
    is part of the text but opens no section (a title, a subtitle).

    `caption` says what a table shows, where its format has a place for that.

    A newline inside `text` separates entries (of a list, a table, a poem) and so ends a sentence,
    except in a paragraph whose `form` is "code": its lines belong together.
    """

    kind: Literal["heading", "paragraph"]
    text: str
    lines: tuple[int, int]
    level: int = 0
    starts: tuple[tuple[int, int], ...] = ()
    form: ParagraphKind = "text"
    caption: str = ""
    unbroken: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Dropped:
    """Text of the file, or a picture, that is left out of the document, and its kind."""

    lines: tuple[int, int]
    text: str
    reason: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """A document that a reader found in a file. Unknown fields are None.

    `pages` are the first line of each page, ascending; empty where a format has no pages. `key`
    names the record where a file holds several; no two in a file have the same. `recognized` maps
    the number of each line that was recognized in a picture to the confidence.
    """

    blocks: tuple[Block, ...]
    title: str | None = None
    date: str | None = None
    source: str | None = None
    language: str | None = None
    dropped: tuple[Dropped, ...] = ()
    pages: tuple[int, ...] = ()
    key: str | None = None
    recognized: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Omitted:
    """A part of a file that is left out while the rest is read: where, why and what to do.

    `what`, `count` and `place` are those of a `LeftOut`.
    """

    where: str
    reason: str
    what: str = "part"
    place: str = ""
    count: int = 1

    @property
    def left_out(self) -> LeftOut:
        return LeftOut(self.what, self.count, self.place or self.where, self.reason)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the file, to be read by the name it has; `key` tells it from the others."""

    name: str
    data: bytes
    key: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A page of the file, from 1, whose text has to be recognized."""

    page: int


@dataclass(frozen=True, slots=True)
class RecognizedLine:
    """A line of text in a picture, its box in points from the page's lower left corner, and how
    sure its recognition is, from 0 to 1.
    """

    text: str
    left: float
    bottom: float
    right: float
    top: float
    confidence: float


@dataclass(frozen=True, slots=True)
class RecognizedPage:
    """What was recognized on a page; `failure` says why nothing could be."""

    lines: tuple[RecognizedLine, ...] = ()
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Looks:
    """The digest of the picture of a page, and of the program that recognizes it."""

    digest: str


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page as it looks, as a PNG file."""

    png: bytes


@dataclass(frozen=True, slots=True)
class MarkedPage:
    """A page (the first is 1) of a file of `pages`, its width and height in points as shown, and
    where a sentence stands on it: left, top, width and height as shares of the page.
    """

    page: int
    pages: int
    width: float
    height: float
    marks: tuple[tuple[float, float, float, float], ...]


#: What a reader finds in a file.
Found = Content | Omitted | Attachment | Picture | RecognizedPage | Looks | PagePicture | MarkedPage

#: Takes a file's bytes; gives the document in them, or several and what is left out of them.
#: Raises DocumentError when the file gives none.
Reader = Callable[[bytes], Content | Iterable[Found]]


def read_all(reader: Reader, data: bytes) -> list[Found]:
    """Everything that the reader finds, as a list even where it is a single document."""
    found = reader(data)
    return [found] if isinstance(found, Content) else list(found)
