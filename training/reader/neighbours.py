"""Neighbours of questions among the texts of training: passages that may be taken for the right
one, and translations.
"""

from collections.abc import Callable, Iterator

import numpy as np

from training.reader.encoded import MappedTexts

#: Passages near a question that are kept.
NEAREST = 6


def nearest_others(each: MappedTexts) -> Callable[[int], list[int]]:
    """Gives, for a question, the nearest passages that do not hold its answer."""
    originals = np.array([n for n, p in enumerate(each.passages) if p.original < 0])
    vectors = each.vectors[originals]

    def find(number: int) -> list[int]:
        asked = each.questions[number]
        gold = each.passages[asked.passage].text
        answer = gold[asked.start : asked.end]
        cosines = vectors @ each.question_vectors[each.numbers[number]]
        best = originals[np.argsort(-cosines)[: 4 * NEAREST]]
        found = [int(n) for n in best if n != asked.passage and answer not in each.passages[n].text]
        return found[:NEAREST]

    return find


def translations(one: MappedTexts, other: MappedTexts) -> Iterator[tuple[int, int]]:
    """Pairs of questions that are each other's nearest, in passages that are too."""
    mine, theirs = _asked_of(one), _asked_of(other)
    a, b = sorted(mine), sorted(theirs)
    cosines = one.vectors[a] @ other.vectors[b].T
    there, back = cosines.argmax(axis=1), cosines.argmax(axis=0)
    for at, number in enumerate(a):
        match = int(there[at])
        if back[match] != at:
            continue
        left, right = mine[number], theirs[b[match]]
        near = (
            one.question_vectors[[one.numbers[n] for n in left]]
            @ other.question_vectors[[other.numbers[n] for n in right]].T
        )
        for row, question in enumerate(left):
            column = int(near[row].argmax())
            found = right[column]
            same = (one.questions[question].end < 0) == (other.questions[found].end < 0)
            if near[:, column].argmax() == row and same and near[row, column] > 0.5:
                yield question, found


def _asked_of(each: MappedTexts) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for number, asked in enumerate(each.questions):
        if each.passages[asked.passage].original < 0:
            found.setdefault(asked.passage, []).append(number)
    return found
