"""A question as it was asked, apart from the filters that it is asked within."""

import time
from dataclasses import asdict, dataclass
from functools import lru_cache, partial

from rag.answering.answer import Narrowing
from rag.answering.conversation.checking import checked
from rag.answering.conversation.narrowing import combined, separate_filters
from rag.arrays import IntArray
from rag.index.corpus import DocumentFilter, DocumentListing

#: For how many filters the rows that they leave are kept.
_KEPT_FILTERS = 16


@dataclass(frozen=True, slots=True)
class NarrowedQuestion:
    """A question as it was asked, since when, its text without filters, and what these leave: rows
    (None for all) and the number of their documents.
    """

    question: str
    text: str
    began: float
    within: DocumentFilter
    rows: IntArray | None = None
    documents: int = 0

    @property
    def narrowing(self) -> Narrowing | None:
        """The filter as an answer says it; None where there is none."""
        return Narrowing(**asdict(self.within), documents=self.documents) if self.within else None


class Narrower:
    """Narrows questions to documents of one corpus. May be used by several threads at once."""

    def __init__(self, listing: DocumentListing) -> None:
        self._left_by = lru_cache(_KEPT_FILTERS)(partial(_left_by, listing))

    def narrowed(self, question: str, within: DocumentFilter) -> NarrowedQuestion:
        """A question within a filter, to which it may add its own (`folder:2024`).

        Raises QuestionError when it cannot be asked.
        """
        began = time.perf_counter()
        whole = checked(question)
        text, typed = separate_filters(whole)
        narrowed = combined(within, typed)
        if not narrowed:
            return NarrowedQuestion(whole, text, began, narrowed)
        return NarrowedQuestion(whole, text, began, narrowed, *self._left_by(narrowed))


def _left_by(listing: DocumentListing, narrowed: DocumentFilter) -> tuple[IntArray, int]:
    """The rows that a filter leaves, and the number of their documents."""
    return listing.rows_of(narrowed), listing.matching(narrowed, 0).total
