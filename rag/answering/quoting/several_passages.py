"""Quotes the best passage, and others that answer the rest of a question, or answer as well."""

from collections.abc import Callable, Sequence

from rag.answering.found import FoundPassage
from rag.answering.quoting.asking import asks_for_difference
from rag.answering.quoting.quotation import Quote, Quoter
from rag.index.corpus import StoredParagraph
from rag.index.generation import Generation
from rag.index.lexical.terms import terms
from rag.retrieval.retriever import Hit

#: Another document answers as well when its best passage scores this close to the best one's, and
#: has nearly as large a share of the question's terms.
_AS_GOOD = 0.15
_SHARES = 0.1
_OTHERS = 2
#: A passage of the same document is quoted too when it adds at least this much to the match of the
#: best one, and scores this close to it: then the question asks for several things.
_ADDS = 0.025
_NEAR = 0.4
#: A row of a table adds at least this share of the question's terms.
_ADDED_TERMS = 0.15
#: Other passages are quoted as long as all quotes together have at most this many characters.
_LONGEST = 1500
#: The least logit of a reader for a passage that is quoted beside another.
_SECOND = -0.5


class PassagesQuoter:
    """Quotes passages of one generation. May be used by several threads at once."""

    def __init__(self, generation: Generation, is_sure: Callable[[FoundPassage], bool]) -> None:
        """`is_sure` says of a passage by itself whether it would be an answer."""
        self._quoter = Quoter(generation.corpus)
        self._weights = generation.term_weights
        self._is_sure = is_sure

    def quotes_of(self, question: str, ranked: Sequence[FoundPassage]) -> list[Quote]:
        """What the first passage says, and those that answer the rest, or as well. At least one
        passage, best first.
        """
        best = ranked[0]
        quotes = self._quoter.quotes(question, best.stored, best.hit.sentences.tolist())
        further = self._further(question, ranked) or self._others(ranked)
        for each in further[:_OTHERS]:
            if each.stored.text != best.stored.text:
                more = self._quoter.quotes(question, each.stored, each.hit.sentences.tolist())
                fresh = [quote for quote in more if not _is_quoted(quote, quotes)]
                if _length(quotes) + _length(fresh) <= _LONGEST:
                    quotes += fresh
        return quotes

    def _further(self, question: str, ranked: Sequence[FoundPassage]) -> list[FoundPassage]:
        """The passage of the same document that answers another part of the question best."""
        least = ranked[0].hit.score - _NEAR
        first = ranked[0].stored
        same = (
            each
            for each in ranked[1:]
            if each.stored.document.id == first.document.id
            and each.stored.paragraph.language == first.paragraph.language
            and each.hit.score >= least
            and self._adds_terms(question, each.stored, first)
            and _may_answer(each.hit)
        )
        if asks_for_difference(question):
            return self._other_side(question, ranked[0], list(same))
        best = max(same, key=lambda each: each.hit.complement, default=None)
        return [best] if best is not None and best.hit.complement >= _ADDS else []

    def _other_side(
        self, question: str, best: FoundPassage, found: list[FoundPassage]
    ) -> list[FoundPassage]:
        """Where two things are compared, the passage about the one that the best passage is not
        about: its heading or text has most of the question's terms that the best one lacks.
        """
        weighed = self._weights.weigh(terms(question))
        known = {*terms(best.stored.text), *terms(best.stored.paragraph.section)}
        asked = {term: weight for term, weight in weighed.items() if term not in known}

        def added(each: FoundPassage) -> float:
            texts = each.stored.paragraph.section, each.stored.text
            return sum(asked.get(term, 0.0) for text in texts for term in {*terms(text)})

        other = max(found, key=added, default=None)
        return [other] if other is not None and added(other) > 0 else []

    def _adds_terms(self, question: str, stored: StoredParagraph, best: StoredParagraph) -> bool:
        """Whether a row of a table has enough of the question that the best one lacks; rows are
        alike in all but a word. What is no row may add in other words.
        """
        if stored.paragraph.kind != "table":
            return True
        weighed = self._weights.weigh(terms(question))
        added = set(terms(stored.text)).difference(terms(best.text))
        return sum(weight for term, weight in weighed.items() if term in added) >= _ADDED_TERMS

    def _others(self, ranked: Sequence[FoundPassage]) -> list[FoundPassage]:
        """The best passage of every other document, where it is as good; in the question's language
        where the best one is.
        """
        by_document = {each.stored.document.id: each for each in reversed(ranked)}
        best = ranked[0].hit
        return [
            each
            for each in ranked[1:]
            if by_document[each.stored.document.id] is each
            and (each.hit.own_language or not best.own_language)
            and each.hit.score >= best.score - _AS_GOOD
            and each.hit.lexical >= best.lexical - _SHARES
            and _may_answer(each.hit)
            and self._is_sure(each)
        ]


def _may_answer(hit: Hit) -> bool:
    """Whether a passage can be quoted beside another: what was read and does not answer cannot."""
    return hit.words is None or hit.answers >= _SECOND


def _length(quotes: Sequence[Quote]) -> int:
    return sum(quote.end - quote.start for quote in quotes)


def _is_quoted(quote: Quote, quotes: Sequence[Quote]) -> bool:
    return any(each.overlaps(quote.first.document.id, quote.start, quote.end) for each in quotes)
