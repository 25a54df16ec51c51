"""Tells what people say to a bot from what they ask of the documents.

Common utterances are known by heart. What means the same is recognized by a regression on the
question's vector, which ranking needs anyway; it was fitted for the bundled model by
`training/small_talk.py`, and other models have none.
"""

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import get_args

import numpy as np

from rag.answering.answer import SmallTalk
from rag.arrays import FloatArray

KINDS: tuple[SmallTalk, ...] = get_args(SmallTalk)
UTTERANCES_FILE = "utterances.toml"
WEIGHTS_FILE = "weights.npz"
#: Longer texts are about something.
_MOST_CHARACTERS = 80
#: The least probability of small talk, all kinds together.
_SURE = 0.8
_NOT_WORD = re.compile(r"[\W_]+")


class SmallTalkRecognizer:
    """Recognizes small talk for one model, given by its fingerprint. Threads may share it."""

    def __init__(self, fingerprint: str) -> None:
        self._by_heart = _by_heart()
        self._regression = _regression(fingerprint)

    def by_heart(self, text: str) -> SmallTalk | None:
        """The kind of an utterance that is known word for word; None for all others."""
        return self._by_heart.get(_plain(text))

    def recognize(self, text: str, vector: FloatArray) -> SmallTalk | None:
        """The kind of a text with its vector; None for a question to the documents."""
        known = self.by_heart(text)
        if known is not None or self._regression is None or len(text) > _MOST_CHARACTERS:
            return known
        weights, biases = self._regression
        odds = weights @ vector + biases
        shares = np.exp(odds - odds.max())
        shares /= shares.sum()
        if 1 - shares[0] < _SURE:
            return None
        return KINDS[int(shares[1:].argmax())]


def known_utterances() -> dict[str, SmallTalk]:
    """Utterances that are known by heart, in many languages, with their kinds."""
    content = files(__package__).joinpath(UTTERANCES_FILE).read_text(encoding="utf-8")
    return {text: kind for kind, texts in tomllib.loads(content).items() for text in texts}


@cache
def _by_heart() -> dict[str, SmallTalk]:
    return {_plain(text): kind for text, kind in known_utterances().items()}


@cache
def _regression(fingerprint: str) -> tuple[FloatArray, FloatArray] | None:
    """Weights, shape (1 + kinds, dimension), and biases, of questions first; None for a model that
    they were not fitted for.
    """
    if not files(__package__).joinpath(WEIGHTS_FILE).is_file():
        return None
    with files(__package__).joinpath(WEIGHTS_FILE).open("rb") as file, np.load(file) as content:
        if str(content["fingerprint"]) != fingerprint:
            return None
        return content["weights"].astype(np.float32), content["biases"]


def _plain(text: str) -> str:
    """A text without case, width and punctuation."""
    return _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
