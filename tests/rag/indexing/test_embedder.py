"""Texts are embedded once, with the place where they stand, and survive being interrupted."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from rag.arrays import FloatArray
from rag.encoding.language_means import LanguageMeans, RoleMeans
from rag.index.corpus import EmbeddedParagraph
from rag.index.tokens.maxsim import TokenCodes, quantize
from rag.indexing import embedder as module
from rag.indexing import embedding_cache
from rag.indexing.embedder import Embeddable, Embedder, Stage
from rag.progress import Progress, silent
from tests.fakes import DIMENSION, HashingModel, Killed, hashed, hashed_tokens


@contextmanager
def embedding(
    folder: Path, model: HashingModel, *, fresh: bool = False, progress: Progress = silent
) -> Iterator[Embedder]:
    embedder = Embedder(folder / "vectors.cache", model, progress, fresh=fresh)
    try:
        yield embedder
    finally:
        embedder.close()


def in_chinese(texts: Iterable[str]) -> list[Embeddable]:
    return [Embeddable(text, "zh") for text in texts]


def embed(embedder: Embedder, texts: Sequence[str], *, tokens: bool = False) -> FloatArray:
    stage = Stage("embedding", sum(map(len, texts)))
    return embedder.embed(in_chinese(texts), stage, tokens=tokens)


def token_codes(embedder: Embedder, texts: Iterable[str]) -> list[TokenCodes]:
    return list(embedder.token_codes(in_chinese(texts)))


def paragraph(context: str, text: str, language: str = "zh") -> EmbeddedParagraph:
    return EmbeddedParagraph(0, context, text, ((0, len(text)),), language)


def placed(folder: Path, context: str, text: str) -> str:
    """A text as a model of ten tokens is given it."""
    with embedding(folder, HashingModel(max_tokens=10)) as embedder:
        found = embedder.placed(paragraph(context, text, "fr"))
    assert found.language == "fr"
    return found.text


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
        vectors = embed(embedder, texts)
    assert vectors.shape == (4, DIMENSION)
    assert vectors.dtype == np.float32
    for text, vector in zip(texts, vectors, strict=True):
        assert np.allclose(vector, hashed(text, "hashing-1"))


def test_each_distinct_text_is_embedded_once(tmp_path: Path) -> None:
    model = HashingModel()
    with embedding(tmp_path, model) as embedder:
        embed(embedder, ["甲", "乙乙", "甲", "甲"])
        embed(embedder, ["乙乙", "丙丙丙"])
        assert embedder.computed == 3
    assert model.encoded == ["乙乙", "甲", "丙丙丙"]
    with embedding(tmp_path, model) as embedder:
        embed(embedder, ["丙丙丙", "甲"])
        assert embedder.computed == 0
    assert len(model.encoded) == 3


def test_the_same_text_in_another_context_is_another(tmp_path: Path) -> None:
    model = HashingModel()
    with embedding(tmp_path, model) as embedder:
        embed(embedder, [embedder.placed(paragraph(context, "甲")).text for context in "子丑子"])
    assert sorted(model.encoded) == ["丑\n甲", "子\n甲"]


def test_another_model_shares_no_vectors(tmp_path: Path) -> None:
    other = HashingModel(fingerprint="other")
    with embedding(tmp_path, HashingModel()) as embedder:
        first = embed(embedder, ["甲"])
    with embedding(tmp_path, other) as embedder:
        second = embed(embedder, ["甲"])
    assert other.encoded == ["甲"]
    assert not np.allclose(first, second)


def test_fresh_embeds_what_is_known_again(tmp_path: Path) -> None:
    model = HashingModel()
    for _ in range(2):
        with embedding(tmp_path, model, fresh=True) as embedder:
            embed(embedder, ["甲", "甲"])
    assert model.encoded == ["甲", "甲"]


def test_what_was_done_before_an_interruption_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BATCH", 2)
    texts = ["一" * length for length in range(1, 6)]
    killed = HashingModel(limit=4)
    with embedding(tmp_path, killed) as embedder, pytest.raises(Killed):
        embed(embedder, texts)
    assert [len(text) for text in killed.encoded] == [5, 4, 3, 2]
    model = HashingModel()
    with embedding(tmp_path, model) as embedder:
        vectors = embed(embedder, texts)
        assert embedder.computed == 1
    assert model.encoded == ["一"]
    assert np.allclose(vectors[4], hashed(texts[4], "hashing-1"))


def test_pruning_forgets_what_is_not_in_use_once_it_is_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding_cache, "_SPARE", 0)
    texts = ["甲", "乙", "丙", "丁", "戊"]
    unpruned, pruned = HashingModel(), HashingModel()
    with embedding(tmp_path, HashingModel()) as embedder:
        embed(embedder, texts)
        embedder.prune(iter(in_chinese(texts[:3])), 3)
    with embedding(tmp_path, unpruned) as embedder:
        embed(embedder, texts)
        embedder.prune(iter(in_chinese("甲丁")), 2)
    assert unpruned.encoded == []
    with embedding(tmp_path, pruned) as embedder:
        embed(embedder, texts)
    assert sorted(pruned.encoded) == sorted(["乙", "丙", "戊"])


def test_tokens_that_are_lost_while_building_are_made_again(tmp_path: Path) -> None:
    with embedding(tmp_path, HashingModel()) as embedder:
        embed(embedder, ["甲"])
        assert same(token_codes(embedder, ["甲"])[0], "甲")


def test_several_parts_are_one_stage(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    stage = Stage("embedding", 9)
    with embedding(tmp_path, HashingModel(), progress=lambda *told: seen.append(told)) as embedder:
        embedder.embed(in_chinese(["一二三"]), stage)
        embedder.embed(in_chinese(["一二三", "四五六"]), stage)  # one of them is known
    assert [told[1:] for told in seen] == [(3, 9), (9, 9)]


def test_progress_of_the_parts_is_one_progress_of_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BATCH", 2)
    seen: list[tuple[str, int, int]] = []
    with embedding(tmp_path, HashingModel(), progress=lambda *told: seen.append(told)) as embedder:
        embed(embedder, ["一" * length for length in range(1, 6)])
    assert seen == [("embedding", done, 15) for done in (9, 14, 15)]


def same(codes: TokenCodes, text: str, salt: str = "hashing-1") -> bool:
    return codes.to_bytes() == quantize(hashed_tokens(text, salt)).to_bytes()


def test_tokens_come_in_the_order_of_the_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_TOKENS_BATCH", 2)
    texts = ["短", "一段长得多的文字", "中等的", "短", "road works"]
    with embedding(tmp_path, HashingModel()) as embedder:
        vectors = embed(embedder, texts, tokens=True)
        codes = token_codes(embedder, texts)
        assert token_codes(embedder, []) == []
    for text, vector, code in zip(texts, vectors, codes, strict=True):
        assert np.allclose(vector, hashed(text, "hashing-1"))
        assert same(code, text)


def test_what_has_its_tokens_is_not_embedded_again(tmp_path: Path) -> None:
    model = HashingModel()
    for _ in range(2):
        with embedding(tmp_path, model) as embedder:
            embed(embedder, ["甲", "乙", "甲"], tokens=True)
            embed(embedder, ["乙", "丙"])
            assert all(
                same(*pair) for pair in zip(token_codes(embedder, "甲乙"), "甲乙", strict=True)
            )
    assert sorted(model.encoded) == ["丙", "乙", "甲"]
    assert embedder.computed == 0


def test_a_vector_without_tokens_is_embedded_once_more(tmp_path: Path) -> None:
    model = HashingModel()
    with embedding(tmp_path, model) as embedder:
        embed(embedder, ["甲", "乙"])
    with embedding(tmp_path, model) as embedder:
        vectors = embed(embedder, ["甲", "丙"], tokens=True)
        assert embedder.computed == 2
        assert same(token_codes(embedder, ["甲"])[0], "甲")
    assert sorted(model.encoded[2:]) == ["丙", "甲"]
    assert np.allclose(vectors[0], hashed("甲", "hashing-1"))


def test_fresh_embeds_tokens_again(tmp_path: Path) -> None:
    model = HashingModel()
    for _ in range(2):
        with embedding(tmp_path, model, fresh=True) as embedder:
            embed(embedder, ["甲"], tokens=True)
            assert same(token_codes(embedder, ["甲"])[0], "甲")
    assert model.encoded == ["甲", "甲"]


def test_tokens_made_before_an_interruption_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_TOKENS_BATCH", 2)
    texts = ["一" * length for length in range(1, 6)]
    with embedding(tmp_path, HashingModel(limit=4)) as embedder, pytest.raises(Killed):
        embed(embedder, texts, tokens=True)
    model = HashingModel()
    with embedding(tmp_path, model) as embedder:
        embed(embedder, texts, tokens=True)
        codes = token_codes(embedder, texts)
    assert model.encoded == ["一"]
    assert all(same(*pair) for pair in zip(codes, texts, strict=True))


def test_tokens_that_a_damaged_cache_lost_are_made_again(tmp_path: Path) -> None:
    model = HashingModel()
    texts = [f"第{number}个 road works" for number in range(20)]
    with embedding(tmp_path, model) as embedder:
        embed(embedder, texts, tokens=True)
    damage_values(tmp_path / "vectors.cache")
    with embedding(tmp_path, model) as embedder:
        embed(embedder, texts, tokens=True)
        codes = token_codes(embedder, texts)
    assert all(same(*pair) for pair in zip(codes, texts, strict=True))
    assert sorted(model.encoded[20:]) == sorted(texts)


def damage_values(path: Path) -> None:
    """Damages where tokens are, not where vectors and keys are."""
    database = sqlite3.connect(path)
    (root,) = database.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = 'tokens'"
    ).fetchone()
    (size,) = database.execute("PRAGMA page_size").fetchone()
    database.close()
    content = bytearray(path.read_bytes())
    content[(root - 1) * size : root * size] = b"\xa5" * size
    path.write_bytes(content)


def means() -> LanguageMeans:
    """Those of two languages: halves of the first numbers of a vector."""
    vectors = 0.5 * np.eye(2, DIMENSION, dtype=np.float32)
    role = RoleMeans(vectors, np.stack([vectors, vectors], axis=1))
    return LanguageMeans.of_samples({"zh": ["图书馆"], "en": ["library"]}, role, role)


def test_vectors_and_tokens_are_kept_without_the_bias_of_their_language(tmp_path: Path) -> None:
    model, texts = HashingModel(language_means=means()), ["甲", "乙乙"]
    plain, states = HashingModel().encode_tokens(texts)
    asked = [Embeddable("甲", "zh"), Embeddable("乙乙", "en")]
    expected = means().centered_passages(plain, texts, ["zh", "en"])
    centered = map(means().centered_tokens, states, texts, ["zh", "en"])
    codes = [quantize(each).to_bytes() for each in centered]
    for _ in range(2):  # computed, then from the cache
        with embedding(tmp_path, model) as embedder:
            vectors = embedder.embed(asked, Stage("embedding", 3), tokens=True)
            found = [each.to_bytes() for each in embedder.token_codes(asked)]
        np.testing.assert_allclose(vectors, expected, atol=1e-6)
        assert found == codes
    assert len(model.encoded) == 2
    with embedding(tmp_path, model, fresh=True) as embedder:
        vectors = embedder.embed(asked, Stage("embedding", 3))
    np.testing.assert_allclose(vectors, expected, atol=1e-6)


def test_the_same_text_in_another_language_is_another(tmp_path: Path) -> None:
    model = HashingModel(language_means=means())
    one, other = Embeddable("taxi", "en"), Embeddable("taxi", "zh")
    with embedding(tmp_path, model) as embedder:
        both = embedder.embed([one, other, one], Stage("embedding", 12))
        assert embedder.computed == 2
    assert both[0].tolist() == both[2].tolist()
    assert not np.allclose(both[0], both[1])
