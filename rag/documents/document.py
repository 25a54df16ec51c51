"""What a document is once it has been read: cleaned text and its citable slices."""

from dataclasses import dataclass
from typing import Literal

#: What a paragraph is to its reader: running text, a block of code, a list or an entry of one,
#: rows of a table.
ParagraphKind = Literal["text", "code", "list", "table"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A slice of `document.text`; what is highlighted and quoted."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A citable slice of `document.text`, with its place in the original file.

    `lines` are the first and the last line in the original file, counted from 1, both included.
    Formats without lines count something else: a PDF file the lines of text on its pages, through
    all pages; a Word file its paragraphs and table rows. `page` is the page on which the paragraph
    starts, from 1 as a viewer counts them; None where a format has no pages. `sentences` lie inside
    the paragraph, in order, without overlap, and never start or end with white space; a block of
    code is one sentence, however many lines it has. `language` is an ISO 639-1 code; it may differ
    from the document's.
    """

    ordinal: int
    start: int
    end: int
    section: str
    lines: tuple[int, int]
    page: int | None
    sentences: tuple[Sentence, ...]
    kind: ParagraphKind = "text"
    language: str = "und"


@dataclass(frozen=True, slots=True)
class Document:
    """A file of the folder, or one of its records. All offsets refer to `text`, the cleaned text.

    `path` is the file's, relative to the folder, with `/`; `id` is a short URL-safe name made
    from it and from the record's key, so it stays when other records come and go.
    `date` is ISO 8601 (a day, a month or a year) or None. `language` is an ISO 639-1 code;
    `script` an ISO 15924 code (`Hans`, `Hant`, `Latn`, …). `digest` is the sha256 of the file.
    """

    id: str
    path: str
    title: str
    date: str | None
    source: str | None
    language: str
    script: str
    text: str
    paragraphs: tuple[Paragraph, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file, or parts of it, that did not become a document, and why, in words for a person."""

    path: str
    reason: str
