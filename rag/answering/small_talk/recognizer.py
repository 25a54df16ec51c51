"""Tells what people say to a bot from what they ask of the documents.

Common utterances are known by heart. What means the same is recognized by a regression on the
question's vector, which ranking needs anyway, and on how much it resembles those utterances; it was
fitted for the bundled model by `training/small_talk.py`, and other models have none. What the
documents know is stronger: a text with a word of theirs that no utterance has is a question.
"""

import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import get_args

import numpy as np

from rag.answering.answer import SmallTalk
from rag.answering.small_talk.resemblance import Resemblance, plain_text
from rag.arrays import FloatArray
from rag.index.lexical.terms import terms

KINDS: tuple[SmallTalk, ...] = get_args(SmallTalk)
UTTERANCES_FILE = "utterances.toml"
WEIGHTS_FILE = "weights.npz"
#: Longer texts are not small talk.
_MOST_CHARACTERS = 80
#: The least probability of small talk, all kinds together.
_SURE = 0.5
#: A single word may be a search; it is small talk when it resembles an utterance at least this
#: much.
_LIKE_A_WORD = 0.5
_TERMS_OF_A_WORD = 3


class SmallTalkRecognizer:
    """Recognizes small talk for one model, given by its fingerprint. Threads may share it.

    `has_any` says whether the documents have any of some terms.
    """

    def __init__(self, fingerprint: str, has_any: Callable[[Sequence[str]], bool]) -> None:
        self._regression = _regression(fingerprint)
        self._has_any = has_any

    def by_heart(self, text: str) -> SmallTalk | None:
        """The kind of an utterance that is known word for word; None for all others."""
        return _by_heart().get(plain_text(text))

    def recognize(self, text: str, vector: FloatArray) -> SmallTalk | None:
        """The kind of a text with this unit vector, shape (dimension,); None for a question to the
        documents.
        """
        known = self.by_heart(text)
        if known is not None or self._regression is None or len(text) > _MOST_CHARACTERS:
            return known
        alike = resemblance().features(text)
        if _is_word(text) and alike[:-1].max() < _LIKE_A_WORD:
            return None
        weights, biases = self._regression
        odds = weights @ np.concatenate([vector, alike]) + biases
        shares = np.exp(odds - odds.max())
        if 1 - shares[0] / shares.sum() < _SURE or self._has_any(_foreign(text)):
            return None
        return KINDS[int(shares[1:].argmax())]


def known_utterances() -> dict[str, SmallTalk]:
    """Utterances that are known by heart, in many languages, with their kinds."""
    content = tomllib.loads(
        files(__package__).joinpath(UTTERANCES_FILE).read_text(encoding="utf-8")
    )
    return {text: kind for kind in KINDS for text in content[kind]}


@cache
def resemblance() -> Resemblance:
    """The utterances that are known by heart, by their parts."""
    known = known_utterances()
    return Resemblance(list(known), [KINDS.index(kind) for kind in known.values()], len(KINDS))


@cache
def _by_heart() -> dict[str, SmallTalk]:
    return {plain_text(text): kind for text, kind in known_utterances().items()}


@cache
def _vocabulary() -> frozenset[str]:
    return frozenset(term for text in known_utterances() for term in terms(text))


@cache
def _regression(fingerprint: str) -> tuple[FloatArray, FloatArray] | None:
    """Weights, shape (1 + kinds, dimension + kinds + 1), and biases, of questions first; None for a
    model that they were not fitted for.
    """
    with files(__package__).joinpath(WEIGHTS_FILE).open("rb") as file, np.load(file) as content:
        if str(content["fingerprint"]) != fingerprint:
            return None
        return content["weights"].astype(np.float32), content["biases"]


def _foreign(text: str) -> list[str]:
    """The terms of a text that no utterance has."""
    return [term for term in terms(text) if term not in _vocabulary()]


def _is_word(text: str) -> bool:
    return len(plain_text(text).split()) == 1 and len(terms(text)) <= _TERMS_OF_A_WORD
