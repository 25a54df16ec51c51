"""What a document is once it has been read: cleaned text and its citable slices."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
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
    from the document's. `recognized` is how sure the recognition of text in a picture was, from 0
    to 1; None where the file has text.
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
    recognized: float | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something in a file that is not in the text of its documents.

    `what` is its kind, in a few words that each language of the interface translates; `count` how
    often it occurs (0 where unknown), `place` where, in figures or names (pages `3, 7–9`), or
    empty. `reason` has a sentence for a person where something can be done about it.
    """

    what: str
    count: int = 1
    place: str = ""
    reason: str = ""


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
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file, or parts of it, that did not become a document, and why, in words for a person."""

    path: str
    reason: str
    left_out: tuple[LeftOut, ...] = ()


#: What is left out until the extra `ocr` is installed: pages whose text can only be recognized.
PICTURE_PAGE = "page that is a picture"
PARTLY_PICTURE_PAGE = "page that is mostly a picture"
UNREADABLE_PAGE = "page with unreadable letters"
UNREAD_PAGES = frozenset({PICTURE_PAGE, PARTLY_PICTURE_PAGE, UNREADABLE_PAGE})
#: How many places of one kind are named.
_NAMED_PLACES = 8


def summed(parts: Iterable[LeftOut]) -> tuple[LeftOut, ...]:
    """One entry for each kind, counted together, in the order in which it first occurs."""
    found: dict[str, LeftOut] = {}
    places: dict[str, dict[str, None]] = {}
    for part in parts:
        before = found.get(part.what)
        found[part.what] = (
            part if before is None else replace(before, count=before.count + part.count)
        )
        places.setdefault(part.what, {}).update({part.place: None} if part.place else {})
    return tuple(replace(part, place=_listed([*places[what]])) for what, part in found.items())


def _listed(places: list[str]) -> str:
    more = ["…"] if len(places) > _NAMED_PLACES else []
    return ", ".join(places[:_NAMED_PLACES] + more)
