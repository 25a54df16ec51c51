"""Late interaction: every token of a question looks for its best match among a passage's tokens.

MaxSim is ColBERT's (Khattab and Zaharia, 2020), here over states of the embedding model itself:

    maxsim(q, p) = mean over layers l and tokens i of q of the max over tokens j of p of q_li . p_lj

with unit vectors. The reverse, maxsim(p, q), averages over the tokens of the passage instead: how
much of the passage the question covers.

Passages keep two bits a number: rotated at random, the numbers of a unit vector are close to normal
with variance 1 / dimension, for which Max (Quantizing for Minimum Distortion, 1960) gives the best
four levels. Divided by their mean square, inner products are unbiased.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.arrays import FloatArray, IntArray, open_array, write_array
from rag.encoding.types import TokenStates
from rag.index.tokens.token_segments import PassageTokens

_ROTATION = "tokens.rotation.npy"
_SEED = 20_201
LEVELS = np.array([-1.510, -0.4528, 0.4528, 1.510], dtype=np.float32)
_BORDER = 0.9816
_MEAN_SQUARE = 0.8825
_PER_BYTE = 4
#: By how many bits each number of a byte is shifted.
PLACES = np.array([0, 2, 4, 6], dtype=np.uint8)
_NUMBER = np.dtype("<i4")
#: Paragraphs are compared together up to this many tokens.
_TOKENS_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class TokenCodes:
    """A passage's tokens as they are kept: bytes, shape (tokens, layers * dimension / 4)."""

    codes: npt.NDArray[np.uint8]
    starts: IntArray
    layers: int

    @property
    def dimension(self) -> int:
        return int(self.codes.shape[1]) * _PER_BYTE // self.layers

    def to_bytes(self) -> bytes:
        shape = np.array([self.layers, *self.codes.shape], dtype=_NUMBER)
        return shape.tobytes() + self.starts.astype(_NUMBER).tobytes() + self.codes.tobytes()

    @classmethod
    def from_bytes(cls, content: bytes) -> "TokenCodes":
        """Reads what `to_bytes` wrote."""
        layers, count, width = np.frombuffer(content, _NUMBER, 3).tolist()
        starts = np.frombuffer(content, _NUMBER, count, offset=3 * _NUMBER.itemsize)
        codes = np.frombuffer(content, np.uint8, offset=(3 + count) * _NUMBER.itemsize)
        return cls(codes.reshape(count, width), starts.astype(np.int64), layers)


@cache
def rotation_of(dimension: int) -> FloatArray:
    """A random orthogonal matrix, shape (dimension, dimension), the same in every process."""
    random = np.random.default_rng(_SEED).normal(size=(dimension, dimension))
    rotation: FloatArray = np.linalg.qr(random)[0].astype(np.float32)
    return rotation


