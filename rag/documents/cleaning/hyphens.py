"""Whether a hyphen at the end of a line divides a word or belongs to a compound."""

import re
from collections.abc import Sequence
from itertools import pairwise

_BROKEN = re.compile(r"(?<![^\W\d_])([^\W\d_]+)-$")
_HYPHENATED = re.compile(r"(?<![^\W\d_])[^\W\d_]+-[^\W\d_]+")
_WORD = re.compile(r"[^\W\d_]+")
#: English words that stand first in compounds and hardly ever begin a divided word.
_FIRST = re.compile(
    r"cross|self|well|two|three|four|five|six|seven|eight|nine|"
    r"twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
#: What may follow those in one word.
_ENDINGS = re.compile(r"(?:ing|ings|ed|er|ers|es|ish|ness|nesses|teen|teens|th|ty|fold|some|ly)")
#: Small words inside compounds of three: mother-in-law, state-of-the-art.
_INSIDE = re.compile(r"(?:in|of|to|and|by|on|at|for|the|de|la|le|up|out)-[^\W\d_]")
#: What follows the first of two words that share their end: Ein- und Ausgang, two- or three-year.
_SUSPENDED = re.compile(r"(?:und|oder|bzw|sowie)\b|(?:and|or|to)\s\w+-")
_DASHED = re.compile(r"\w[-–—‑]$")  # dashes of every width
#: Shorter parts are words by chance.
_SHORTEST = 3


def broken_word(left: str) -> str | None:
    """The part of a word that a line ends with before its hyphen, if it does."""
    match = _BROKEN.search(left[-64:])
    return match.group(1) if match else None


def compounds(texts: Sequence[str]) -> frozenset[str]:
    """Words with a hyphen, in lower case, that occur inside lines of the text.

    Also words divided at the end of a line, if the text has both parts as words and not the whole.
    """
    found = {word.lower() for text in texts if "-" in text for word in _HYPHENATED.findall(text)}
    divided = set()
    for text, following in pairwise(texts):
        left, rest = broken_word(text), _WORD.match(following)
        if left and rest and len(left) >= _SHORTEST and len(rest.group()) > _SHORTEST:
            divided.add((left.lower(), rest.group().lower()))
    if divided:
        words = {word for text in texts for word in _words(text)}
        found |= {
            f"{left}-{rest}"
            for left, rest in divided
            if left in words and rest in words and left + rest not in words
        }
    return frozenset(found)


def before_rest(left: str, right: str, known: frozenset[str]) -> str | None:
    """The end of a line as it reads before the next one; None where no hyphen or dash ends it.

    `known` are the compounds of the text.
    """
    broken = broken_word(left)
    if broken is None or not right[:1].islower():
        # 2019-0042, Baden-Baden, pages 12–15: nothing was divided, nothing stands between.
        return left if _DASHED.search(left[-2:]) and right[:1].isalnum() else None
    if _SUSPENDED.match(right):
        return f"{left} "
    return left if _keeps_hyphen(broken, right, known) else left[:-1]


def _keeps_hyphen(left: str, right: str, known: frozenset[str]) -> bool:
    rest = _WORD.match(right)
    if rest is None:
        return True
    word = rest.group()
    if f"{left}-{word}".lower() in known or _INSIDE.match(right):
        return True
    first = _FIRST.fullmatch(left.lower()) is not None
    return first and len(word) > _SHORTEST and _ENDINGS.fullmatch(word) is None


def _words(text: str) -> list[str]:
    """The words inside a line; at its ends stand parts of others."""
    words: list[str] = _WORD.findall(text.lower())
    if broken_word(text):
        words.pop()
    return words[1:]
