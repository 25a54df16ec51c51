"""Headings that name what is asked for: of passages nearly as good, the one below them answers.

Instructions and lists rarely repeat their heading's words: below "Reset the counters" stands a
command. A sentence elsewhere that speaks of resetting counters is nearer to the question.
"""

from collections.abc import Mapping, Sequence

from rag.answering.quoting.asking import asks_for_several, asks_how
from rag.index.corpus import StoredParagraph
from rag.index.lexical.terms import terms
from rag.retrieval.retriever import Hit

#: What a heading adds to a score at most: one that has no other words than the question, and at
#: least this share of them; the others are those that ask.
_HEADING = 0.25
_NAMING = 0.5


def named_first(
    question: str,
    weighed: Mapping[str, float],
    hits: Sequence[Hit],
    found: Sequence[StoredParagraph],
) -> list[int]:
    """The numbers of the passages, those first whose heading names what the question asks for; as
    they are where it asks for neither instructions nor several things.

    `weighed` are the question's terms with their shares of it.
    """
    order = list(range(len(found)))
    if not (asks_how(question) or asks_for_several(question)):
        return order

    def score(at: int) -> float:
        return hits[at].score + _HEADING * _named(weighed, found[at].paragraph.section)

    best = max(order, key=score, default=0)
    return [best, *(at for at in order if at != best)] if order else []


def _named(weighed: Mapping[str, float], section: str) -> float:
    """How much of the question the last heading of a section has, less where it says more."""
    heading = {*terms(section.rpartition(" › ")[2])}
    named = heading & weighed.keys()
    share = min(1.0, sum(weighed[term] for term in named) / _NAMING)
    return share * (len(named) / len(heading)) ** 2 if heading else 0.0
