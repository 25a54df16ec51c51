"""Checks questions and histories."""

import unicodedata
from collections.abc import Sequence

from rag.answering.conversation.narrowing import separate_filters
from rag.answering.conversation.turn import Turn
from rag.errors import QuestionCode, QuestionError

LONGEST_QUESTION = 1000
#: Of a longer history only the last turns are read.
_MOST_TURNS = 20


def readable(history: Sequence[Turn]) -> list[Turn]:
    """The last turns that have a word, cleaned and without filters; of long texts the end.

    Raises QuestionError when the history is no sequence of turns.
    """
    turns = history[-_MOST_TURNS:] if isinstance(history, Sequence) else [None]
    if not all(isinstance(turn, Turn) for turn in turns):
        raise QuestionError(
            QuestionCode.BAD_HISTORY,
            "The history cannot be read. Give a list of turns, oldest first.",
        )
    cleaned = (
        Turn(
            _end(separate_filters(turn.question)[0]),
            turn.answer,
            _end(turn.understood_as or "") or None,
        )
        for turn in turns
    )
    return [turn for turn in cleaned if has_word(turn.question)]


def _end(text: str) -> str:
    return _cleaned(text[-LONGEST_QUESTION:])


def _cleaned(text: str) -> str:
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text)
    return " ".join(kept.split())


def has_word(text: str) -> bool:
    """Whether there is a letter or a number in it."""
    return any(unicodedata.category(c)[0] in "LN" for c in text)


def checked(question: str) -> str:
    """The question without stray white space and control characters.

    Raises QuestionError when nothing is left to ask, or too much.
    """
    kept = _cleaned(question)
    if not kept:
        raise QuestionError(
            QuestionCode.EMPTY, "The question is empty. Type what you would like to know."
        )
    if len(kept) > LONGEST_QUESTION:
        raise QuestionError(
            QuestionCode.TOO_LONG,
            f"The question has {len(kept)} characters, at most {LONGEST_QUESTION} can be asked. "
            "Ask it in fewer words.",
            length=len(kept),
            most=LONGEST_QUESTION,
        )
    if not has_word(kept):
        raise QuestionError(
            QuestionCode.NO_WORD,
            "The question has no word in it. Type what you would like to know.",
        )
    return kept
