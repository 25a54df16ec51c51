"""Everything that is said to people, a file for each language: answers, the bot, the page."""

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
from words.owner_sections import CuratingWords, ReviewWords, UploadWords
from words.reasons import kinds_in, reason_in, reason_patterns
from words.replies import (
    filter_text,
    listing_lines,
    narrowing_line,
    not_found_line,
    unsearched_line,
    with_reply,
)
from words.sections import AnswerWords, BotWords, PageWords

__all__ = [
    "ENGLISH",
    "LANGUAGES",
    "SIMPLIFIED",
    "TRADITIONAL",
    "AnswerWords",
    "BotWords",
    "CuratingWords",
    "PageWords",
    "ReviewWords",
    "UploadWords",
    "Words",
    "filter_text",
    "kinds_in",
    "listing_lines",
    "narrowing_line",
    "not_found_line",
    "reason_in",
    "reason_patterns",
    "unsearched_line",
    "with_reply",
    "words_for_question",
    "words_for_reader",
    "words_in",
]
