"""The pages of a file that are not read, or only in part, and why."""

from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise

from rag.documents.block import Omitted
from rag.errors import DocumentError

_RECOGNIZE = "Recognize its text (OCR, for example with ocrmypdf) and put the result in its place."
DAMAGED = "It is a damaged PDF file. Export or download it again."
_NAMELESS = "Its letters are drawn without saying which they are."
#: Runs of pages that are named.
_MOST_RUNS = 8


class Lack(StrEnum):
    """What a page lacks. The value is the reason given where the rest of its file is read."""

    WORDS = f"There is only a picture. {_RECOGNIZE}"
    MOST_WORDS = (
        f"There is a picture with few words beside it; what it shows is not read. {_RECOGNIZE}"
    )
    LETTERS = f"{_NAMELESS} {_RECOGNIZE}"
    SENSE = "They are damaged. Export or download the file again."


def omissions(lacking: dict[Lack, list[int]]) -> Iterator[Omitted]:
    """The pages, from 1, by what they lack."""
    for lack in Lack:
        if lacking.get(lack):
            yield Omitted(_listed(lacking[lack]), lack.value)


def nothing_read(lacking: dict[Lack, list[int]], count: int) -> DocumentError:
    """Why no page of the file's `count` has text."""
    if len(lacking.get(Lack.SENSE, ())) == count:
        return DocumentError(DAMAGED)
    if lacking.get(Lack.LETTERS):
        return DocumentError(f"{_NAMELESS} {_RECOGNIZE}")
    if lacking.get(Lack.WORDS):
        return DocumentError(
            f"None of its {count} pages has text, they are pictures (a scan). {_RECOGNIZE}"
        )
    return DocumentError("It has no text on its pages. Remove it, or put text in it.")


def _listed(pages: list[int]) -> str:
    """`page 3`, or `pages 3, 7–9 and 12 more`."""
    begins = [pages[0], *(b for a, b in pairwise(pages) if b != a + 1)]
    ends = [*(a for a, b in pairwise(pages) if b != a + 1), pages[-1]]
    runs = [*zip(begins, ends, strict=True)]
    shown = ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in runs[:_MOST_RUNS])
    more = sum(b - a + 1 for a, b in runs[_MOST_RUNS:])
    rest = f" and {more} more" if more else ""
    return f"page{'s' if len(pages) > 1 else ''} {shown}{rest}"
