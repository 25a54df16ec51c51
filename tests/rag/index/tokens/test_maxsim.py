"""MaxSim over quantized tokens: right on average, close, and of the right tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.arrays import FloatArray, IntArray
from rag.encoding.types import TokenStates
from rag.index.tokens.maxsim import MaxSim, Similarities, TokenCodes, quantize
from rag.index.tokens.token_segments import TokenSegments
from tests.fakes import tree, write_passages

#: The standard deviation of a product, times the root of the dimension: each number is off by
#: sqrt(0.1175 / 0.8825) of its size.
NOISE = 0.365
SHAPES = [(1, 64), (2, 128), (2, 384), (3, 100)]


def unit(*shape: int, seed: int = 0) -> FloatArray:
    vectors = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
    normalized: FloatArray = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return normalized


def passage(count: int, layers: int = 2, dimension: int = 128, seed: int = 0) -> TokenStates:
    """Random tokens, each of one character."""
    return TokenStates(unit(layers, count, dimension, seed=seed), np.arange(count))


class Opened:
    """The tokens of some paragraphs on disk, and what compares questions with them."""

    def __init__(self, folder: Path, bounds: IntArray) -> None:
        self._segments = TokenSegments(folder, bounds)
        self._maxsim = MaxSim.open(folder)

    def similarities(self, question: FloatArray, rows: IntArray) -> Similarities:
        return self._maxsim.similarities(question, self._segments.passage_tokens(rows))


def opened(
    folder: Path, passages: Sequence[TokenStates], sentences: Sequence[Sequence[int]]
) -> Opened:
    return Opened(folder, write_passages(folder, map(quantize, passages), sentences))


def products(question: FloatArray, states: FloatArray) -> FloatArray:
    """What a question's tokens have in common with each token alone: (layers, asked, tokens)."""
    layers, asked, _ = question.shape
    count = states.shape[1]
    found = np.zeros((layers, asked, count), dtype=np.float32)
    with TemporaryDirectory() as folder:
        alone = [TokenStates(states[:, [at]], np.zeros(1, dtype=np.int64)) for at in range(count)]
        index = opened(Path(folder), alone, [[0]] * count)
        for layer in range(layers):
            for token in range(asked):
                only = np.zeros((layers, 1, question.shape[2]), dtype=np.float32)
                only[layer, 0] = question[layer, token]
                found[layer, token] = layers * index.similarities(only, np.arange(count)).paragraphs
    return found


@pytest.mark.parametrize(("layers", "dimension"), SHAPES)
@pytest.mark.parametrize("cosine", [-0.5, 0, 0.3, 0.7, 1])
def test_products_are_close_and_right_on_average(
    tmp_path: Path, layers: int, dimension: int, cosine: float
) -> None:
    count = 500
    states, other = unit(layers, count, dimension), unit(layers, count, dimension, seed=1)
    apart = other - (other * states).sum(axis=-1, keepdims=True) * states
    apart /= np.linalg.norm(apart, axis=-1, keepdims=True)
    question = cosine * states + np.float32(np.sqrt(1 - cosine**2)) * apart
    alone = [TokenStates(states[:, [at]], np.zeros(1, dtype=np.int64)) for at in range(count)]
    index = opened(tmp_path, alone, [[0]] * count)
    found = [
        index.similarities(question[:, [at]], np.array([at])).paragraphs[0] for at in range(count)
    ]
    noise = NOISE / np.sqrt(dimension * layers)
    assert float(np.mean(found)) == pytest.approx(cosine, abs=0.01)
    assert float(np.std(found)) < 1.4 * noise
    assert float(np.abs(np.array(found) - cosine).max()) < 6 * noise


@settings(deadline=None, max_examples=25)
@given(
    shape=st.sampled_from(SHAPES),
    asked=st.integers(1, 6),
    count=st.integers(1, 20),
    seed=st.integers(0, 1000),
)
def test_maxsim_is_close_to_that_of_the_exact_states(
    shape: tuple[int, int], asked: int, count: int, seed: int
) -> None:
    layers, dimension = shape
    tokens = passage(count, layers, dimension, seed)
    picked = np.random.default_rng(seed).integers(count, size=asked)
    question = tokens.states[:, picked] + 0.7 * unit(layers, asked, dimension, seed=seed + 1)
    question /= np.linalg.norm(question, axis=-1, keepdims=True)
    exact = np.einsum("lid,ljd->lij", question, tokens.states).max(axis=2).mean()
    with TemporaryDirectory() as folder:
        found = opened(Path(folder), [tokens], [[0]]).similarities(question, np.array([0]))
    assert found.paragraphs[0] == pytest.approx(exact, abs=5 * NOISE / np.sqrt(dimension))
    assert found.sentences[0] == pytest.approx(found.paragraphs[0], abs=1e-6)


