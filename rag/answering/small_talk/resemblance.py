"""How much a text resembles utterances that are known: by the parts of its words."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from rag.arrays import FloatArray

_NOT_WORD = re.compile(r"[\W_]+")
#: Scripts in which two characters say as much as three letters of others.
_DENSE = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def plain_text(text: str) -> str:
    """A text without case, width and punctuation."""
    return _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


class Resemblance:
    """Utterances by their parts. `kinds` are the kind of each, counted from 0."""

    def __init__(self, texts: Sequence[str], kinds: Sequence[int], number_of_kinds: int) -> None:
        self._texts = [plain_text(text) for text in texts]
        parts = [word_parts(text) for text in texts]
        self._sizes = np.array([len(each) for each in parts])
        self._of_kind = np.array(kinds) == np.arange(number_of_kinds)[:, np.newaxis]
        self._holding: dict[str, list[int]] = defaultdict(list)
        for number, each in enumerate(parts):
            for part in each:
                self._holding[part].append(number)

    def features(self, text: str, *, but_itself: bool = False) -> FloatArray:
        """Dice's coefficient of the most alike utterance of each kind, and the share of the text's
        parts that any utterance has, shape (kinds + 1,).

        In training an utterance is compared with all `but_itself`.
        """
        own = plain_text(text) if but_itself else None
        others = np.array([each != own for each in self._texts])
        parts = word_parts(text)
        shared, held = np.zeros(len(self._texts)), 0
        for part in parts:
            holding = self._holding.get(part, [])
            shared[holding] += 1
            held += bool(others[holding].any())
        alike = np.where(others, 2 * shared / (self._sizes + len(parts)), 0.0)
        best = np.where(self._of_kind, alike, 0.0).max(axis=1)
        return np.append(best, held / max(len(parts), 1)).astype(np.float32)


def word_parts(text: str) -> set[str]:
    """Three letters of a word with its ends; two of dense scripts."""
    parts = set[str]()
    for word in plain_text(text).split():
        dense = _DENSE.search(word) is not None
        size, marked = (2, word) if dense and len(word) > 1 else (3 - dense, f"^{word}$")
        parts.update(marked[at : at + size] for at in range(max(1, len(marked) - size + 1)))
    return parts
