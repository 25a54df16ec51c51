"""Measures of a page's elements, and how one is removed from the tree."""

import re
from typing import Any

from rag.documents.text.characters import ENDINGS

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_MARK = re.compile(f"[{ENDINGS}，,；;]|\\.(?:\\s|$)")
#: What runs on in its line: nothing is left between the words around it.
_INLINE = frozenset({
    "sup", "sub", "span", "a", "b", "i", "em", "strong", "font", "del", "s", "ins", "code", "u",
    "abbr", "mark", "small", "time", "q", "cite", "tt", "kbd", "big",
})  # fmt: skip


def sentences(element: Any) -> int:
    """How many sentences and clauses are in the element."""
    # Apart, so that the parts' counts add up to the whole's.
    return len(_MARK.findall(" ".join(element.itertext()))) if isinstance(element.tag, str) else 0


def letters(element: Any) -> int:
    """How many letters and digits are in the element."""
    return sum(map(str.isalnum, text_of(element)))


def text_of(element: Any) -> str:
    """All words of the element."""
    return "".join(element.itertext()) if isinstance(element.tag, str) else ""


def linked(element: Any) -> float:
    """The share of the element's letters that are inside links."""
    whole = letters(element)
    return sum(letters(link) for link in element.iter("a")) / whole if whole else 0.0


def drop(element: Any) -> None:
    """Takes an element out, but not what follows it."""
    parent = element.getparent()
    if parent is None:
        return
    # The words after it belong to what stands around it.
    before = element.getprevious()
    tail = ("" if element.tag in _INLINE else " ") + (element.tail or "")
    if before is None:
        parent.text = (parent.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail
    parent.remove(element)
