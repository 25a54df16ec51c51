"""Other light markup, put together from what Markdown can express, and from tables.

A reader rewrites its lines one by one, so that they keep their numbers.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.documents.block import Block, Content
from rag.documents.formats.markup.markdown import markdown_blocks
from rag.documents.formats.structure.titles import titled
from rag.documents.formats.tables.rows import text_of_rows

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
#: Stands for "<" where Markdown must not see the beginning of a tag; it is punctuation, too.
_LESS = "\u29fc"


def literal(text: str) -> str:
    """Words in which Markdown must not see tags of HTML."""
    return _TAG.sub(_LESS, text)


class LightMarkup:
    """Takes rewritten lines and tables in order; gives the document they make."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._first = 1
        self._blocks: list[Block] = []

    def add_line(self, line: str) -> None:
        """The next line, as Markdown; empty where it is no text."""
        self._lines.append(line)

    def replace_last(self, line: str) -> None:
        """Puts another line in place of the last one, which a later line has explained."""
        if self._lines:
            self._lines[-1] = line

    def add_table(
        self, rows: Sequence[tuple[int, Sequence[str]]], lines: int, *, headed: bool | None = None
    ) -> None:
        """A table in place of the next `lines` lines; its rows have their numbers, cells Markdown.

        `headed` is what `row_lines` takes.
        """
        self._flush()
        first = self._first
        read = ((line, [_words(cell) for cell in row]) for line, row in rows)
        text = text_of_rows(read, headed=headed)
        if not text.is_empty:
            last = first + lines - 1
            self._blocks.append(
                Block("paragraph", text.text, (first, last), starts=text.starts, form="table")
            )
        self._first += lines

    def content(self, title: str | None = None, date: str | None = None) -> Content:
        self._flush()
        known, shown = titled(title, self._blocks)
        return Content(shown, title=known, date=date)

    def _flush(self) -> None:
        if any(self._lines):
            self._blocks += _literally("\n".join(self._lines), self._first)
        self._first += len(self._lines)
        self._lines = []


def _literally(text: str, first: int = 1) -> list[Block]:
    blocks = markdown_blocks(text, first)
    return [replace(block, text=block.text.replace(_LESS, "<")) for block in blocks]


def _words(cell: str) -> str:
    return " ".join(block.text for block in _literally(cell.strip())).replace("\n", " ")
