"""How right the words of an answer are, as SQuAD and CMRC count it: by characters."""

import unicodedata
from collections import Counter

import numpy as np

from rag.arrays import FloatArray

#: The longest answer in tokens.
LONGEST = 48
#: What a longer answer must be better by, as in `rag.reading.reader`.
BREVITY = 0.4


def span(ends: FloatArray) -> tuple[int, int, float]:
    """The best answer by the logits of its ends, shape (tokens, 2): first and last token."""
    first, last = ends[:, 0], ends[:, 1]
    best, found = -np.inf, (0, 0)
    for length in range(min(LONGEST, len(ends))):
        scores = first[: len(ends) - length] + last[length:] - BREVITY * np.log1p(length)
        at = int(scores.argmax())
        if scores[at] > best:
            best, found = float(scores[at]), (at, at + length)
    return *found, best


def plain(text: str) -> str:
    """Letters and figures alone."""
    normal = unicodedata.normalize("NFKC", text).lower()
    return "".join(c for c in normal if unicodedata.category(c)[0] in "LNM")


def overlap(found: str, gold: str) -> float:
    """F1 of the characters that two texts have in common."""
    one, other = Counter(plain(found)), Counter(plain(gold))
    common = sum((one & other).values())
    if not common:
        return float(not one and not other)
    return 2 * common / (sum(one.values()) + sum(other.values()))


def exact(found: str, gold: str) -> bool:
    return plain(found) == plain(gold)