@dataclass(frozen=True)
class Laid:
    """A passage laid out in a text: its tokens, and which belong to which sentence."""

    tokens: TokenStates
    sentences: list[int]
    owned: list[range]


@st.composite
def laid_out(draw: st.DrawFn) -> Laid:
    """Context, then sentences with tokens of one to three characters; some after white space.

    The first token of a sentence may begin at its first character or at the space before.
    """
    starts: list[int] = []
    place = 0
    for _ in range(draw(st.integers(0, 3))):
        starts.append(place)
        place += draw(st.integers(1, 3))
    sentences, owned = [], []
    for _ in range(draw(st.integers(1, 4))):
        spaced = place > 0 and draw(st.booleans())
        place += spaced
        sentences.append(place)
        count = draw(st.integers(1, 4))
        owned.append(range(len(starts), len(starts) + count))
        early = spaced and draw(st.booleans())
        for number in range(count):
            starts.append(place - (early and number == 0))
            place += draw(st.integers(1, 3))
    states = unit(2, len(starts), 64, seed=draw(st.integers(0, 99)))
    return Laid(TokenStates(states, np.array(starts, dtype=np.int64)), sentences, owned)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(laid_out(), min_size=1, max_size=4),
    st.sampled_from([1, 2, 3, 4, 5, 8, 9]),
    st.data(),
)
def test_similarities_of_paragraphs_and_sentences_are_the_documented_formula(
    passages: list[Laid], asked: int, data: st.DataObject
) -> None:
    question = unit(2, asked, 64, seed=7)
    rows = data.draw(st.lists(st.integers(0, len(passages) - 1), min_size=1, max_size=6))
    with TemporaryDirectory() as folder:
        index = opened(Path(folder), [p.tokens for p in passages], [p.sentences for p in passages])
        found = index.similarities(question, np.array(rows))
    paragraphs, sentences, tokens, reverse = [], [], [], []
    for row in rows:
        single = products(question, passages[row].tokens.states)
        paragraphs.append(single.max(axis=2).mean())
        tokens.append(single.max(axis=2).mean(axis=0))
        reverse.append(single.max(axis=1).mean())
        sentences += [single[:, :, list(own)].max(axis=2).mean() for own in passages[row].owned]
    np.testing.assert_allclose(found.paragraphs, paragraphs, atol=1e-5)
    np.testing.assert_allclose(found.sentences, sentences, atol=1e-5)
    np.testing.assert_allclose(found.tokens, tokens, atol=1e-5)
    np.testing.assert_allclose(found.reverse, reverse, atol=1e-5)
    assert found.paragraphs.dtype == found.sentences.dtype == np.float32


def parts(folder: Path, starts: list[int], sentences: list[int]) -> list[set[int]]:
    """The tokens that each sentence of one paragraph is compared with."""
    states = np.tile(np.eye(64, dtype=np.float32)[: len(starts)], (1, 1, 1))
    index = opened(folder, [TokenStates(states, np.array(starts))], [sentences])
    found = [
        index.similarities(states[:, [token]], np.array([0])).sentences > 0.5
        for token in range(len(starts))
    ]
    return [
        {token for token in range(len(starts)) if found[token][sentence]}
        for sentence in range(len(sentences))
    ]


