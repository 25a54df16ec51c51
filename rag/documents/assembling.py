"""Blocks of any format become a document: text, its slices, sections, language."""

import hashlib
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from rag.documents.block import Block, Content
from rag.documents.chunking import pack
from rag.documents.document import Document, LeftOut, Paragraph, Sentence, summed
from rag.documents.limits import Limits
from rag.documents.text.characters import tidy
from rag.documents.text.languages import (
    detect_language,
    language_of_pieces,
    paragraph_language,
    script_language,
)
from rag.documents.text.scripts import detect_script
from rag.errors import DocumentError

_SEPARATOR = "\n\n"
_SECTION_SEPARATOR = " › "
_TITLE_LENGTH = 40
#: Kinds of paragraphs that have words and values in place of sentences.
_WITHOUT_SENTENCES = frozenset({"table", "code"})
#: A line before a table that says what it shows: "Table 3: Fares in 2024", "表2 票价".
_CAPTION = re.compile(
    r"(?:table|tab\.|tabelle|tableau|tabla|tabela|tabella|таблица|表格?)\s*"
    r"(?:\d[\d.-]*|[ivx]+|[一二三四五六七八九十]+)(?![\da-z]).{0,150}",
    re.IGNORECASE,
)
_CAPTION_LENGTH = 160
_CLAUSE_END = re.compile(r"[，,。；;：:！？!?…\n]|[.] |——")
#: Bidirectional classes of the marks that change the direction of text.
_TURNING = frozenset({"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"})
#: A name made of digits and hexadecimal tells a reader nothing.
_MEANINGLESS = re.compile(r"[\W\d_]*(?:[0-9a-f]{6,}[\W\d_]*)*", re.IGNORECASE)


def document_id(path: str, key: str | None = None) -> str:
    """The document's name in URLs: 12 hexadecimal digits from its path relative to the folder.

    `key` tells apart the records of one file.
    """
    data = path.encode("utf-8", "surrogateescape")
    if key is not None:
        data += b"\0" + key.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=6).hexdigest()


def assemble(content: Content, *, path: str, digest: str, limits: Limits) -> Document:
    """The document that a reader's content makes.

    `path` is relative to the folder and may hold surrogates for bytes that are no UTF-8.
    Raises DocumentError when there is no text in it.
    """
    builder = _Builder(limits, content.pages)
    headed = any(block.kind == "paragraph" and block.text.strip() for block in content.blocks)
    for block in content.blocks:
        # There is nothing to cite but headings.
        builder.add_block(block if headed else replace(block, kind="paragraph"))
    if not builder.paragraphs:
        raise DocumentError("It holds no text. Remove it, or put text in it.")
    text = _SEPARATOR.join(builder.parts)
    language, script = _language(text, builder.paragraphs)
    if content.language is not None and content.language != language:
        language, script = content.language, detect_script(text)
    shown = printable_path(path)
    title = content.title
    if title is None:
        title = _name(shown, text, builder.paragraphs[0], content.key)
    return Document(
        id=document_id(path, content.key),
        path=shown,
        title=title,
        date=content.date,
        source=content.source,
        language=language,
        script=script,
        text=text,
        paragraphs=tuple(
            _with_language(_with_confidence(each, content.recognized), text, language)
            for each in builder.paragraphs
        ),
        digest=digest,
        left_out=summed(LeftOut(each.reason, place=each.place) for each in content.dropped),
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
    pages: tuple[int, ...] = ()
    parts: list[str] = field(default_factory=list)
    paragraphs: list[Paragraph] = field(default_factory=list)
    _headings: list[tuple[int, str]] = field(default_factory=list)
    _length: int = 0
    _caption: str = ""

    def add_block(self, block: Block) -> None:
        if not block.text.strip():
            return
        offset = self._length + (len(_SEPARATOR) if self.parts else 0)
        if block.kind == "paragraph":
            self._add_paragraphs(block, offset)
            # Rows say little without what their table is about.
            if block.form != "table":
                self._caption = block.text if _CAPTION.fullmatch(block.text) else ""
        elif block.level > 0:
            while self._headings and self._headings[-1][0] >= block.level:
                self._headings.pop()
            self._headings.append((block.level, block.text.replace("\n", " ")))
        self.parts.append(block.text)
        self._length = offset + len(block.text)

    def _add_paragraphs(self, block: Block, offset: int) -> None:
        headings = [text for _, text in self._headings]
        caption = (block.caption or self._caption)[:_CAPTION_LENGTH]
        if block.form == "table" and caption and caption not in headings:
            headings.append(caption)
        section = _SECTION_SEPARATOR.join(headings)
        for group in pack(block, self.limits):
            start, end = group[0].start, group[-1].end
            lines = _lines(block, start, end)
            self.paragraphs.append(
                Paragraph(
                    ordinal=len(self.paragraphs),
                    start=offset + start,
                    end=offset + end,
                    section=section,
                    lines=lines,
                    page=bisect_right(self.pages, lines[0]) or None,
                    sentences=tuple(Sentence(offset + s.start, offset + s.end) for s in group),
                    kind=block.form,
                )
            )


def _with_confidence(paragraph: Paragraph, recognized: Sequence[tuple[int, float]]) -> Paragraph:
    """The paragraph with how surely its lines were recognized, on average, if any were."""
    first, last = paragraph.lines
    begin = bisect_left(recognized, first, key=lambda line: line[0])
    end = bisect_right(recognized, last, key=lambda line: line[0])
    found = [confidence for _, confidence in recognized[begin:end]]
    return replace(paragraph, recognized=round(sum(found) / len(found), 4)) if found else paragraph


def _language(text: str, paragraphs: Sequence[Paragraph]) -> tuple[str, str]:
    """The language and script of a document; of one that is mostly tables and code, if it shows."""
    pieces = [text[each.start : each.end] for each in paragraphs if each.kind in _WITHOUT_SENTENCES]
    if 2 * sum(map(len, pieces)) > len(text):
        return language_of_pieces(pieces), detect_script(text)
    return detect_language(text)


def _with_language(paragraph: Paragraph, text: str, of_document: str) -> Paragraph:
    own = text[paragraph.start : paragraph.end]
    if paragraph.kind in _WITHOUT_SENTENCES:
        return replace(paragraph, language=script_language(own) or of_document)
    return replace(paragraph, language=paragraph_language(own, of_document))


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
    """The path in valid Unicode; bytes that are no UTF-8 and control characters show as `\\xNN`.

    So do line separators and marks that turn the direction of text, as `\\uNNNN`.
    """
    shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(_escaped(c) if _is_control(c) else c for c in shown)


def _is_control(char: str) -> bool:
    turning = unicodedata.bidirectional(char) in _TURNING or char in "\u061c\u200e\u200f"
    return turning or unicodedata.category(char) in {"Cc", "Zl", "Zp"}


def _escaped(char: str) -> str:
    return f"\\x{ord(char):02x}" if ord(char) < 0x100 else f"\\u{ord(char):04x}"


def _name(path: str, text: str, first: Paragraph, key: str | None) -> str:
    """A title where there is none: the file's name if it says something, else the first words."""
    stem = PurePosixPath(path).stem
    if not _MEANINGLESS.fullmatch(stem):
        return stem if key is None else f"{stem} {tidy(key)[:_TITLE_LENGTH]}".rstrip()
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
