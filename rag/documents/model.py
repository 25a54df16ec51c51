"""What a document is once it has been read: cleaned text, and citable slices of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """A slice of `document.text`; what is highlighted and quoted."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A citable slice of `document.text`, with where it stands in the original file.

    `lines` are the first and last line of the original file, counted from 1, inclusive.
    `sentences` lie inside the paragraph, in order, without overlap, and never start or end
    with white space.
    """

    ordinal: int
    start: int
    end: int
    section: str
    lines: tuple[int, int]
    page: int | None
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One file of the folder. All offsets refer to `text`, the cleaned text.

    `path` is relative to the folder, with `/`; `id` is a short URL-safe name made from it.
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
    """A file that did not become a document, and why, in words for a person."""

    path: str
    reason: str
