"""A search whose best passages are read: whether they answer, and with which words.

What is read does not change the order of passages: on public sets it put as many wrong passages
first as right ones (docs/reader.md).
"""

from dataclasses import replace

import numpy as np

from rag.index.generation import Generation
from rag.index.tokens.token_segments import SmallIntArray
from rag.reading.reader import PassageReader, Reading
from rag.retrieval.retriever import POOL, Hit, Query, Retriever

#: How many of the best passages are read.
_READ = 2
#: The reader's logit at which a best passage is as likely to answer as before it was read, in the
#: question's language and in another; and the largest difference that counts.
_EVEN, _EVEN_ACROSS = -0.8, -1.6
_MOST = 6.0
#: What the sentence gains with the words that surely answer.
_SENTENCE = 0.3


class ReadingRetriever(Retriever):
    """A `Retriever` with a reader. May be used by several threads at once."""

    def __init__(self, generation: Generation, reader: PassageReader | None) -> None:
        """Without a reader it finds what a `Retriever` finds."""
        super().__init__(generation)
        self._reader = reader

    def search(self, query: Query, count: int = POOL) -> list[Hit]:
        """As a `Retriever` finds them, the best few with what was read."""
        hits = super().search(query)
        if self._reader is None or not hits or not query.tokens.size:
            return hits[:count]
        best = hits[:_READ]
        tokens = self.passage_tokens(np.array([hit.row for hit in best], dtype=np.int64))
        if tokens is None:
            return hits[:count]
        readings = self._reader.read_passages(query.tokens, tokens)
        lengths = map(len, tokens.codes)
        read = [
            _with(*each)
            for each in zip(best, readings, tokens.sentence_starts, lengths, strict=True)
        ]
        return [*read, *hits[_READ:]][:count]


def _with(hit: Hit, reading: Reading, starts: SmallIntArray, length: int) -> Hit:
    """A hit of `length` tokens, whose sentences begin at some of them, with what was read."""
    even = _EVEN if hit.own_language else _EVEN_ACROSS
    answers = float(np.clip(reading.logit - even, -_MOST, _MOST))
    at = max(int(np.searchsorted(starts, reading.first, side="right")) - 1, 0)
    sentences = hit.sentences.copy()
    sentences[at] += _SENTENCE * reading.sure * _probability(answers)
    return replace(
        hit,
        sentences=sentences,
        answers=answers,
        words=(reading.first - length, reading.last - length),
        sure=reading.sure,
    )


def _probability(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit)))
