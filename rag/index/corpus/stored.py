"""What a generation keeps of files, documents and paragraphs, as it is handed out."""

import re
from dataclasses import dataclass, fields

from rag.documents import Document, LeftOut, Paragraph, printable_path

_WORD = re.compile(r"\d+|[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A document without its text."""

    id: str
    path: str
    title: str
    date: str | None
    source: str | None
    language: str
    script: str
    digest: str
    paragraphs: int


#: The columns of a document's facts.
FACTS = ", ".join(field.name for field in fields(DocumentFacts))


@dataclass(frozen=True, slots=True)
class StoredParagraph:
    """A paragraph with its text and its document's facts; `row` is its number in the index."""

    row: int
    document: DocumentFacts
    paragraph: Paragraph
    text: str

    def text_between(self, start: int, end: int) -> str:
        """A part of the paragraph by its offsets into `document.text`."""
        begin = self.paragraph.start
        return self.text[start - begin : end - begin]

    def sentence_texts(self) -> list[str]:
        return [self.text_between(each.start, each.end) for each in self.paragraph.sentences]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it was found: `relative` is its path in bytes, `reason` why it, or one of its
    parts, could not be read; `left_out` is all that is in it and in none of its documents.

    `digest` is the sha256 of its content, None where that could not be read.
    """

    relative: bytes
    digest: str | None
    reason: str | None
    documents: int
    left_out: tuple[LeftOut, ...] = ()

    @property
    def path(self) -> str:
        """The path in valid Unicode, as documents carry it."""
        return printable_path(self.relative.decode("utf-8", "surrogateescape"))


@dataclass(frozen=True, slots=True)
class EmbeddedParagraph:
    """A paragraph as it is embedded: its context (title and section), its text, its sentences.

    `sentences` are offsets into the text.
    """

    row: int
    context: str
    text: str
    sentences: tuple[tuple[int, int], ...]
    language: str


def context_of(title: str, section: str) -> str:
    """What is embedded before a paragraph's text: the title and the section."""
    return " › ".join(part for part in (title, section) if part)


def lexical_context(document: Document | DocumentFacts, section: str) -> str:
    """What a paragraph's words are searched with besides its text: its context, the words of the
    path that the title does not have, and the year.
    """
    context = context_of(document.title, section)
    held = {*_WORD.findall(context.lower())}
    words = _WORD.findall(document.path.rpartition(".")[0].lower())
    year = (document.date or "")[:4]
    more = [word for word in dict.fromkeys((*words, year)) if word and word not in held]
    return " › ".join(part for part in (context, " ".join(more)) if part)
