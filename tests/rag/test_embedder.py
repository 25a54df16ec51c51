"""Texts are embedded once, with the place where they stand, and survive being interrupted."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from rag import embedder as module
from rag import vector_cache
from rag.embedder import Embedder
from rag.progress import Progress, silent
from tests.fakes import DIMENSION, HashingModel, Killed, hashed


@contextmanager
def embedding(
    folder: Path, model: HashingModel, *, fresh: bool = False, progress: Progress = silent
) -> Iterator[Embedder]:
    embedder = Embedder(folder / "vectors.cache", model, progress, fresh=fresh)
    try:
        yield embedder
    finally:
        embedder.close()


def placed(folder: Path, context: str, text: str) -> str:
    """What the model, of ten tokens, is given for a text."""
    model = HashingModel(max_tokens=10)
    with embedding(folder, model) as embedder:
        embedder.embed([text], [context])
    assert len(model.encoded) == 1
    return model.encoded[0]


@pytest.mark.parametrize(
    ("context", "text", "expected"),
    [
        ("题目", "正文。", "题目\n正文。"),
        ("", "正文。", "正文。"),
        ("abcd", "12345", "abcd\n12345"),
        ("abcdefgh", "12345", "abcd\n12345"),
        ("abcdefgh", "1234567", "ab\n1234567"),
        ("abcdefgh", "12345678", "a\n12345678"),
        ("abcdefgh", "123456789", "123456789"),
        ("abc", "1234567890", "1234567890"),
        ("abc", "1234567890" * 3, "1234567890" * 3),
        ("abc", "", "abc\n"),
    ],
)
def test_a_context_goes_before_its_text_and_gives_way_to_it(
    tmp_path: Path, context: str, text: str, expected: str
) -> None:
    assert placed(tmp_path, context, text) == expected


def test_vectors_come_in_the_order_of_the_texts(tmp_path: Path) -> None:
    texts = ["短", "一段长得多的文字", "中等的", "短"]
    with embedding(tmp_path, HashingModel()) as embedder:
        vectors = embedder.embed(texts)
    assert vectors.shape == (4, DIMENSION)
    assert vectors.dtype == np.float32
    for text, vector in zip(texts, vectors, strict=True):
        assert np.allclose(vector, hashed(text, "hashing-1"))


def test_each_distinct_text_is_embedded_once(tmp_path: Path) -> None:
    model = HashingModel()
    with embedding(tmp_path, model) as embedder:
        embedder.embed(["甲", "乙乙", "甲", "甲"])
        embedder.embed(["乙乙", "丙丙丙"])
        assert embedder.computed == 3
    assert model.encoded == ["乙乙", "甲", "丙丙丙"]
    with embedding(tmp_path, model) as embedder:
        embedder.embed(["丙丙丙", "甲"])
        assert embedder.computed == 0
    assert len(model.encoded) == 3


def test_the_same_text_in_another_context_is_another(tmp_path: Path) -> None:
    model = HashingModel()
    with embedding(tmp_path, model) as embedder:
        embedder.embed(["甲", "甲", "甲"], ["子", "丑", "子"])
    assert sorted(model.encoded) == ["丑\n甲", "子\n甲"]


def test_another_model_shares_no_vectors(tmp_path: Path) -> None:
    other = HashingModel(fingerprint="other")
    with embedding(tmp_path, HashingModel()) as embedder:
        first = embedder.embed(["甲"])
    with embedding(tmp_path, other) as embedder:
        second = embedder.embed(["甲"])
    assert other.encoded == ["甲"]
    assert not np.allclose(first, second)


def test_fresh_embeds_what_is_known_again(tmp_path: Path) -> None:
    model = HashingModel()
    for _ in range(2):
        with embedding(tmp_path, model, fresh=True) as embedder:
            embedder.embed(["甲", "甲"])
    assert model.encoded == ["甲", "甲"]


def test_what_was_done_before_an_interruption_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PART", 2)
    texts = ["一" * length for length in range(1, 6)]
    killed = HashingModel(limit=4)
    with embedding(tmp_path, killed) as embedder, pytest.raises(Killed):
        embedder.embed(texts)
    assert [len(text) for text in killed.encoded] == [5, 4, 3, 2]
    model = HashingModel()
    with embedding(tmp_path, model) as embedder:
        vectors = embedder.embed(texts)
        assert embedder.computed == 1
    assert model.encoded == ["一"]
    assert np.allclose(vectors[4], hashed(texts[4], "hashing-1"))


def test_pruning_forgets_what_this_build_did_not_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_cache, "_SPARE", 0)
    texts = ["甲", "乙", "丙", "丁", "戊"]
    with embedding(tmp_path, HashingModel()) as embedder:
        embedder.embed(texts)
        embedder.prune()
    unpruned, pruned = HashingModel(), HashingModel()
    with embedding(tmp_path, unpruned) as embedder:
        embedder.embed(texts)
    assert unpruned.encoded == []
    with embedding(tmp_path, unpruned) as embedder:
        embedder.embed(["甲"])
        embedder.embed(["丁"])
        embedder.prune()
    with embedding(tmp_path, pruned) as embedder:
        embedder.embed(texts)
    assert sorted(pruned.encoded) == sorted(["乙", "丙", "戊"])


def test_progress_of_the_parts_is_one_progress_of_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PART", 2)
    seen: list[tuple[str, int, int]] = []
    with embedding(tmp_path, HashingModel(), progress=lambda *told: seen.append(told)) as embedder:
        embedder.embed(["一" * length for length in range(1, 6)])
    assert seen == [("embedding", 9, 15), ("embedding", 14, 15), ("embedding", 15, 15)]
