"""Blocks of any format become a document: text, slices of it, sections, language."""

import hashlib
import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from rag.documents.block import Block, Content
from rag.documents.languages import detect_language
from rag.documents.limits import Limits
from rag.documents.model import Document, Paragraph, Sentence
from rag.documents.packing import pack
from rag.documents.scripts import detect_script
from rag.errors import DocumentError

_SEPARATOR = "\n\n"
_SECTION_SEPARATOR = " › "
_TITLE_LENGTH = 40
_CLAUSE_END = re.compile(r"[，,。；;：:！？!?…\n]|[.] |——")
#: A name made of digits and hexadecimal tells a reader nothing.
_MEANINGLESS = re.compile(r"[\W\d_]*(?:[0-9a-f]{6,}[\W\d_]*)*", re.IGNORECASE)


def document_id(path: str) -> str:
    """The document's name in URLs: 12 hexadecimal digits from its path relative to the folder."""
    data = path.encode("utf-8", "surrogateescape")
    return hashlib.blake2b(data, digest_size=6).hexdigest()


def assemble(content: Content, *, path: str, digest: str, limits: Limits) -> Document:
    """The document that a reader's content makes.

    `path` is relative to the folder and may hold surrogates for bytes that are no UTF-8.
    Raises DocumentError when there is no text in it.
    """
    builder = _Builder(limits)
    headed = any(block.kind == "paragraph" and block.text.strip() for block in content.blocks)
    for block in content.blocks:
        # Headings over nothing are all there is to cite.
        builder.add(block if headed else replace(block, kind="paragraph"))
    if not builder.paragraphs:
        raise DocumentError("It holds no text. Remove it, or put text in it.")
    text = _SEPARATOR.join(builder.parts)
    language, script = detect_language(text)
    if content.language is not None and content.language != language:
        language, script = content.language, detect_script(text)
    shown = printable_path(path)
    return Document(
        id=document_id(path),
        path=shown,
        title=_name(shown, text, builder.paragraphs[0]) if content.title is None else content.title,
        date=content.date,
        source=content.source,
        language=language,
        script=script,
        text=text,
        paragraphs=tuple(builder.paragraphs),
        digest=digest,
    )


def make_document(
    text: str,
    *,
    path: str = "text.txt",
    title: str | None = None,
    date: str | None = None,
    limits: Limits | None = None,
) -> Document:
    """A document whose `text` is the given string, untouched, as one section-less paragraph.

    Only a text longer than `limits.max_tokens` becomes several paragraphs.
    Raises DocumentError when there is nothing but white space.
    """
    block = Block("paragraph", text, (1, text.count("\n") + 1), starts=_newlines(text))
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    content = Content((block,), title=title, date=date)
    return assemble(content, path=path, digest=digest, limits=limits or Limits())


@dataclass(slots=True)
class _Builder:
    limits: Limits
    parts: list[str] = field(default_factory=list)
    paragraphs: list[Paragraph] = field(default_factory=list)
    _headings: list[tuple[int, str]] = field(default_factory=list)
    _length: int = 0

    def add(self, block: Block) -> None:
        if not block.text.strip():
            return
        offset = self._length + (len(_SEPARATOR) if self.parts else 0)
        if block.kind == "paragraph":
            self._add_paragraphs(block, offset)
        elif block.level > 0:
            while self._headings and self._headings[-1][0] >= block.level:
                self._headings.pop()
            self._headings.append((block.level, block.text.replace("\n", " ")))
        self.parts.append(block.text)
        self._length = offset + len(block.text)

    def _add_paragraphs(self, block: Block, offset: int) -> None:
        section = _SECTION_SEPARATOR.join(text for _, text in self._headings)
        for group in pack(block.text, self.limits):
            start, end = group[0].start, group[-1].end
            self.paragraphs.append(
                Paragraph(
                    ordinal=len(self.paragraphs),
                    start=offset + start,
                    end=offset + end,
                    section=section,
                    lines=_lines(block, start, end),
                    page=block.page,
                    sentences=tuple(Sentence(offset + s.start, offset + s.end) for s in group),
                )
            )


def _lines(block: Block, start: int, end: int) -> tuple[int, int]:
    if not block.starts:
        return block.lines
    return _line_at(block, start), _line_at(block, end - 1)


def _line_at(block: Block, offset: int) -> int:
    index = bisect_right(block.starts, offset, key=lambda start: start[0])
    return block.starts[max(0, index - 1)][1]


def _newlines(text: str) -> tuple[tuple[int, int], ...]:
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    return tuple((offset, line) for line, offset in enumerate(starts, 1))


def printable_path(path: str) -> str:
    """The path in valid Unicode; bytes that are no UTF-8 and control characters show as `\\xNN`."""
    shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(f"\\x{ord(c):02x}" if unicodedata.category(c) == "Cc" else c for c in shown)


def _name(path: str, text: str, first: Paragraph) -> str:
    """A title where there is none: the file's name if it says something, else the first words."""
    stem = PurePosixPath(path).stem
    if not _MEANINGLESS.fullmatch(stem):
        return stem
    opening = text[first.start : first.end]
    ends = [match.start() for match in _CLAUSE_END.finditer(opening)] + [len(opening)]
    fitting = [end for end in ends if 8 <= end <= _TITLE_LENGTH]
    if fitting:
        return opening[: fitting[-1]].rstrip("，,。；;：:. ")
    cut = opening[:_TITLE_LENGTH]
    if len(opening) <= _TITLE_LENGTH:
        return cut.replace("\n", " ")
    spaces = [match.start() for match in re.finditer(" ", cut) if match.start() > 20]
    return (cut[: spaces[-1]] if spaces else cut) + "…"
