"""What every format's reader produces: blocks in reading order, before they become a document."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Block:
    """A heading or a paragraph as a reader found it.

    `lines` are the first and last line of the file, from 1, inclusive. `starts` says where in
    `text` each of them begins: (offset, line), ascending; empty where the reader cannot tell.
    A heading of `level` 0 is part of the text but opens no section (a title, a subtitle).
    A newline inside `text` separates entries (of a list, a table, a poem), never one sentence.
    """

    kind: Literal["heading", "paragraph"]
    text: str
    lines: tuple[int, int]
    page: int | None = None
    level: int = 0
    starts: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Dropped:
    """Text of the file that is kept out of the document, and why."""

    lines: tuple[int, int]
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Content:
    """All that a reader found in a file. What it does not know is None."""

    blocks: tuple[Block, ...]
    title: str | None = None
    date: str | None = None
    source: str | None = None
    language: str | None = None
    dropped: tuple[Dropped, ...] = ()
