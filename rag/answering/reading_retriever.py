"""A search whose best passages are read: whether they answer, and with which words."""

from dataclasses import replace

import numpy as np

from rag.index.corpus import EmbeddedParagraph
from rag.index.generation import Generation
from rag.reading.reader import PassageReader, Reading
from rag.retrieval.retriever import POOL, Hit, Query, Retriever

#: How many of the best passages are read.
_READ = 3
#: The reader's logit at which a best passage is as likely to answer as before it was read, and the
#: largest difference that counts.
_EVEN = -1.5
_MOST = 6.0
#: What the sentence gains with the words that surely answer.
_SENTENCE = 0.3
#: What the logit counts beside the score where the first of those that were read is chosen.
_ORDER = 0.04


class ReadingRetriever(Retriever):
    """A `Retriever` with a reader. May be used by several threads at once."""

    def __init__(self, generation: Generation, reader: PassageReader | None) -> None:
        """Without a reader it finds what a `Retriever` finds."""
        super().__init__(generation)
        self._reader = reader

    def search(self, query: Query, count: int = POOL) -> list[Hit]:
        """As a `Retriever` finds them, the best few with what was read."""
        hits = super().search(query)
        if self._reader is None or not hits:
            return hits[:count]
        best = hits[:_READ]
        corpus = self.generation.corpus
        passages = list(corpus.embedded_paragraphs(hit.row for hit in best))
        readings = self._reader.read_passages(query.text, passages)
        read = [_with(*each) for each in zip(best, readings, passages, strict=True)]
        first = max(read, key=lambda hit: hit.score + _ORDER * hit.answers)
        others = (hit for hit in read if hit is not first)
        return [first, *others, *hits[_READ:]][:count]


def _with(hit: Hit, reading: Reading, passage: EmbeddedParagraph) -> Hit:
    """A hit with what was read of its passage."""
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
