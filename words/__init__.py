"""Everything that is said to people, a file for each language: around answers and by the bot."""

from words.catalogue import (
    ENGLISH,
    LANGUAGES,
    SIMPLIFIED,
    TRADITIONAL,
    Words,
    words_for_question,
    words_for_reader,
    words_in,
)
from words.sections import AnswerWords, BotWords

__all__ = [
    "ENGLISH",
    "LANGUAGES",
    "SIMPLIFIED",
    "TRADITIONAL",
    "AnswerWords",
    "BotWords",
    "Words",
    "words_for_question",
    "words_for_reader",
    "words_in",
]
