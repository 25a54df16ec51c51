"""Vectors once computed stay known, until nothing uses them."""

import logging
import resource
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rag.indexing import embedding_cache
from rag.indexing.embedding_cache import EmbeddingCache

VECTORS = np.arange(12, dtype=np.float32).reshape(3, 4)
TEXTS = ["民生", "road", "😀"]
TOKENS = [b"\0\1", b"", b"\xff" * 9000]


_OPENED: list[EmbeddingCache] = []


def opened(path: Path, fingerprint: str) -> EmbeddingCache:
    """A cache that is closed when the test ends."""
    _OPENED.append(EmbeddingCache(path, fingerprint))
    return _OPENED[-1]


@pytest.fixture(autouse=True)
def _closing() -> Iterator[None]:
    yield
    while _OPENED:
        _OPENED.pop().close()


def filled(path: Path, fingerprint: str = "one") -> EmbeddingCache:
    cache = opened(path, fingerprint)
    cache.put_vectors([cache.key(text) for text in TEXTS], VECTORS)
    return cache


def test_vectors_are_found_by_model_and_text_after_reopening(tmp_path: Path) -> None:
    filled(tmp_path / "c").close()
    cache = opened(tmp_path / "c", "one")
    keys = [cache.key(text) for text in TEXTS]
    found = cache.get_vectors([keys[2], keys[0], cache.key("unknown")])
    assert set(found) == {keys[0], keys[2]}
    assert found[keys[2]].tolist() == VECTORS[2].tolist()


def test_another_model_has_other_keys(tmp_path: Path) -> None:
    filled(tmp_path / "c").close()
    cache = opened(tmp_path / "c", "two")
    assert cache.get_vectors([cache.key(text) for text in TEXTS]) == {}


def test_model_and_text_are_kept_apart_in_the_key(tmp_path: Path) -> None:
    one, two = opened(tmp_path / "c", "ab"), opened(tmp_path / "d", "a")
    assert one.key("c") != two.key("bc")


def test_thousands_of_keys_can_be_asked_at_once(tmp_path: Path) -> None:
    cache = opened(tmp_path / "c", "one")
    keys = [cache.key(str(number)) for number in range(3001)]
    cache.put_vectors(keys, np.ones((3001, 2), np.float32))
    assert len(cache.get_vectors(keys)) == 3001
    assert cache.get_vectors([]) == {}


def test_a_vector_can_be_replaced(tmp_path: Path) -> None:
    cache = filled(tmp_path / "c")
    key = cache.key(TEXTS[0])
    cache.put_vectors([key], VECTORS[1:2])
    assert cache.get_vectors([key])[key].tolist() == VECTORS[1].tolist()


def test_as_many_vectors_as_keys_are_needed(tmp_path: Path) -> None:
    cache = opened(tmp_path / "c", "one")
    with pytest.raises(ValueError, match="zip"):
        cache.put_vectors([b"a"], VECTORS)
    assert cache.get_vectors([b"a"]) == {}


def test_what_is_put_survives_a_process_that_never_closes(tmp_path: Path) -> None:
    cache = filled(tmp_path / "c")
    other = opened(tmp_path / "c", "one")
    assert len(other.get_vectors([cache.key(text) for text in TEXTS])) == 3


@pytest.mark.parametrize("junk", [b"not a database at all" * 50, b"\0" * 5000])
def test_a_damaged_file_is_replaced_with_a_warning(
    tmp_path: Path, junk: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "c").write_bytes(junk)
    with caplog.at_level(logging.WARNING):
        cache = filled(tmp_path / "c")
    assert str(tmp_path / "c") in caplog.text
    assert len(cache.get_vectors([cache.key(text) for text in TEXTS])) == 3


def test_damage_found_while_reading_costs_vectors_but_never_the_build(tmp_path: Path) -> None:
    cache = opened(tmp_path / "c", "one")
    keys = [cache.key(str(number)) for number in range(500)]
    cache.put_vectors(keys, np.ones((500, 64), np.float32))
    cache.close()
    content = bytearray((tmp_path / "c").read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    (tmp_path / "c").write_bytes(content)
    cache = opened(tmp_path / "c", "one")
    assert cache.get_vectors(keys) == {}
    cache.put_vectors(keys[:1], np.ones((1, 64), np.float32))
    assert set(cache.get_vectors(keys)) == {keys[0]}


def test_a_full_disk_does_not_cost_the_cache(tmp_path: Path) -> None:
    filled(tmp_path / "c").close()
    before = (tmp_path / "c").stat().st_ino
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises((OSError, sqlite3.OperationalError)):
            filled(tmp_path / "c", "two")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    cache = opened(tmp_path / "c", "one")
    assert len(cache.get_vectors([cache.key(text) for text in TEXTS])) == 3
    assert (tmp_path / "c").stat().st_ino == before


def test_what_is_unused_is_forgotten_once_it_is_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding_cache, "_SPARE", 0)
    cache = filled(tmp_path / "c")
    keys = [cache.key(text) for text in TEXTS]
    assert not cache.is_crowded(2)  # one of three is not used
    assert cache.is_crowded(1)
    cache.prune({keys[1]})
    assert set(cache.get_vectors(keys)) == {keys[1]}


