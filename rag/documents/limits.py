"""How large a file and a paragraph may be."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from rag.documents.characters import UNSPACED

_UNIT = re.compile(rf"{UNSPACED.pattern}|[^\W_]+|[^\w\s]")


def estimate_tokens(text: str) -> int:
    """Tokens of a multilingual subword model, estimated from characters and words."""
    units = _UNIT.findall(text)
    dense = sum(1 for unit in units if UNSPACED.match(unit))
    # A long run of letters is no word; subword models cut it every few letters.
    others = sum(max(1.4, len(u) / 4) for u in units if not UNSPACED.match(u))
    return math.ceil(dense * 0.75 + others)


@dataclass(frozen=True, slots=True)
class Limits:
    """`max_bytes` of a file; `max_tokens` of a paragraph, as `count_tokens` counts them.

    Pass the embedding model's own tokenizer as `count_tokens`; the default only estimates.
    """

    max_bytes: int = 20_000_000
    max_tokens: int = 500
    count_tokens: Callable[[str], int] = estimate_tokens

    def __post_init__(self) -> None:
        if self.max_bytes < 1 or self.max_tokens < 1:
            message = "Limits must be positive: set max_bytes and max_tokens to 1 or more."
            raise ValueError(message)
