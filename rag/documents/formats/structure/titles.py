"""The title among a document's headings."""

from collections.abc import Sequence
from dataclasses import replace

from rag.documents.block import Block


def titled(title: str | None, blocks: Sequence[Block]) -> tuple[str | None, tuple[Block, ...]]:
    """The title, and the blocks where the heading that only repeats it opens no section."""
    tops = [i for i, block in enumerate(blocks) if block.kind == "heading" and block.level == 1]
    if not tops:
        return title, tuple(blocks)
    first = blocks[tops[0]].text
    if title is None and len(tops) > 1:
        return first, tuple(blocks)
    shown = [*blocks]
    if title is None or title == first:
        shown[tops[0]] = replace(blocks[tops[0]], level=0)
    return title or first, tuple(shown)


def heading_key(text: str) -> str:
    """What two spellings of a heading have in common: its letters and digits."""
    return "".join(filter(str.isalnum, text)).casefold()
