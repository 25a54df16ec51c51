"""Questions that mean the same, by the vectors of the encoder that ranking needs anyway."""

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from rag.answering.curated.matching import numbers_of
from rag.answering.service import Service
from rag.arrays import FloatArray
from rag.errors import QuestionError

#: Questions belong to one group where their mean cosine is above this. Measured on
#: tests/data/question_groups.txt.
_ALIKE = 0.5
_KEPT_VECTORS = 2_000
#: Other numbers make another question, however alike the words are.
_OTHER = -1.0


class QuestionGrouper:
    """Groups questions; keeps the vectors of the last ones. One thread at a time."""

    def __init__(self) -> None:
        self._vectors: OrderedDict[tuple[str, str], FloatArray | None] = OrderedDict()

    def groups_of(self, service: Service, questions: Sequence[str]) -> list[list[int]]:
        """The places of the questions of each group, in the order of their first questions."""
        vectors = [self._vector(service, question) for question in questions]
        encoded = [at for at, vector in enumerate(vectors) if vector is not None]
        alone = [[at] for at, vector in enumerate(vectors) if vector is None]
        if not encoded:
            return alone
        cosines = _cosines([vectors[at] for at in encoded])
        numbers = [numbers_of(questions[at]) for at in encoded]
        for at, own in enumerate(numbers):
            cosines[at, [own != other for other in numbers]] = _OTHER
        joined = _linked(cosines)
        return sorted([*([encoded[at] for at in group] for group in joined), *alone])

    def _vector(self, service: Service, question: str) -> FloatArray | None:
        """The vector of a question; None for one that does not fit the model."""
        key = (service.generation.manifest.fingerprint, question)
        if key not in self._vectors:
            try:
                vector: FloatArray | None = service.retriever.query(question).plain
            except QuestionError:
                vector = None
            self._vectors[key] = vector
        self._vectors.move_to_end(key)
        while len(self._vectors) > _KEPT_VECTORS:
            self._vectors.popitem(last=False)
        return self._vectors[key]


def _cosines(vectors: Sequence[FloatArray | None]) -> FloatArray:
    stacked: FloatArray = np.stack([vector for vector in vectors if vector is not None])
    cosines: FloatArray = stacked @ stacked.T
    return cosines


def _linked(cosines: FloatArray) -> list[list[int]]:
    """Average linkage: the two groups with the highest mean cosine become one, while it is above
    the threshold. Groups with a pair of other numbers are never joined.
    """
    groups = [[at] for at in range(len(cosines))]
    means = cosines.copy()
    np.fill_diagonal(means, _OTHER)
    apart = cosines <= _OTHER
    means[apart] = _OTHER
    while len(groups) > 1:
        first, second = sorted(divmod(int(means.argmax()), len(groups)))
        if means[first, second] < _ALIKE:
            break
        sizes = len(groups[first]), len(groups[second])
        joined = (means[first] * sizes[0] + means[second] * sizes[1]) / sum(sizes)
        joined[(means[first] == _OTHER) | (means[second] == _OTHER)] = _OTHER
        joined[first] = _OTHER
        groups[first] += groups.pop(second)
        means[first], means[:, first] = joined, joined
        means = np.delete(np.delete(means, second, 0), second, 1)
    return [sorted(group) for group in groups]
