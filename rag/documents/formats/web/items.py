"""Entries of a page's lists: their numbers, and those that are sections."""

import re
from typing import Any

from rag.documents.formats.office.numerals import numeral
from rag.documents.text.characters import ends_sentence, tidy

#: What `type` of an ordered list stands for.
_STYLES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_HELD = frozenset({"p", "pre", "table", "dl", "ul", "ol", "blockquote", "div"})
_LISTS = ("ul", "ol", "menu", "dir")
_LONGEST_HEADING = 120
_DEEPEST = 6
_QUESTION = re.compile(r"[?？]\W*$")


class WebListNumbers:
    """What stands before the entries of lists that are open, the innermost last."""

    def __init__(self) -> None:
        self._open: list[tuple[Any, int]] = []

    def begin(self, listing: Any) -> None:
        self._open.append((listing, _whole_number(listing.get("start"), 1) - 1))

    def end(self) -> None:
        if self._open:
            self._open.pop()

    def label(self, item: Any) -> str:
        """The number of an entry; "- " in a list that does not count."""
        if not self._open or item.getparent() is not self._open[-1][0]:
            return "- "
        listing, before = self._open[-1]
        count = _whole_number(item.get("value"), before + 1)
        self._open[-1] = (listing, count)
        return f"{numeral(count, _STYLES.get(listing.get('type', ''), 'decimal'))}. "


def section_level(item: Any, above: int) -> int:
    """The level of the heading that an entry's first words are, below one of the level `above`; 0
    where they are none.

    They are one where they can be linked to, end as a heading does, and have paragraphs or code
    below them.
    """
    lead, linked = item.text or "", item.get("id") is not None
    below = item.getnext()
    for child in item:
        if child.tag in _HELD:
            below = child
            break
        linked = linked or any(a.get("name") or a.get("id") for a in child.iter("a"))
        lead += "".join(child.itertext()) + (child.tail or "")
    holds = below is not None and below.tag in _HELD
    words = tidy(lead.replace("\n", " "))
    ended = words.endswith((":", "：")) or (ends_sentence(words) and not is_question(words))
    if not (linked and holds and 0 < len(words) <= _LONGEST_HEADING) or ended:
        return 0
    depth = sum(1 for _ in item.iterancestors(*_LISTS))
    return min(max(above, 1) + max(depth, 1), _DEEPEST)


def is_question(words: str) -> bool:
    """Whether words end as a question does."""
    return _QUESTION.search(words) is not None


def _whole_number(said: str | None, usual: int) -> int:
    said = (said or "").strip()[:6]
    return int(said) if said.lstrip("-").isdecimal() and said.isascii() else usual
