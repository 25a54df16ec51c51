"""Full stops that do not end a sentence: abbreviations, initials, list numbers, ordinals."""

import re

_WORD = re.compile(r"[^\s()\[\]“”\"'‘’,;:/]*$")
_TITLES = re.compile(
    "mr|mrs|ms|dr|prof|st|rev|hon|gen|col|lt|sgt|capt|cmdr|gov|sen|rep|pres|mt|messrs|mme|mlle|"
    "sra|srta|dra|vs|cf|viz|approx|dept|est|ed|eds|al|bzw|ca|vgl|usw"
)
#: Abbreviations that only number or date what follows.
_NUMBERED = re.compile(
    "nos?|nr|figs?|eq|vol|pp?|art|sec|ch|ver|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|núm"
)
#: They may close a sentence or not; the next word decides.
_EITHER = re.compile("inc|ltd|co|corp|jr|sr|bros|etc|ave|blvd")
_STARTERS = re.compile(
    "the|an?|its?|this|that|these|those|he|she|they|we|i|you|in|on|at|by|for|from|with|but|and|"
    "or|so|if|when|while|after|before|as|there|here|however|moreover|meanwhile"
)
_MONTHS = re.compile(
    "januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember"
)


def is_abbreviation(before: str, after: str) -> bool:
    """Whether a full stop between `before` (from the sentence's start) and `after` ends nothing."""
    found = _WORD.search(before)
    word = found.group() if found else ""
    following = re.match(r"\w+", after)
    next_word = following.group() if following else ""
    if not next_word:
        return False
    if word.isdigit():
        alone = not before[: len(before) - len(word)].strip()
        return alone or (len(word) <= 2 and _MONTHS.fullmatch(next_word.lower()) is not None)
    bare = word.lower()
    if _TITLES.fullmatch(bare):
        return True
    if _NUMBERED.fullmatch(bare):
        return next_word[0].isdigit()
    dotted = "." in word and all(len(part) <= 2 for part in word.split("."))
    initial = len(word) == 1 and word.isalpha() and word.isascii()
    if dotted or initial or _EITHER.fullmatch(bare):
        return _STARTERS.fullmatch(next_word.lower()) is None
    return False
