"""Everything the bot says, in simplified and traditional Chinese and in English."""

from collections.abc import Mapping

from bot.presentation.catalogue import english, simplified, traditional
from bot.presentation.catalogue.words import ENGLISH, SIMPLIFIED, TRADITIONAL, Words

__all__ = ["ENGLISH", "LANGUAGES", "SIMPLIFIED", "TRADITIONAL", "Words", "words_for"]

_ALL = (simplified.WORDS, traditional.WORDS, english.WORDS)
LANGUAGES: Mapping[str, Words] = {each.language: each for each in _ALL}
_TRADITIONAL_PLACES = frozenset({"hant", "tw", "hk", "mo"})


def words_for(language_code: str | None, chosen: str | None = None) -> Words:
    """The words of the chosen language, else of an IETF tag such as `zh-hant` or `pt-br`."""
    if chosen is not None and chosen in LANGUAGES:
        return LANGUAGES[chosen]
    first, *rest = (language_code or "").lower().replace("_", "-").split("-")
    if first not in ("zh", "yue"):
        return english.WORDS
    if first == "yue" and "hans" not in rest:
        return traditional.WORDS
    return traditional.WORDS if _TRADITIONAL_PLACES & set(rest) else simplified.WORDS