def test_a_small_cache_is_never_crowded(tmp_path: Path) -> None:
    cache = filled(tmp_path / "c")
    assert not cache.is_crowded(0)
    assert len(cache.get_vectors([cache.key(text) for text in TEXTS])) == 3


def with_tokens(path: Path) -> tuple[EmbeddingCache, list[bytes]]:
    cache = opened(path, "one")
    keys = [cache.key(text) for text in TEXTS]
    cache.put_vectors(keys, VECTORS, TOKENS)
    return cache, keys


def test_tokens_are_kept_beside_their_vectors(tmp_path: Path) -> None:
    with_tokens(tmp_path / "c")[0].close()
    cache = opened(tmp_path / "c", "one")
    keys = [cache.key(text) for text in TEXTS]
    assert cache.get_tokens([keys[2], keys[0], b"unknown"]) == {
        keys[0]: TOKENS[0],
        keys[2]: TOKENS[2],
    }
    assert cache.has_tokens([*keys, b"unknown"]) == set(keys)
    assert cache.get_tokens([]) == {}
    assert cache.has_tokens([]) == set()
    assert len(cache.get_vectors(keys)) == 3


def test_a_vector_may_have_no_tokens_and_get_them_later(tmp_path: Path) -> None:
    cache = filled(tmp_path / "c")
    keys = [cache.key(text) for text in TEXTS]
    assert cache.has_tokens(keys) == set()
    assert cache.get_tokens(keys) == {}
    cache.put_vectors(keys[:1], VECTORS[:1], TOKENS[:1])
    assert cache.has_tokens(keys) == {keys[0]}
    cache.put_vectors(keys[:1], VECTORS[1:2])
    assert cache.get_tokens(keys) == {keys[0]: TOKENS[0]}


def test_as_many_tokens_as_keys_are_needed_or_nothing_is_kept(tmp_path: Path) -> None:
    cache = opened(tmp_path / "c", "one")
    with pytest.raises(ValueError, match="zip"):
        cache.put_vectors([b"a", b"b", b"c"], VECTORS, TOKENS[:2])
    assert cache.get_vectors([b"a", b"b", b"c"]) == {}
    assert cache.has_tokens([b"a", b"b", b"c"]) == set()


def test_a_cache_from_before_there_were_tokens_is_taken_over(tmp_path: Path) -> None:
    old = sqlite3.connect(tmp_path / "c")
    old.execute("CREATE TABLE vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")
    old.execute("INSERT INTO vectors VALUES (?, ?)", (b"a", VECTORS[0].tobytes()))
    old.commit()
    old.close()
    cache = opened(tmp_path / "c", "one")
    assert cache.get_vectors([b"a"])[b"a"].tolist() == VECTORS[0].tolist()
    assert cache.has_tokens([b"a"]) == set()


def test_vectors_and_tokens_are_forgotten_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding_cache, "_SPARE", 0)
    cache, keys = with_tokens(tmp_path / "c")
    cache.prune({keys[1]})
    assert set(cache.get_vectors(keys)) == cache.has_tokens(keys) == {keys[1]}
    assert cache.get_tokens(keys) == {keys[1]: TOKENS[1]}


def damage_tokens(path: Path, mark: int) -> None:
    """Overwrites every page that is full of a byte, so that no index and no vector is touched."""
    content = bytearray(path.read_bytes())
    for first in range(0, len(content), 4096):
        if content[first : first + 4096].count(mark) > 1000:
            content[first : first + 4096] = b"\xa5" * 4096
    path.write_bytes(content)


def test_damage_found_while_reading_tokens_starts_a_new_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache = opened(tmp_path / "c", "one")
    keys = [cache.key(str(number)) for number in range(50)]
    cache.put_vectors(keys, np.ones((50, 8), np.float32), [b"\7" * 9000] * 50)
    cache.close()
    damage_tokens(tmp_path / "c", 7)
    cache = opened(tmp_path / "c", "one")
    assert cache.has_tokens(keys) == set(keys)  # the damage is not where the keys are
    with caplog.at_level(logging.WARNING):
        assert cache.get_tokens(keys) == {}
    assert "damaged" in caplog.text
    assert cache.get_vectors(keys) == {}
    cache.put_vectors(keys[:1], VECTORS[:1], TOKENS[:1])
    assert cache.get_tokens(keys) == {keys[0]: TOKENS[0]}


@pytest.mark.parametrize("page", [2, 3])
def test_a_cache_that_cannot_be_written_to_is_started_anew(tmp_path: Path, page: int) -> None:
    cache = opened(tmp_path / "c", "one")
    keys = [cache.key(str(number)) for number in range(300)]
    cache.put_vectors(keys, np.ones((300, 64), np.float32))
    cache.close()
    content = bytearray((tmp_path / "c").read_bytes())
    content[page * 4096 : (page + 1) * 4096] = b"\xa5" * 4096
    (tmp_path / "c").write_bytes(content)
    cache = opened(tmp_path / "c", "one")
    cache.put_vectors(keys, np.full((300, 64), 2, np.float32))
    assert len(cache.get_vectors(keys[-5:])) == 5
    cache.clear()
    assert cache.get_vectors(keys) == {}
    cache.put_vectors(keys[:1], np.ones((1, 64), np.float32))
    assert set(cache.get_vectors(keys)) == {keys[0]}
