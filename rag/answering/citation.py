"""What is quoted and what was found: sentences and passages of documents, with their places."""

from dataclasses import dataclass

from rag.documents.document import ParagraphKind


@dataclass(frozen=True, slots=True)
class Citation:
    """What proves an answer: `document.text[start:end] == quote`.

    `language` is an ISO 639-1 code, `script` an ISO 15924 code: which Chinese it is, for example.
    `kind` is the paragraph's: code keeps its white space, items of a list and rows their lines.
    `omitted` says how many more items, rows or lines belong to the quote and are left out.
    `recognized` is the confidence, from 0 to 1, with which the text was recognized in a picture;
    None where the file has it as text. `collection` is the name of the document's collection, None
    without such.
    """

    id: int
    document_id: str
    title: str
    path: str
    date: str | None
    language: str
    section: str
    paragraph: int
    lines: tuple[int, int]
    page: int | None
    quote: str
    start: int
    end: int
    url: str
    script: str = ""
    kind: ParagraphKind = "text"
    omitted: int = 0
    recognized: float | None = None
    collection: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph as found for a question. `highlights` are offsets into `text`."""

    rank: int
    score: float
    document_id: str
    title: str
    path: str
    date: str | None
    section: str
    paragraph: int
    lines: tuple[int, int]
    page: int | None
    text: str
    start: int
    end: int
    highlights: tuple[tuple[int, int], ...]
    url: str
    language: str = ""
    script: str = ""
    kind: ParagraphKind = "text"
    recognized: float | None = None
    collection: str | None = None
