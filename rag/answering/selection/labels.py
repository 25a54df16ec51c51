"""Numbered parts that a question asks for by their number: 第三条, section 2.1, step 4.

A passage has such a part where a line of it, or its heading, begins with the number; what else the
question says about the part ("what does it say") is not in the passage.
"""

import re
from collections.abc import Iterator

from rag.index.corpus import StoredParagraph
from rag.index.lexical.numerals import MARKS, numbers_in

#: What numbered parts are called before their number.
_NAMES = (
    *("section", "chapter", "article", "clause", "step", "rule", "item", "part", "appendix"),
    *("paragraph", "abschnitt", "kapitel", "artikel", "absatz", "schritt", "punkt", "regel"),
    *("chapitre", "étape", "règle", "sección", "capítulo", "artículo", "paso", "sezione"),
    *("статья", "статье", "раздел", "разделе", "глава", "главе", "пункт", "пункте", "шаг", "§"),
)
_NUMBER = r"(?P<{}>\d+(?:\.\d+)*)(?![\d%])"
_NAMED = re.compile(rf"(?:{'|'.join(_NAMES)})\s*{_NUMBER.format('number')}", re.IGNORECASE)
_COUNTED = re.compile(rf"第\s*(?P<counted>\d+|[{MARKS}]+)\s*(?P<unit>[条條章节節款项項步])")
_UNITS = str.maketrans("條節項", "条节项")
_LINE = re.compile(r"^[\s>#*|.-]*(.+)$", re.MULTILINE)
_BEGINNING = re.compile(
    rf"(?:(?:{'|'.join(_NAMES)})\s*)?{_NUMBER.format('number')}(?=[\s.):：、．]|$)", re.IGNORECASE
)


def labels_in(question: str) -> frozenset[str]:
    """The numbers of parts that a question asks for: "2.1"; with their unit in Chinese: "3条"."""
    return frozenset([*_counted(question), *(m["number"] for m in _NAMED.finditer(question))])


def begins_with(stored: StoredParagraph, labels: frozenset[str]) -> bool:
    """Whether a line of a passage, or its heading, begins with one of the numbers."""
    lines = [stored.paragraph.section.rsplit(" › ", 1)[-1], *_lines(stored.text)]
    return any(not labels.isdisjoint(_beginning(line)) for line in lines)


def _lines(text: str) -> Iterator[str]:
    return (match[1] for match in _LINE.finditer(text))


def _beginning(line: str) -> Iterator[str]:
    found = _BEGINNING.match(line)
    if found:
        yield found["number"]
    counted = _COUNTED.match(line)
    if counted:
        yield from _counted(counted.group())


def _counted(text: str) -> Iterator[str]:
    for match in _COUNTED.finditer(text):
        counted = match["counted"]
        number = counted if counted.isdecimal() else next(numbers_in(f"第{counted}"), counted)
        yield f"{int(number) if number.isdecimal() else number}{match['unit'].translate(_UNITS)}"