def quantize(tokens: TokenStates) -> TokenCodes:
    """A text's token states, rotated and quantized to two bits a number."""
    layers, count, dimension = tokens.states.shape
    rotated = tokens.states @ rotation_of(dimension) * np.float32(np.sqrt(dimension))
    levels = (rotated >= -_BORDER).astype(np.uint8)
    levels += rotated >= 0
    levels += rotated >= _BORDER
    flat = levels.transpose(1, 0, 2).reshape(count, layers * dimension // _PER_BYTE, _PER_BYTE)
    codes: npt.NDArray[np.uint8] = np.bitwise_or.reduce(flat << PLACES, axis=-1)
    return TokenCodes(codes, tokens.starts, layers)


def write_rotation(folder: Path, dimension: int) -> None:
    """Writes the rotation of an index's tokens, an orthogonal matrix of shape (dimension,
    dimension).
    """
    write_array(folder / _ROTATION, rotation_of(dimension))


def first_tokens(tokens: IntArray, sentences: Sequence[int]) -> IntArray:
    """The first token of each sentence, shape (sentences,): the last that begins at its start or
    before.

    `tokens`, shape (tokens,), and `sentences` are offsets of where each begins. A token of
    SentencePiece begins at the white space before its word. A sentence that has no token of its own
    takes its neighbour's.
    """
    last = np.searchsorted(tokens, sentences, side="right") - 1
    # Several tokens of one character begin at one place.
    first: IntArray = np.searchsorted(tokens, tokens[last.clip(min=0)])
    return first


@dataclass(frozen=True, slots=True)
class Similarities:
    """MaxSim of a question with paragraphs, and with each of their sentences in order.

    `tokens` is the best match of each token of the question in each paragraph, shape (paragraphs,
    tokens); `reverse` the mean of the best matches of each paragraph's tokens in the question,
    shape (paragraphs,).
    """

    paragraphs: FloatArray
    sentences: FloatArray
    tokens: FloatArray
    reverse: FloatArray


class MaxSim:
    """Compares questions with token codes. May be used by several threads at once.

    `rotation`, shape (dimension, dimension), is the matrix that the states were rotated with.
    """

    def __init__(self, rotation: FloatArray) -> None:
        self._rotation = rotation
        scale = np.float32(1 / (_MEAN_SQUARE * np.sqrt(len(rotation))))
        places = np.arange(256)[:, np.newaxis] >> PLACES & 3
        self._decoded: FloatArray = LEVELS[places] * scale

    @classmethod
    def open(cls, folder: Path) -> "MaxSim":
        """The MaxSim of an index with tokens. Raises OSError or ValueError if it cannot be read."""
        return cls(open_array(folder / _ROTATION))

    @property
    def dimension(self) -> int:
        return len(self._rotation)

    @property
    def rotation(self) -> FloatArray:
        """The matrix that the states were rotated with, shape (dimension, dimension)."""
        return self._rotation

    def similarities(self, question: FloatArray, passages: PassageTokens) -> Similarities:
        """Compares a question's unit token states, shape (layers, tokens, dimension), with one or
        more paragraphs.
        """
        rotated = question @ self._rotation
        found = [self._part(rotated, part) for part in _parts(passages)]
        tokens, sentences, reverse = (np.concatenate(each) for each in zip(*found, strict=True))
        return Similarities(tokens.mean(axis=1), sentences, tokens, reverse)

    def _part(
        self, question: FloatArray, passages: PassageTokens
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The best match of each token of a rotated question in some paragraphs, shape (paragraphs,
        tokens); its mean best match in their sentences; and that of their tokens in it.
        """
        every = passages.codes
        codes = every[0] if len(every) == 1 else np.concatenate(every)
        counts = np.array([len(each) for each in every])
        begins = np.cumsum(counts) - counts
        # A paragraph's first segment is what stands before its first sentence.
        segments = [np.append(0, starts) for starts in passages.sentence_starts]
        sizes = np.array([len(each) for each in segments])
        firsts = np.cumsum(sizes) - sizes
        states = np.take(self._decoded, codes, axis=0)
        by_layer = states.reshape(len(codes), len(question), -1).swapaxes(0, 1)
        products = question @ by_layer.swapaxes(1, 2)
        places = np.concatenate(segments) + np.repeat(begins, sizes)
        best = np.maximum.reduceat(products, places, axis=2)
        tokens = np.maximum.reduceat(best, firsts, axis=2).mean(axis=0).T
        of_sentence = np.ones(len(places), dtype=np.bool_)
        of_sentence[firsts] = False
        sentences = best.mean(axis=(0, 1))[of_sentence]
        reverse = np.add.reduceat(products.max(axis=1).mean(axis=0), begins) / counts
        return tokens, sentences, reverse.astype(np.float32)


def _parts(passages: PassageTokens) -> Iterator[PassageTokens]:
    """The paragraphs in parts that stay in the processor's cache, all but long paragraphs."""
    first, size = 0, 0
    for place, codes in enumerate(passages.codes):
        if size and size + len(codes) > _TOKENS_AT_ONCE:
            yield _slice(passages, first, place)
            first, size = place, 0
        size += len(codes)
    yield _slice(passages, first, len(passages.codes))


def _slice(passages: PassageTokens, first: int, last: int) -> PassageTokens:
    return PassageTokens(passages.codes[first:last], passages.sentence_starts[first:last])
