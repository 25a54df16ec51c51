"""What encoders give: a vector of a text, and the states of its tokens."""

from dataclasses import dataclass

from rag.arrays import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class EncodedQuestion:
    """A question's unit vector, shape (dimension,), and the unit states of its own tokens.

    `tokens` has the shape (layers, tokens, dimension); it may hold no token.
    """

    vector: FloatArray
    tokens: FloatArray


@dataclass(frozen=True, slots=True)
class TokenStates:
    """A text's tokens: unit vectors, shape (layers, tokens, dimension), and where each begins.

    `starts` are offsets into the text, shape (tokens,).
    """

    states: FloatArray
    starts: IntArray
