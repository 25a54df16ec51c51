"""One file becomes one document or several: which reader reads it, and what stops it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePosixPath
from typing import cast

from rag.documents.assembling import assemble, printable_path
from rag.documents.block import Attachment, Content, Found, Omitted, Picture, Reader
from rag.documents.document import Document, Skipped, summed
from rag.documents.formats.epub import read_book
from rag.documents.formats.mail import read_mailbox, read_message
from rag.documents.formats.markup.asciidoc import read_asciidoc
from rag.documents.formats.markup.latex import read_latex
from rag.documents.formats.markup.markdown import read_markdown
from rag.documents.formats.markup.restructured import read_restructured
from rag.documents.formats.notebook import read_notebook
from rag.documents.formats.opendocument import (
    read_open_sheets,
    read_open_slides,
    read_open_text,
)
from rag.documents.formats.pdf import read_pdf
from rag.documents.formats.pictures import PICTURES, read_picture
from rag.documents.formats.plaintext import read_plain_text
from rag.documents.formats.records.json_file import read_json, read_json_lines
from rag.documents.formats.records.xml_file import read_xml
from rag.documents.formats.records.yaml_file import read_yaml
from rag.documents.formats.richtext import read_rich_text
from rag.documents.formats.sheets import read_old_workbook, read_workbook
from rag.documents.formats.slides import read_slides
from rag.documents.formats.tables.delimited import read_tab_separated, read_table
from rag.documents.formats.web import read_web_page
from rag.documents.formats.word import read_word
from rag.documents.limits import NESTED_FILES, Limits
from rag.documents.recognizing import Recognizer
from rag.documents.sandbox import Sandbox
from rag.documents.text.characters import tidy
from rag.errors import DocumentError
from rag.extras import is_installed

#: How each kind of file is read.
READERS: Mapping[str, Reader] = {
    ".adoc": read_asciidoc,
    ".asciidoc": read_asciidoc,
    ".csv": read_table,
    ".docm": read_word,
    ".docx": read_word,
    ".eml": read_message,
    ".epub": read_book,
    ".htm": read_web_page,
    ".html": read_web_page,
    ".ipynb": read_notebook,
    ".json": read_json,
    ".jsonl": read_json_lines,
    ".markdown": read_markdown,
    ".mbox": read_mailbox,
    ".md": read_markdown,
    ".ndjson": read_json_lines,
    ".odp": read_open_slides,
    ".ods": read_open_sheets,
    ".odt": read_open_text,
    ".pdf": read_pdf,
    ".pptm": read_slides,
    ".pptx": read_slides,
    ".rst": read_restructured,
    ".rtf": read_rich_text,
    ".tex": read_latex,
    ".text": read_plain_text,
    ".tsv": read_tab_separated,
    ".txt": read_plain_text,
    ".xls": read_old_workbook,
    ".xlsm": read_workbook,
    ".xlsx": read_workbook,
    ".xml": read_xml,
    ".yaml": read_yaml,
    ".yml": read_yaml,
    **dict.fromkeys(sorted(PICTURES), read_picture),
}
#: Parts that are left out, named in a message.
_NAMED = 5
_ATTACHMENT = "attachment"


def read_documents(
    data: bytes,
    *,
    relative: str,
    digest: str,
    sandbox: Sandbox,
    limits: Limits | None = None,
    recognizer: Recognizer | None = None,
) -> Iterator[Document | Skipped]:
    """The documents that a file's bytes make, then what is left out of it, if anything.

    `relative` is its path inside the folder, `digest` the sha256 of the bytes. Whatever format it
    has, it is read in the sandbox: a hostile or huge file can make any reader slow or bloat it.
    Text in pictures is recognized by the `recognizer`, else left out.
    Raises DocumentError, in words for a person, when the file gives no document: it is damaged,
    takes too long or too much memory, or is of a kind that no reader knows.
    """
    limits = limits or Limits()
    check_kind(relative)
    opening = _Opening(sandbox, recognizer)
    omitted = []
    made = 0
    for item in opening.found(relative, data):
        if isinstance(item, Content):
            try:
                document = assemble(item, path=relative, digest=digest, limits=limits)
            except DocumentError as error:
                omitted.append(Omitted(f"part {item.key}" if item.key else "text", str(error)))
                continue
            made += 1
            yield document
        else:
            omitted.append(item)
    if not made:
        raise DocumentError(_told(omitted) or "It holds no text. Remove it, or put text in it.")
    if omitted:
        yield _read_in_part(relative, omitted)


def _read_in_part(relative: str, omitted: Sequence[Omitted]) -> Skipped:
    return Skipped(
        printable_path(relative),
        f"It was read only in part. {_told(omitted)}",
        summed(part.left_out for part in omitted),
    )


@dataclass(frozen=True, slots=True)
class _Opening:
    """Opens a file, and those attached to it."""

    sandbox: Sandbox
    recognizer: Recognizer | None

    def found(self, name: str, data: bytes, depth: int = 1) -> Iterator[Content | Omitted]:
        """What is in a file, with what is in its attachments in their place."""
        for item in self._read(READERS[_suffix(name)], data):
            if isinstance(item, Attachment):
                yield from self._attached(item, depth)
            elif isinstance(item, Content | Omitted):
                yield item

    def _read(self, reader: Reader, data: bytes) -> list[Found]:
        found = self.sandbox.read_apart(reader, data)
        pictures = [item for item in found if isinstance(item, Picture)]
        if not pictures:
            return found
        pages = (
            self.recognizer.recognize_pages(data, pictures) if self.recognizer is not None else {}
        )
        # Only readers that give pictures take the text that was recognized on them.
        again = cast("Reader", partial(cast("Callable[..., object]", reader), recognized=pages))
        return self.sandbox.read_apart(again, data)

    def _attached(self, item: Attachment, depth: int) -> Iterator[Content | Omitted]:
        where = f"attachment {item.name}"
        if depth > NESTED_FILES:
            reason = "It lies too deep in other files. Save it as a file of its own."
            yield Omitted(where, reason, _ATTACHMENT, item.name)
            return
        try:
            check_kind(item.name)
            inner = [*self.found(item.name, item.data, depth + 1)]
        except DocumentError as error:
            yield Omitted(where, str(error), _ATTACHMENT, item.name)
            return
        for each in inner:
            if isinstance(each, Content):
                key = item.key if each.key is None else f"{item.key}/{each.key}"
                yield replace(each, key=key, title=each.title or item.name)
            else:
                place = f"{item.name}: {each.place or each.where}"
                yield replace(each, where=f"{where}, {each.where}", place=place)


def check_kind(relative: str) -> None:
    """Raises DocumentError when no reader knows files of that name."""
    if _suffix(relative) in PICTURES and not is_installed("ocr"):
        raise DocumentError(
            "It is a picture. To have its text recognized (OCR): pip install 'wenda[ocr]'"
        )
    if _suffix(relative) not in READERS:
        raise DocumentError(
            f"Files of this kind are not read. Convert it to one of: {', '.join(sorted(READERS))}."
        )


def _suffix(relative: str) -> str:
    return PurePosixPath(relative).suffix.lower()


def _told(omitted: Sequence[Omitted]) -> str:
    if len(omitted) == 1 and omitted[0].where == "text":
        return omitted[0].reason
    named = [
        f"{part.where[:1].upper()}{part.where[1:]}: {part.reason}" for part in omitted[:_NAMED]
    ]
    if len(omitted) > _NAMED:
        named.append(f"And {len(omitted) - _NAMED:,} more parts like these.")
    # A reader may repeat what a hostile file holds.
    return tidy(" ".join(named))
