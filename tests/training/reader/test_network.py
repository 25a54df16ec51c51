"""A reader learns, goes on where it was interrupted, and says the same when it is exported."""

import random
from pathlib import Path

import numpy as np
import pytest
import torch

from rag.encoding.onnx_encoder import Network
from rag.encoding.types import TokenStates
from rag.index.tokens.maxsim import quantize
from training.reader.export import export
from training.reader.network import ReaderNetwork, Shape
from training.reader.scores import exact, overlap, span

pytestmark = pytest.mark.slow

SMALL = Shape(layers=2, dimension=32, width=32, heads=2, blocks=1, dropout=0.0)


def pair(rng: np.random.Generator, tokens: int = 24) -> tuple[list[torch.Tensor], int]:
    """A question of one token, and a passage that has its match before the answer."""
    asked = rng.normal(size=(2, 1, SMALL.dimension)).astype(np.float32)
    states = rng.normal(size=(2, tokens, SMALL.dimension)).astype(np.float32)
    at = int(rng.integers(0, tokens - 1))
    states[:, at] = asked[:, 0]
    unit = TokenStates(states / np.linalg.norm(states, axis=-1, keepdims=True), np.arange(tokens))
    codes = quantize(unit).codes
    ones = np.ones((1, tokens), dtype=np.float32)
    rotated = asked / np.linalg.norm(asked, axis=-1, keepdims=True)
    from rag.index.tokens.maxsim import rotation_of

    question = (rotated @ rotation_of(SMALL.dimension)).swapaxes(0, 1).reshape(1, 1, -1)
    arrays = [question, np.ones((1, 1), np.float32), codes[np.newaxis], ones, ones]
    return [torch.from_numpy(np.ascontiguousarray(each)) for each in arrays], at + 1


def test_the_network_learns_to_point_after_what_a_question_matches() -> None:
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    network = ReaderNetwork(SMALL)
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)
    for _ in range(60):
        batch = [pair(rng) for _ in range(16)]
        inputs = [torch.cat(parts) for parts in zip(*(each for each, _ in batch), strict=True)]
        gold = torch.tensor([at for _, at in batch])
        ends, _answers = network(*inputs)
        loss = torch.nn.functional.cross_entropy(ends[..., 0], gold)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    network.eval()
    fresh = [pair(rng) for _ in range(40)]
    found = [int(network(*inputs)[0][0, :, 0].argmax()) for inputs, _ in fresh]
    right = sum(one == at for one, (_, at) in zip(found, fresh, strict=True))
    assert right >= 30


def test_padding_changes_nothing() -> None:
    torch.manual_seed(1)
    network = ReaderNetwork(SMALL).eval()
    (question, asked, codes, mask, text), _ = pair(np.random.default_rng(2))
    padded = [
        torch.nn.functional.pad(question, (0, 0, 0, 3)),
        torch.nn.functional.pad(asked, (0, 3)),
        torch.nn.functional.pad(codes, (0, 0, 0, 9), value=77),
        torch.nn.functional.pad(mask, (0, 9)),
        torch.nn.functional.pad(text, (0, 9)),
    ]
    with torch.inference_mode():
        ends, answers = network(question, asked, codes, mask, text)
        same_ends, same_answers = network(*padded)
    length = codes.shape[1]
    assert torch.allclose(ends, same_ends[:, :length], atol=1e-4)
    assert torch.allclose(answers, same_answers, atol=1e-4)


# PyTorch warns of what it does itself while it exports.
@pytest.mark.filterwarnings("default")
def test_what_is_exported_says_the_same(tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = ReaderNetwork(SMALL).eval()
    export(network, tmp_path / "reader.onnx")
    (question, asked, codes, mask, text), _ = pair(np.random.default_rng(3), tokens=17)
    names = ("question", "codes", "mask", "text")
    inputs = (question, codes, mask, text)
    given = {name: each.numpy() for name, each in zip(names, inputs, strict=True)}
    ends, answers = Network(tmp_path / "reader.onnx").run(("ends", "answers"), given)
    with torch.inference_mode():
        expected = network(question, asked, codes, mask, text)
    assert np.allclose(ends, expected[0].numpy(), atol=1e-4)
    assert np.allclose(answers, expected[1].numpy(), atol=1e-4)


def test_words_are_compared_by_their_letters_and_figures() -> None:
    assert exact("《红楼梦》。", "红楼梦")
    assert not exact("红楼", "红楼梦")
    assert overlap("红楼", "红楼梦") == pytest.approx(0.8)
    assert overlap("天", "地") == 0


def test_a_span_never_ends_before_it_begins() -> None:
    rng = random.Random(1)  # noqa: S311
    ends = np.array([[rng.random(), rng.random()] for _ in range(30)], dtype=np.float32)
    first, last, score = span(ends)
    assert first <= last
    assert score == pytest.approx(float(ends[first, 0] + ends[last, 1]))
