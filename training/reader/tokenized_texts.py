"""The texts of a file in tokens."""

from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from rag.arrays import IntArray
from training.reader.texts import TrainingTexts

#: Of a question while training, in tokens.
_MOST_ASKED = 64


@dataclass(frozen=True, slots=True)
class TokenizedTexts:
    """The texts of a file in tokens: ids, and where each begins in a passage."""

    texts: TrainingTexts
    questions: list[IntArray]
    passages: list[IntArray]
    starts: list[IntArray]

    @classmethod
    def of(cls, texts: TrainingTexts, tokenizer: Tokenizer) -> "TokenizedTexts":
        asked = tokenizer.encode_batch_fast(
            [each.text for each in texts.questions], add_special_tokens=False
        )
        found = tokenizer.encode_batch(
            [each.text for each in texts.passages], add_special_tokens=False
        )
        return cls(
            texts,
            [np.array(each.ids[:_MOST_ASKED]) for each in asked],
            [np.array(each.ids) for each in found],
            [np.array([start for start, _ in each.offsets]) for each in found],
        )

    def token(self, passage: int, character: int) -> int:
        """The token that a character of a passage stands in."""
        starts = self.starts[passage]
        last = int(np.searchsorted(starts, character, side="right")) - 1
        return int(np.searchsorted(starts, starts[max(last, 0)]))
