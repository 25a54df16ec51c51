"""Which curated answer a question is for, if any, and where its sentence stands now."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rag.answering.curated.pairs import CuratedPair, CuratedPairs
from rag.answering.quoting.quotation import Quote
from rag.answering.small_talk.resemblance import plain_text
from rag.arrays import FloatArray
from rag.errors import QuestionError, StoreError
from rag.index.corpus import StoredParagraph
from rag.index.generation import Generation
from rag.index.lexical.terms import terms
from rag.retrieval.retriever import Query

_LOGGER = logging.getLogger(__name__)
#: A question in other words is the same where the cosine is above this: above that of any two
#: different questions of tests/data/question_groups.txt with the same numbers (0.79).
_SAME = 0.85


@dataclass(frozen=True, slots=True)
class LocatedPair:
    """A pair with its sentence in a generation; `quote` is None where it is no longer there: the
    pair has expired.
    """

    pair: CuratedPair
    quote: Quote | None


def numbers_of(question: str) -> frozenset[str]:
    """The terms of a question that have a digit, numbers in words included: years, codes, counts.

    Questions with other numbers ask for something else.
    """
    return frozenset(term for term in terms(question) if any(map(str.isdigit, term)))


class CuratedMatcher:
    """Finds the pair that a question is for, in one generation. May be used by several threads."""

    def __init__(
        self,
        generation: Generation,
        pairs: CuratedPairs | None,
        encode: Callable[[str], FloatArray],
    ) -> None:
        """`encode` gives the unit vector of a question. Raises StoreError as `pairs` does."""
        self._generation = generation
        self._source = pairs
        self._encode = encode
        self._known: tuple[CuratedPair, ...] = ()
        self._located: list[LocatedPair] = []
        self._vectors: dict[str, FloatArray | None] = {}
        self._preparing = threading.Lock()
        self.located()

    def located(self) -> list[LocatedPair]:
        """All pairs, with their sentences as they stand in the generation."""
        pairs = self._pairs()
        with self._preparing:
            if pairs is not self._known:
                located = [LocatedPair(each, self._quote(each)) for each in pairs]
                for each in located:
                    if each.quote is None:
                        _LOGGER.warning(
                            "The curated answer %s has expired: its sentence is no longer in %s.",
                            each.pair.id,
                            each.pair.path,
                        )
                texts = [t for each in pairs for t in (*each.questions, *each.not_for)]
                self._vectors = {text: self._vector(text) for text in texts}
                self._known, self._located = pairs, located
            return self._located

    def find(self, query: Query) -> LocatedPair | None:
        """The pair that a question is for: with the same words, else nearly the same meaning and
        the same numbers, and nearer to those it is for than to those that it is not for.
        """
        located = self.located()
        valid = [each for each in located if self._may_answer(each, query)]
        asked = plain_text(query.text)
        for each in valid:
            if any(plain_text(question) == asked for question in each.pair.questions):
                return each
        numbers = numbers_of(query.text)
        best, found = _SAME, None
        for each in valid:
            nearest = self._nearest(query, each.pair.questions, numbers)
            if nearest >= best and nearest > self._nearest(query, each.pair.not_for, None):
                best, found = nearest, each
        return found

    def _may_answer(self, located: LocatedPair, query: Query) -> bool:
        if located.quote is None:
            return False
        asked = plain_text(query.text)
        if any(plain_text(question) == asked for question in located.pair.not_for):
            return False
        return query.within is None or located.quote.first.row in query.within

    def _nearest(
        self, query: Query, questions: Sequence[str], numbers: frozenset[str] | None
    ) -> float:
        """The highest cosine with questions, those with other numbers left out."""
        alike = [each for each in questions if numbers is None or numbers_of(each) == numbers]
        vectors = [v for each in alike if (v := self._vectors.get(each)) is not None]
        return max((float(np.dot(query.plain, vector)) for vector in vectors), default=-1.0)

    def _pairs(self) -> tuple[CuratedPair, ...]:
        """The pairs of now; where they cannot be read, those of before go on."""
        if self._source is None:
            return ()
        try:
            return self._source.pairs()
        except StoreError as error:
            _LOGGER.warning("%s", error)
            return self._known

    def _vector(self, question: str) -> FloatArray | None:
        if question in self._vectors:
            return self._vectors[question]
        try:
            return self._encode(question)
        except QuestionError:
            return None

    def _quote(self, pair: CuratedPair) -> Quote | None:
        """The sentence where it stands now, as whole sentences of a paragraph."""
        for stored in self._generation.corpus.paragraphs_with(pair.path, pair.sentence):
            span = whole_sentences(stored, pair.sentence)
            if span is not None:
                return Quote(stored, stored, *span, pair.sentence)
        return None


def whole_sentences(stored: StoredParagraph, text: str) -> tuple[int, int] | None:
    """Where a text stands in a paragraph as one sentence or several that follow each other, as
    offsets into the document; None where it does not.
    """
    starts = {each.start for each in stored.paragraph.sentences}
    ends = {each.end for each in stored.paragraph.sentences}
    at = stored.text.find(text)
    while at >= 0:
        start = stored.paragraph.start + at
        if start in starts and start + len(text) in ends:
            return start, start + len(text)
        at = stored.text.find(text, at + 1)
    return None
