"""Tokenizers: the model's own for building; for serving, one that loads only the pieces that a
question needs.

A vocabulary of a quarter of a million pieces takes the library 280 MB. A Unigram model (Kudo,
Subword Regularization, 2018) chooses among the pieces that occur in a text; so a model of just
those, made for each text, gives the same tokens. Models of other kinds are kept whole.
"""

import json
import threading
import unicodedata
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding, Tokenizer
from tokenizers.models import Unigram, WordPiece

from rag.arrays import IntArray, open_array, ranges, write_array
from rag.encoding.types import TokenStates
from rag.errors import StoreError

TOKENIZER_FILE = "tokenizer.json"
#: The keys of all pieces, sorted, and the score and vocabulary id of each.
_KEYS = "tokenizer.keys.npy"
_SCORES = "tokenizer.scores.npy"
_NUMBERS = "tokenizer.numbers.npy"
#: A vocabulary begins with its special pieces; one that hides the unknown piece is kept whole.
_MOST_SPECIAL = 300
#: What pieces at the beginning of a word begin with.
WORD_START = "▁"
#: FNV-1a (Fowler, Noll, Vo), 64 bits, over code points in place of bytes.
_BASIS = 0xCBF29CE484222325
_PRIME = 0x100000001B3
_BITS = 0xFFFFFFFFFFFFFFFF


def load_tokenizer(path: Path) -> Tokenizer:
    """The tokenizer without truncation or padding. Raises StoreError when it is unreadable."""
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # tokenizers raises a bare Exception
        raise _unreadable(path, error) from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def own_tokens(encoding: Encoding, prompt: int) -> tuple[IntArray, IntArray]:
    """The indices of the text's own tokens and their offsets in the text, both of shape (tokens,).

    Special tokens and tokens of the prompt, `prompt` characters before the text, are left out.
    """
    bounds = np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2) - prompt
    own = (np.array(encoding.special_tokens_mask) == 0) & (bounds[:, 1] > 0)
    return np.flatnonzero(own), bounds[own, 0].clip(min=0)


def own_states(states: npt.NDArray[np.float32], encoding: Encoding, prompt: int) -> TokenStates:
    """The states of the text's own tokens, from those of prompt and text, shape (layers, tokens,
    dimension).

    A text without tokens, all of whose characters the tokenizer drops, gets the first one's state.
    """
    kept, starts = own_tokens(encoding, prompt)
    if not len(kept):
        kept = starts = np.zeros(1, dtype=np.int64)
    return TokenStates(states[:, kept], starts)


class TokenCounter:
    """Counts the tokens a text takes in the model, without prompt and special tokens."""

    def __init__(self, tokenizer: Path) -> None:
        self._path = tokenizer
        self._tokenizer: Tokenizer | None = None
        self._loading = threading.Lock()

    def __call__(self, text: str) -> int:
        return len(self.tokenizer().encode(text, add_special_tokens=False))

    def at_most(self, text: str) -> int:
        """A bound on the tokens of a text, without tokenizing it.

        A token covers at least one character of the text as the tokenizer normalizes it, which is
        never longer than the text fully decomposed (NFKD); or a byte, one of up to four, where a
        vocabulary falls back to bytes. Two more are for the mark before the first word.
        """
        characters = len(unicodedata.normalize("NFKD", text))
        return 2 + characters * (1 if self._holds_characters else 4)

    @cached_property
    def _holds_characters(self) -> bool:
        """Whether every token covers at least one character."""
        tokenizer = self.tokenizer()
        falls_back_to_bytes = tokenizer.token_to_id("<0x00>") is not None
        return isinstance(tokenizer.model, Unigram | WordPiece) and not falls_back_to_bytes

    def overhead(self, prompt: str) -> int:
        """The tokens that a prompt and the special tokens take from every input."""
        return len(self.tokenizer().encode(prompt))

    def tokenizer(self) -> Tokenizer:
        """The tokenizer it counts with, without truncation or padding."""
        with self._loading:
            if self._tokenizer is None:  # a quarter of a million pieces take half a second
                self._tokenizer = load_tokenizer(self._path)
        return self._tokenizer


def write_question_tokenizer(source: Path, folder: Path) -> None:
    """Writes the files of a `QuestionTokenizer`, from the tokenizer in the file `source`."""
    content = json.loads(source.read_text(encoding="utf-8"))
    model = content["model"]
    unknown = model.get("unk_id")
    if (
        model.get("type") == "Unigram"
        and not model.get("byte_fallback")
        and unknown is not None
        and unknown < _MOST_SPECIAL
    ):
        vocabulary = model["vocab"]
        _write_pieces(vocabulary, folder)
        # The cost of an unknown character depends on the lowest score of the vocabulary.
        lowest = min(vocabulary, key=lambda piece: piece[1])
        model["vocab"] = [*vocabulary[: unknown + 1], lowest]
        model["longest"] = max(len(piece) for piece, _score in vocabulary)
        content["added_tokens"] = []  # in a question they are text like any other
    (folder / TOKENIZER_FILE).write_text(json.dumps(content), encoding="utf-8")


