"""One encoder for all collections that have the same, for as long as one of them is open."""

import gc
from pathlib import Path

from rag.index.generation import Generation, open_generation
from rag.index.generations import Store
from rag.serving.collections import Shared
from tests.fakes import HashingEncoder, HashingModel, index, open_hashing_encoder


def test_collections_of_one_model_share_its_encoder(tmp_path: Path) -> None:
    opened: list[Path] = []

    def open_encoder(folder: Path) -> HashingEncoder:
        opened.append(folder)
        return open_hashing_encoder(folder)

    shared = Shared(open_encoder)

    def generation(name: str) -> Generation:
        return open_generation(Store(tmp_path / name), shared)

    for name in ("a", "b"):
        index(tmp_path / name, {f"{name}.txt": f"Text of {name}."})
    index(tmp_path / "other", {"c.txt": "Text."}, HashingModel(fingerprint="another"))
    first, second, other = generation("a"), generation("b"), generation("other")
    assert first.encoder is second.encoder
    assert first.encoder is not other.encoder
    assert len(opened) == 2
    del first, second
    gc.collect()
    assert generation("b").encoder is not None
    assert len(opened) == 3


def test_what_none_has_is_none(tmp_path: Path) -> None:
    index(tmp_path, {"a.txt": "Text."})
    folder, _ = Store(tmp_path).current()
    shared: Shared[HashingEncoder | None] = Shared(lambda _folder: None)
    assert shared(folder) is None
