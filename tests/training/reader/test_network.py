"""A network that reads learns, and what it learned is what is kept."""

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel

from rag.embedding.compiling.reader_weights import ReaderWeights
from training.reader.batches import BEGIN, END, PairTokens, padded
from training.reader.network import LearningWeights, ReaderNetwork
from training.reader.scores import exact, overlap

pytestmark = pytest.mark.slow

WORDS = 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    config = BertConfig(
        vocab_size=WORDS,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=40,
        pad_token_id=1,
    )
    with torch.random.fork_rng():
        torch.manual_seed(5)
        BertModel(config).save_pretrained(tmp_path)
    return tmp_path


def pair(rng: np.random.Generator) -> PairTokens:
    """A question of one word, and a passage in which it stands once: the answer."""
    words = rng.permutation(np.arange(4, WORDS))[: int(rng.integers(4, 9))]
    at = int(rng.integers(0, len(words)))
    ids = np.concatenate([[BEGIN], words[at : at + 1], [END, END], words, [END]])
    return PairTokens(ids, 4, 4 + at, 4 + at, 0)


def test_it_learns_to_point_at_what_a_question_names(folder: Path) -> None:
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    network = ReaderNetwork(folder)
    weights = LearningWeights(network, {})
    optimizer = torch.optim.AdamW(list(weights.now.values()), lr=3e-3)
    for _ in range(250):
        batch = [pair(rng) for _ in range(32)]
        ends, _answers = network(*padded(batch))
        gold = torch.tensor([each.first for each in batch])
        torch.nn.functional.cross_entropy(ends[..., 0], gold).backward()  # type: ignore[no-untyped-call]
        weights.take_gradients()
        optimizer.step()
        weights.put(0.9)
    weights.put_average()
    fresh = [pair(rng) for _ in range(60)]
    found = network(*padded(fresh))[0][..., 0].argmax(1).tolist()
    assert sum(one == each.first for one, each in zip(found, fresh, strict=True)) >= 45


def test_padding_changes_nothing(folder: Path) -> None:
    torch.manual_seed(1)
    rng = np.random.default_rng(2)
    network = ReaderNetwork(folder).eval()
    short, long = sorted((pair(rng) for _ in range(12)), key=lambda p: len(p.ids))[::11]
    with torch.inference_mode():
        alone, together = network(*padded([short])), network(*padded([short, long]))
    length = len(short.ids)
    for one, other in zip(alone, together, strict=True):
        assert torch.allclose(one[0].flatten()[:length], other[0].flatten()[:length], atol=1e-4)


def test_what_is_kept_of_it_says_nearly_the_same(folder: Path) -> None:
    torch.manual_seed(1)
    network = ReaderNetwork(folder).eval()
    base = {name: each.detach().numpy().copy() for name, each in network.learning().items()}
    rng = np.random.default_rng(4)
    with torch.no_grad():
        for each in network.learning().values():
            each.add_(torch.from_numpy(rng.normal(size=each.shape).astype(np.float32) * 0.02))
    after = {name: each.detach().numpy().copy() for name, each in network.learning().items()}
    batch = padded([pair(rng) for _ in range(8)])
    with torch.inference_mode():
        expected = network(*batch)[1]
        for name, values in ReaderWeights.of(base, after).applied(base).items():
            network.learning()[name].copy_(torch.from_numpy(values))
        kept = network(*batch)[1]
    assert (kept - expected).abs().max() < 0.1


def test_words_are_compared_by_their_letters_and_figures() -> None:
    assert exact("《红楼梦》。", "红楼梦")
    assert not exact("红楼", "红楼梦")
    assert overlap("红楼", "红楼梦") == pytest.approx(0.8)
    assert overlap("天", "地") == 0