@pytest.mark.parametrize(
    ("starts", "sentences", "expected"),
    [
        ([0, 1, 2, 3], [0], [{0, 1, 2, 3}]),
        ([0, 1, 2, 3], [0, 2], [{0, 1}, {2, 3}]),
        ([0, 1, 2, 3], [2], [{2, 3}]),  # a context before
        ([0, 3, 6, 9], [4, 10], [{1, 2}, {3}]),  # words that begin at the space before
        ([1, 2], [0, 2], [{0}, {1}]),  # a character that the tokenizer dropped
        ([0, 1, 4, 4, 4, 5], [0, 4], [{0, 1}, {2, 3, 4, 5}]),  # one character in three tokens
        ([0, 2, 4], [0, 5], [{0, 1}, {2}]),  # one token across the border
        ([0, 2, 4], [0, 9, 12], [{0, 1}, {2}, {2}]),  # cut off at the model's longest input
        ([0], [0, 1, 2], [{0}, {0}, {0}]),
        ([0, 1, 2, 6, 7], [0, 4, 6], [{0, 1}, {2}, {3, 4}]),  # a sentence of dropped characters
    ],
)
def test_every_sentence_has_its_tokens(
    tmp_path: Path, starts: list[int], sentences: list[int], expected: list[set[int]]
) -> None:
    assert parts(tmp_path, starts, sentences) == expected


def test_paragraphs_come_in_any_order_and_repeated(tmp_path: Path) -> None:
    counts = [3, 1, 7, 2]
    sentences = [[0, 2], [0], [1, 3, 5], [0]]
    tokens = [passage(count, seed=count) for count in counts]
    index = opened(tmp_path, tokens, sentences)
    question = unit(2, 4, 128, seed=9)
    alone = [index.similarities(question, np.array([row])) for row in range(4)]
    rows = [2, 0, 3, 2, 1, 2]
    found = index.similarities(question, np.array(rows))
    assert len(found.sentences) == sum(len(sentences[row]) for row in rows)
    np.testing.assert_allclose(
        found.paragraphs, np.concatenate([alone[row].paragraphs for row in rows]), atol=1e-6
    )
    np.testing.assert_allclose(
        found.sentences, np.concatenate([alone[row].sentences for row in rows]), atol=1e-6
    )
    assert len(set(found.paragraphs.round(4).tolist())) == 4


@settings(deadline=None)
@given(
    layers=st.integers(1, 3),
    count=st.integers(0, 5),
    dimension=st.sampled_from([4, 8, 100, 128]),
    offset=st.integers(0, 1_000_000),
)
def test_codes_are_read_back_as_they_were(
    layers: int, count: int, dimension: int, offset: int
) -> None:
    states = unit(layers, count, dimension, seed=count)
    codes = quantize(TokenStates(states, np.arange(count) * 3 + offset))
    found = TokenCodes.from_bytes(codes.to_bytes())
    assert found.codes.tolist() == codes.codes.tolist()
    assert found.codes.shape == (count, layers * dimension // 4)
    assert found.starts.tolist() == codes.starts.tolist()
    assert (found.layers, found.dimension) == (layers, dimension)
    assert found.starts.dtype == np.int64
    assert found.codes.dtype == np.uint8


@pytest.mark.parametrize(("layers", "dimension"), SHAPES)
def test_a_number_takes_two_bits(tmp_path: Path, layers: int, dimension: int) -> None:
    tokens = [passage(count, layers, dimension) for count in (5, 8)]
    opened(tmp_path, tokens, [[0], [0]])
    assert (tmp_path / "tokens.1.codes").stat().st_size == 13 * layers * dimension // 4
    assert quantize(tokens[0]).codes.nbytes == 5 * layers * dimension // 4


def test_codes_are_mapped_not_read_and_never_written(tmp_path: Path) -> None:
    opened(tmp_path, [passage(3000, 2, 384)], [[0]])
    before = tree(tmp_path)
    index = Opened(tmp_path, np.array([0, 1]))
    mapped = [
        line.split()[1]
        for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
        if line.endswith(str(tmp_path / "tokens.1.codes"))
    ]
    assert mapped == ["r--s"]
    assert index.similarities(unit(2, 3, 384), np.array([0])).paragraphs.shape == (1,)
    assert tree(tmp_path) == before


def test_an_open_index_outlives_its_files(tmp_path: Path) -> None:
    index = opened(tmp_path, [passage(4)], [[0, 2]])
    question = passage(4).states[:, :2]
    before = index.similarities(question, np.array([0]))
    for path in tmp_path.iterdir():
        path.unlink()
    assert index.similarities(question, np.array([0])).sentences.tolist() == (
        before.sentences.tolist()
    )
