"""How large a file and a paragraph may be, and how long and how far reading may go."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from rag.documents.text.characters import UNSPACED

#: Seconds for reading one file in the reader process, the start of the process included.
READ_SECONDS = 60.0
#: Bytes of address space of the reader process.
READ_MEMORY = 1 << 30
#: The same for a page whose text is recognized in a picture: the networks take much of both.
RECOGNITION_SECONDS = 300.0
RECOGNITION_MEMORY = 3 << 30
#: Pixels of a picture.
PIXELS = 60_000_000
#: Bytes that the parts of a packed file (.docx) may have when unpacked, and how many parts.
UNPACKED_BYTES = 200_000_000
UNPACKED_PARTS = 10_000
#: Pages of a PDF file.
PAGES = 5_000
#: Characters of text drawn from a file.
CHARACTERS = 20_000_000
#: Records of a file (.json, .jsonl), rows and columns of a table file (.csv).
RECORDS = 100_000
COLUMNS = 1_000
#: How many levels of attachments within attachments are opened.
NESTED_FILES = 3

_WORD = re.compile(r"[^\W_]+")
_MARK = re.compile(r"[^\w\s]|_")


def estimate_tokens(text: str) -> int:
    """Tokens of a multilingual subword model, estimated from characters and words."""
    rest, dense = UNSPACED.subn(" ", text)
    marks = len(_MARK.findall(rest))
    # A long run of letters is no word; subword models cut it every few letters.
    words = sum(1.4 if len(word) < 6 else len(word) / 4 for word in _WORD.findall(rest))
    return math.ceil(dense * 0.75 + marks * 1.4 + words)


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest file, `max_bytes`, and the longest paragraph, `max_tokens` as `count_tokens`
    counts them.

    Pass the embedding model's own tokenizer as `count_tokens`; the default only estimates.
    `most_tokens` gives an upper bound without tokenizing: a text whose bound fits is not counted.
    Raises ValueError unless both limits are positive.
    """

    max_bytes: int = 20_000_000
    max_tokens: int = 500
    count_tokens: Callable[[str], int] = estimate_tokens
    most_tokens: Callable[[str], int] | None = None

    def __post_init__(self) -> None:
        if self.max_bytes < 1 or self.max_tokens < 1:
            message = "Limits must be positive: set max_bytes and max_tokens to 1 or more."
            raise ValueError(message)
