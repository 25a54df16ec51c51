"""The question inside a long message: people greet, tell what happened, ask, and thank."""

import re

from rag.answering.conversation.parts import ASKS, ASKS_WIDE
from rag.answering.quoting.quotation import size_of

#: From which size (`size_of`) on a message, and a sentence in it, is long.
_LONG_MESSAGE = 50
_LONG_SENTENCE = 30
#: The parts that are looked up, the last first: most people end with what they ask.
_MOST = 2
_SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？]?")
_CLAUSE = re.compile(r"[^,;:，；：—–]+")
_ASKS = re.compile(rf"\b{ASKS}|{ASKS_WIDE}", re.IGNORECASE)


def inner_questions(message: str) -> list[str]:
    """What a long message asks, the last first; nothing where it is short, or asks in no words of
    the languages in which questions are split.
    """
    if size_of(message) < _LONG_MESSAGE:
        return []
    found = [_asking(match.group().strip()) for match in _SENTENCE.finditer(message)]
    asked = [each for each in reversed(found) if each and each != message.strip()]
    return asked[:_MOST]


def _asking(sentence: str) -> str:
    """The sentence, of a long one what it has from the last clause that asks; "" if none does."""
    if size_of(sentence) < _LONG_SENTENCE:
        asks = sentence.endswith(("?", "？")) or _ASKS.search(sentence)
        return sentence if asks else ""
    clauses = [each.start() for each in _CLAUSE.finditer(sentence) if _ASKS.search(each.group())]
    return sentence[clauses[-1] :].strip() if clauses else ""
