"""Sections that are quoted whole: instructions, and what stands under a heading that asks.

People write instructions in sections: a sentence, a command, what it prints, what to mind. One
sentence of them is no answer to "how do I …?".
"""

import re

from rag.answering.quoting.introductions import Item, Surroundings, items_of
from rag.index.corpus import StoredParagraph

#: Characters of a section that is quoted whole: with code or a list, of text alone.
_INSTRUCTIONS, _TEXT = 1300, 700
_ASKS = re.compile(r"[?？]\W*$")


def whole_section(stored: StoredParagraph, around: Surroundings, *, how: bool) -> list[Item]:
    """All of the section that a paragraph is in; nothing where it is no unit.

    It is one where it is short and, where the question asks `how`, holds code or a list; or where
    its own heading asks.
    """
    heading = stored.paragraph.section.rpartition(" › ")[2]
    asks = _ASKS.search(heading) is not None
    if not (how or asks):
        return []
    section = _section(stored, around)
    length = sum(len(each.text) for each in section)
    instructions = how and any(each.paragraph.kind in ("code", "list") for each in section)
    if length > (_INSTRUCTIONS if instructions else _TEXT if asks else 0):
        return []
    return [item for each in section for item in items_of(each)]


def _section(stored: StoredParagraph, around: Surroundings) -> list[StoredParagraph]:
    """The paragraphs of its section, and not many more than can be quoted."""
    section = [stored]
    length = len(stored.text)
    for each in around.paragraphs_after(stored):
        section.append(each)
        length += len(each.text)
        if length > _INSTRUCTIONS:
            return section
    for each in around.paragraphs_before(stored):
        section.insert(0, each)
        length += len(each.text)
        if length > _INSTRUCTIONS:
            return section
    return section
