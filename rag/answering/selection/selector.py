"""Selects the passages that may answer from those found."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rag.answering.found import FoundPassage
from rag.answering.selection.codes import has_other_code, sentences_of_other_codes
from rag.answering.selection.headings import named_first
from rag.answering.selection.naming import Naming
from rag.answering.selection.versions import in_force
from rag.index.generation import Generation
from rag.index.lexical.terms import terms

#: More than the largest difference between scores of a passage's sentences.
_BEHIND = 10.0


class PassageSelector:
    """Selects from the passages of one generation. May be used by several threads at once."""

    def __init__(self, generation: Generation) -> None:
        self._naming = Naming(generation)
        self._weights = generation.term_weights

    def that_may_answer(
        self, question: str, passages: Sequence[FoundPassage]
    ) -> list[FoundPassage]:
        """The passages that may answer: those about what the question names, or all where none is;
        the one first whose heading names what is asked for; and of versions of a document those
        that the question means. None of another code than the question's; before all the part that
        it asks for by number.
        """
        found = [each for each in passages if not has_other_code(question, each.stored)]
        about = self._naming.about(question, [each.stored for each in found])
        named = [each for each, is_about in zip(found, about, strict=True) if is_about] or found
        weighed = self._weights.weigh(terms(question))
        first = named_first(
            question, weighed, [each.hit for each in named], [each.stored for each in named]
        )
        named = [named[at] for at in first]
        named = [named[at] for at in in_force(question, [each.stored for each in named])]
        chosen = [_with_the_code(question, each) for each in named]
        return sorted(chosen, key=lambda each: not each.labelled)


def _with_the_code(question: str, found: FoundPassage) -> FoundPassage:
    """The passage, in which sentences of other codes come after all others."""
    others = sentences_of_other_codes(question, found.stored)
    if not any(others):
        return found
    behind = np.array(others, dtype=np.float32) * _BEHIND
    return replace(found, hit=replace(found.hit, sentences=found.hit.sentences - behind))
