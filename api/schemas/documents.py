"""Documents: their metadata in lists, and whole with text and paragraphs."""

from typing import Annotated

from pydantic import BaseModel, Field

from api.schemas.fields import Pair
from rag import ParagraphKind


class DocumentMetadata(BaseModel):
    """A document without its text. `script` is an ISO 15924 code, `language` an ISO 639-1 code,
    `collection` the name of its collection, left out where there are none."""

    id: str
    path: str
    title: str
    date: str | None
    source: str | None
    language: str
    script: str
    collection: str | None = None


class DocumentItem(DocumentMetadata):
    """A document in a list; `paragraphs` is the number of its paragraphs."""

    paragraphs: int


class DocumentList(BaseModel):
    """A part of the list of documents, in the order of their paths.

    `total` is the number of documents in the whole list. `next` is what the next request gives as
    `after`; null when no documents follow.
    """

    documents: list[DocumentItem]
    total: int
    next: str | None


class ParagraphItem(BaseModel):
    """A citable slice of the document's text. `sentences` are pairs of offsets into that text.

    `kind` says how it is shown: white space of code counts, and so do the line breaks of a list.
    `recognized` says how surely the text was recognized in a picture, from 0 to 1; null where the
    file has it as text.
    """

    ordinal: int
    section: str
    lines: Pair
    page: int | None
    start: int
    end: int
    sentences: list[Pair]
    kind: ParagraphKind
    recognized: float | None


class ShownPage(BaseModel):
    """A page of a file as it is shown, its width and height in points.

    `marks` are where a sentence stands on it: left, top, width and height, each as a share, from 0
    to 1, of the page's width or height.
    """

    page: int
    width: float
    height: float
    marks: list[Annotated[list[float], Field(min_length=4, max_length=4)]]


class QuotedPages(BaseModel):
    """The pages that show a part of a document's text; the file has `pages` in all."""

    pages: int
    shown: list[ShownPage]


class LeftOutPart(BaseModel):
    """Something in the document's file that is in no document: `what` it is, how often (`count`, 0
    where that is not counted) and where (`place`, which may be empty); `reason` says why, and what
    to do, where something can be done.
    """

    what: str
    count: int
    place: str
    reason: str


class WholeDocument(DocumentMetadata):
    """A document with its text. All offsets count characters of `text`.

    `left_out` is what the file has besides, hidden text or pictures for instance.
    """

    text: str
    paragraphs: list[ParagraphItem]
    left_out: list[LeftOutPart]
