"""The pages of a file that are not read, or only in part, and why."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import pairwise

from rag.documents.block import Omitted, RecognizedPage
from rag.documents.document import PARTLY_PICTURE_PAGE, PICTURE_PAGE, UNREADABLE_PAGE
from rag.errors import DocumentError

_RECOGNIZE = "To have its text recognized (OCR): pip install 'wenda[ocr]'"
#: Kinds of pages that show no text, or whose text has not been recognized.
UNRECOGNIZED = "page without recognizable text"
_NO_TEXT = "No text could be recognized on it."
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


#: The kind of a page that lacks it.
_WHAT = {
    Lack.WORDS: PICTURE_PAGE,
    Lack.MOST_WORDS: PARTLY_PICTURE_PAGE,
    Lack.LETTERS: UNREADABLE_PAGE,
    Lack.SENSE: "damaged page",
}


#: What a page that lacks it shows.
SHOWN = (Lack.WORDS, Lack.MOST_WORDS, Lack.LETTERS)


def omissions(lacking: dict[Lack, list[int]]) -> Iterator[Omitted]:
    """The pages, from 1, by what they lack."""
    for lack in Lack:
        if lacking.get(lack):
            yield _omitted(lacking[lack], lack.value, _WHAT[lack])


def nothing_read(
    lacking: dict[Lack, list[int]], count: int, recognized: Mapping[int, RecognizedPage]
) -> DocumentError:
    """Why no page of the file's `count` has text, and none was recognized."""
    if recognized:
        failure = next((page.failure for page in recognized.values() if page.failure), None)
        return DocumentError(failure or f"It shows only pictures. {_NO_TEXT}")
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
    """`3`, or `3, 7–9, …`."""
    begins = [pages[0], *(b for a, b in pairwise(pages) if b != a + 1)]
    ends = [*(a for a, b in pairwise(pages) if b != a + 1), pages[-1]]
    runs = [*zip(begins, ends, strict=True)]
    shown = ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in runs[:_MOST_RUNS])
    return f"{shown}, …" if len(runs) > _MOST_RUNS else shown


def unrecognized(pages: Mapping[int, RecognizedPage]) -> Iterator[Omitted]:
    """The pages, from 1, on which nothing was recognized, by why."""
    by_reason: dict[str, list[int]] = {}
    for number, page in sorted(pages.items()):
        if not page.lines:
            by_reason.setdefault(page.failure or _NO_TEXT, []).append(number)
    for reason, numbers in by_reason.items():
        yield _omitted(numbers, reason, UNRECOGNIZED)


def _omitted(pages: list[int], reason: str, what: str) -> Omitted:
    place = _listed(pages)
    name = "pages" if len(pages) > 1 else "page"
    return Omitted(f"{name} {place}", reason, what, place, len(pages))
