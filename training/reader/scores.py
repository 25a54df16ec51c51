"""How right the words of an answer are, as SQuAD and CMRC count it: by characters."""

import unicodedata
from collections import Counter


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
