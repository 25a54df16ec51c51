"""Codes in questions: a part's number, a flight, a room, 三号楼. A passage, or a sentence, that has
only another code of the same form does not answer.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from rag.index.corpus import StoredParagraph, context_of
from rag.index.lexical.numerals import MARKS, numbers_in

#: Letters and digits in one word, or joined by marks: B12, ZZ-404-Q9, 10km.
_CODE = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]+(?:[-_./][A-Za-z0-9]+)*(?![A-Za-z0-9])")
_NOT_IN_CODES = re.compile(r"[^a-z0-9]+")
#: What comes in several by number, and is no day of a month: 白鹭三号, 西区2號.
_NUMBERED = re.compile(rf"(?P<name>[㐀-鿿]{{2}})(?<!月)(?P<number>[0-9]+|[{MARKS}]+)[号號]")


def has_other_code(question: str, stored: StoredParagraph) -> bool:
    """Whether a passage has a code like one of the question's, but not that one."""
    context = context_of(stored.document.title, stored.paragraph.section)
    text = f"{context}\n{stored.document.path}\n{stored.text}"
    return _has_other(set(_codes(question)), text) or _has_other_number(
        _numbered(question), stored.paragraph.section, text
    )


def sentences_of_other_codes(question: str, stored: StoredParagraph) -> list[bool]:
    """For each sentence of a passage, whether another has the question's code, and it has only one
    like it.
    """
    texts = stored.sentence_texts()
    held = {_squeezed(code) for text in texts for code in _codes(text)}
    asked = {code for code in _codes(question) if _squeezed(code) in held}
    return [_has_other(asked, text) for text in texts]


def _has_other(asked: set[str], text: str) -> bool:
    if not asked:
        return False
    shapes = {_shape(code) for code in _codes(text)}
    squeezed = _squeezed(text)
    return any(_shape(code) in shapes and _squeezed(code) not in squeezed for code in asked)


def _has_other_number(asked: Mapping[str, set[str]], section: str, text: str) -> bool:
    """Whether a text, or before it the section that it is in, is of others by another number."""
    whole, below = _numbered(text) if asked else {}, _numbered(section) if asked else {}
    for name, numbers in asked.items():
        held = below.get(name) or whole.get(name)
        if held and not held & numbers:
            return True
    return False


def _numbered(text: str) -> Mapping[str, set[str]]:
    """Names that things have by number, and their numbers in digits."""
    found = defaultdict[str, set[str]](set)
    for match in _NUMBERED.finditer(text):
        number = match["number"]
        # The same marks after 第 count, one alone as well.
        found[match["name"]].add(next(numbers_in(f"第{number}"), number))
    return found


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
