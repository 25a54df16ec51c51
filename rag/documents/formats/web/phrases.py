"""Elements inside a line that are read as a whole: readings above words, marks of notes."""

import re
from typing import Any

from rag.documents.formats.inline.raised import ruby

_NOTE_MARK = re.compile(r"\W?\w{1,4}\W?|[*†‡§]{1,3}")


def read_aloud(element: Any) -> str:
    """Words with readings above them: each run of words with the reading that follows it."""
    parts: list[str] = []
    base = element.text or ""
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""
        words = "".join(child.itertext())
        if tag in {"rt", "rtc"}:
            parts.append(ruby(base, words))
            base = ""
        elif tag != "rp":
            base += words
        base += (
            (child.tail or "").strip("\n\t ") if tag in {"rt", "rtc", "rp"} else child.tail or ""
        )
    return "".join([*parts, base])


def is_note_mark(element: Any) -> bool:
    """Whether the words can be the mark of a note: `1`, `[2]`, `*`."""
    return _NOTE_MARK.fullmatch("".join(element.itertext()).strip()) is not None