def _write_pieces(vocabulary: list[tuple[str, float]], folder: Path) -> None:
    keys = np.array([_key(piece) for piece, _score in vocabulary], dtype=np.uint64)
    order = np.argsort(keys, kind="stable")
    write_array(folder / _KEYS, keys[order])
    write_array(folder / _SCORES, np.array([score for _piece, score in vocabulary])[order])
    write_array(folder / _NUMBERS, order.astype(np.int32))


def _key(piece: str) -> int:
    key = _BASIS
    for character in piece:
        key = ((key ^ ord(character)) * _PRIME) & _BITS
    return key


class QuestionTokenizer:
    """Splits questions into the model's tokens. May be used by several threads at once."""

    def __init__(self, folder: Path) -> None:
        self._tokenizer = load_tokenizer(folder / TOKENIZER_FILE)
        self._pieces = Pieces.open(folder)
        self._using = threading.Lock()

    def encode(self, text: str) -> tuple[IntArray, Encoding]:
        """The ids of a text's tokens in the model's vocabulary, shape (tokens,), and offsets."""
        if self._pieces is None:
            encoding = self._tokenizer.encode(text)
            return np.array(encoding.ids, dtype=np.int64), encoding
        with self._using:
            model, numbers = self._pieces.model(self._split(text))
            self._tokenizer.model = model
            encoding = self._tokenizer.encode(text)
        special = np.array(encoding.special_tokens_mask, dtype=np.bool_)
        ids = np.array(encoding.ids, dtype=np.int64)
        ids[~special] = numbers[ids[~special]]
        return ids, encoding

    def _split(self, text: str) -> str:
        """The text as the model sees it."""
        before = self._tokenizer.normalizer
        normal = before.normalize_str(text) if before is not None else text
        splitter = self._tokenizer.pre_tokenizer
        if splitter is None:
            return str(normal)
        return "".join(word for word, _place in splitter.pre_tokenize_str(normal))


class Pieces:
    """All pieces of a Unigram vocabulary, memory-mapped. May be used by several threads at once."""

    @classmethod
    def open(cls, folder: Path) -> "Pieces | None":
        """The pieces stored beside a question encoder; None where its model is of another kind.

        Raises StoreError when they cannot be read.
        """
        if not (folder / _KEYS).exists():
            return None
        path = folder / TOKENIZER_FILE
        try:
            return cls(folder, json.loads(path.read_text(encoding="utf-8"))["model"])
        except (OSError, EOFError, KeyError, ValueError) as error:
            raise _unreadable(path, error) from error

    def __init__(self, folder: Path, model: dict[str, Any]) -> None:
        self._keys = open_array(folder / _KEYS)
        self._scores = open_array(folder / _SCORES)
        self._numbers = open_array(folder / _NUMBERS)
        self._longest = model["longest"]
        self._unknown = model["unk_id"]
        #: Pieces and scores that every vocabulary begins with: the special ones, and the lowest.
        self._head = dict(model["vocab"])
        lowest = np.searchsorted(self._keys, np.uint64(_key(model["vocab"][-1][0])))
        numbers = [*range(self._unknown + 1), int(self._numbers[lowest])]
        self._head_numbers = list(dict.fromkeys(numbers))

    def model(self, text: str) -> tuple[Unigram, IntArray]:
        """A model of the pieces that a text holds, and their numbers in the whole vocabulary, shape
        (pieces,).
        """
        vocabulary, numbers = dict(self._head), list(self._head_numbers)
        for _start, piece, score, number in self._found(text):
            if piece not in vocabulary:
                vocabulary[piece] = score
                numbers.append(number)
        return Unigram(list(vocabulary.items()), self._unknown), np.array(numbers, dtype=np.int64)

    def held(self, text: str) -> Iterator[tuple[int, str, float]]:
        """The pieces that occur in a text: where each begins, the piece, and its score."""
        return ((start, piece, score) for start, piece, score, _number in self._found(text))

    def _found(self, text: str) -> Iterator[tuple[int, str, float, int]]:
        """The pieces that occur in a text: where each begins, the piece, its score and number."""
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
        keys = [np.full(len(points) + 1, _BASIS, dtype=np.uint64)]
        for length in range(1, min(self._longest, len(points)) + 1):
            keys.append((keys[-1][:-1] ^ points[length - 1 :]) * np.uint64(_PRIME))
        sizes = np.array([len(each) for each in keys])
        starts, _bounds = ranges(np.zeros_like(sizes), sizes)
        lengths = np.repeat(np.arange(len(sizes)), sizes)
        every = np.concatenate(keys)
        at = np.searchsorted(self._keys, every).clip(max=len(self._keys) - 1)
        held = np.flatnonzero(self._keys[at] == every)
        rows = at[held]
        places = zip(starts[held].tolist(), lengths[held].tolist(), strict=True)
        known = zip(self._scores[rows].tolist(), self._numbers[rows].tolist(), strict=True)
        for (start, length), (score, number) in zip(places, known, strict=True):
            yield start, text[start : start + length], score, number


def _unreadable(path: Path, error: Exception) -> StoreError:
    return StoreError(
        f"The tokenizer {path} cannot be read: {error}. Build the index again: wenda index --full"
    )
