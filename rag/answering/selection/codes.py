"""Codes in questions: a part's number, a flight, a room. Of two that are built alike a passage that
has only the other one does not answer.
"""

import re
from collections.abc import Iterator

from rag.index.corpus import StoredParagraph, context_of

#: Letters and digits in one word, or joined by marks: B12, ZZ-404-Q9, 10km.
_CODE = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]+(?:[-_./][A-Za-z0-9]+)*(?![A-Za-z0-9])")
_NOT_IN_CODES = re.compile(r"[^a-z0-9]+")


def has_other_code(question: str, stored: StoredParagraph) -> bool:
    """Whether a passage has a code like one of the question's, but not that one."""
    asked = set(_codes(question))
    if not asked:
        return False
    context = context_of(stored.document.title, stored.paragraph.section)
    text = f"{context}\n{stored.document.path}\n{stored.text}"
    shapes = {_shape(code) for code in _codes(text)}
    squeezed = _squeezed(text)
    return any(_shape(code) in shapes and _squeezed(code) not in squeezed for code in asked)


def _codes(text: str) -> Iterator[str]:
    for match in _CODE.finditer(text):
        code = match.group()
        if any(c.isdigit() for c in code) and any(c.isalpha() for c in code):
            yield code


def _shape(code: str) -> str:
    """How a code is built: A for letters, 9 for digits, marks as they are."""
    return re.sub(r"[0-9]+", "9", re.sub(r"[A-Za-z]+", "A", code))


def _squeezed(text: str) -> str:
    return _NOT_IN_CODES.sub("", text.lower())
