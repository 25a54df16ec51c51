"""The reader on networks that say what a test wants, and the package's own."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rag.arrays import FloatArray
from rag.index.tokens.token_segments import PassageTokens
from rag.reading.reader import Reader, best_span, reader_of
from tests.fakes import open_index

WIDTH = 8
LAYERS = 2


class Network:
    """Remembers what it was given, and answers with one logit a passage and some words."""

    def __init__(self, logits: Sequence[float], words: tuple[int, int]) -> None:
        self.given: Mapping[str, npt.NDArray[Any]] = {}
        self._logits, self._words = logits, words

    def run(self, outputs: Sequence[str], inputs: Mapping[str, npt.NDArray[Any]]) -> list[Any]:
        assert outputs == ("ends", "answers")
        self.given = inputs
        text = inputs["text"]
        ends = np.zeros((*text.shape, 2), dtype=np.float32)
        ends[:, self._words[0], 0] = ends[:, self._words[1], 1] = 8
        ends += (text[..., np.newaxis] - 1) * 1e4
        return [ends, np.array(self._logits, dtype=np.float32)]


def passages(*lengths: int, begin: int = 0) -> PassageTokens:
    codes = [np.full((length, LAYERS * WIDTH // 4), 7, dtype=np.uint8) for length in lengths]
    starts = [np.array([begin], dtype=np.int32) for _ in lengths]
    return PassageTokens(codes, starts)


def question(tokens: int = 3) -> FloatArray:
    states = np.random.default_rng(1).normal(size=(LAYERS, tokens, WIDTH)).astype(np.float32)
    unit: FloatArray = states / np.linalg.norm(states, axis=-1, keepdims=True)
    return unit


def test_passages_of_unlike_lengths_are_read_together_and_padding_is_masked() -> None:
    network = Network([2.0, -2.0], (1, 2))
    readings = Reader(network, np.eye(WIDTH, dtype=np.float32)).read_passages(
        question(), passages(4, 6)
    )
    assert network.given["mask"].sum(axis=1).tolist() == [4, 6]
    assert [(each.first, each.last) for each in readings] == [(1, 2), (1, 2)]
    assert [each.logit for each in readings] == [2.0, -2.0]


def test_words_are_not_looked_for_in_a_passages_context() -> None:
    network = Network([1.0], (3, 4))
    Reader(network, np.eye(WIDTH, dtype=np.float32)).read_passages(question(), passages(6, begin=2))
    assert network.given["text"].tolist() == [[0, 0, 1, 1, 1, 1]]


def test_a_question_is_rotated_as_the_passages_were() -> None:
    network, turned = Network([0.0], (0, 0)), np.eye(WIDTH, dtype=np.float32)[::-1].copy()
    asked = question(2)
    Reader(network, turned).read_passages(asked, passages(3))
    expected = np.concatenate([asked[0] @ turned, asked[1] @ turned], axis=1)
    assert np.allclose(network.given["question"][0], expected)


def test_sharp_words_are_surer_than_words_among_many() -> None:
    network = Network([0.0], (1, 1))
    reader = Reader(network, np.eye(WIDTH, dtype=np.float32))
    short, long = (reader.read_passages(question(), passages(n))[0].sure for n in (3, 400))
    assert 0 < long < short <= 1


def test_the_best_span_ends_where_it_begins_or_later() -> None:
    ends = np.array([[0, 8], [1, 0], [5, 1], [0, 4]], dtype=np.float32)
    assert best_span(ends)[:2] == (2, 3)


def test_of_equal_answers_the_shorter_one_is_given() -> None:
    ends = np.zeros((9, 2), dtype=np.float32)
    ends[2, 0] = ends[4, 1] = ends[7, 1] = 5
    assert best_span(ends)[:2] == (2, 4)


def test_an_answer_has_a_largest_length() -> None:
    ends = np.zeros((200, 2), dtype=np.float32)
    ends[0, 0] = ends[199, 1] = 9
    first, last, _score = best_span(ends)
    assert last - first < 100


def test_an_index_of_another_model_is_not_read(tmp_path: Path) -> None:
    assert reader_of(open_index(tmp_path, {"a.txt": "天晴。"})) is None


@pytest.mark.parametrize("tokens", [1, 40])
def test_any_number_of_tokens_can_be_asked(tokens: int) -> None:
    network = Network([0.5], (0, 0))
    reader = Reader(network, np.eye(WIDTH, dtype=np.float32))
    assert len(reader.read_passages(question(tokens), passages(1))) == 1
