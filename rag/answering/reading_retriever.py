"""A search whose best passages are read: whether they answer, and with which words."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

import numpy as np

from rag.documents import estimate_tokens
from rag.index.corpus import EmbeddedParagraph
from rag.index.generation import Generation
from rag.reading.reader import PassageReader, Reading
from rag.retrieval.retriever import POOL, Hit, Query, Retriever

#: How many of the best passages are read: the fewest; and the most, while they have fewer tokens
#: than this together. Rows of a table are short, and the right one is often not among the first.
_FEWEST, _MOST_READ = 3, 8
_TOKENS = 450
#: The reader's logit at which a best passage is as likely to answer as before it was read, and the
#: largest difference that counts.
_EVEN = -1.5
_MOST = 6.0
#: The gain of the sentence that has the words that surely answer.
_SENTENCE = 0.3
#: The weights of the logit and of the question's own language beside the score, in the order of the
#: passages that were read: what says the same in another would come first as often as not.
_ORDER, _OWN = 0.04, 0.08


class ReadingRetriever(Retriever):
    """A `Retriever` with a reader. May be used by several threads at once."""

    def __init__(self, generation: Generation, reader: PassageReader | None) -> None:
        """Without a reader it finds what a `Retriever` finds."""
        super().__init__(generation)
        self._reader = reader

    def search(self, query: Query, count: int = POOL) -> list[Hit]:
        """As a `Retriever` finds them, the best few with their readings."""
        hits = super().search(query)
        if self._reader is None or not hits:
            return hits[:count]
        corpus = self.generation.corpus
        passages = list(corpus.embedded_paragraphs(hit.row for hit in hits[:_MOST_READ]))
        passages = passages[: _affordable(passages)]
        readings = self._reader.read_passages(query.text, passages)
        read = [_with(*each) for each in zip(hits, readings, passages, strict=False)]
        read.sort(key=_read_score, reverse=True)
        return [*read, *hits[len(read) :]][:count]


def _read_score(hit: Hit) -> float:
    return hit.score + _ORDER * hit.answers + _OWN * hit.own_language


def _affordable(passages: Sequence[EmbeddedParagraph]) -> int:
    """How many of some passages, best first, are read."""
    sizes = accumulate(estimate_tokens(f"{each.context} {each.text}") for each in passages)
    return max(sum(size <= _TOKENS for size in sizes), min(_FEWEST, len(passages)))


def _with(hit: Hit, reading: Reading, passage: EmbeddedParagraph) -> Hit:
    """A hit with the reading of its passage."""
    answers = float(np.clip(reading.logit - _EVEN, -_MOST, _MOST))
    sentences = hit.sentences.copy()
    starts = [start for start, _end in passage.sentences]
    at = max(int(np.searchsorted(starts, reading.start, side="right")) - 1, 0)
    sentences[at] += _SENTENCE * reading.sure * _probability(answers)
    return replace(
        hit,
        sentences=sentences,
        answers=answers,
        words=(reading.start, reading.end),
        sure=reading.sure,
    )


def _probability(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit)))
