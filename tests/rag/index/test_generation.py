"""Opening an index: whole, of the right model, and in any place it was copied to."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from rag.documents import Limits, make_document
from rag.encoding.language_means import MEANS_FILE, LanguageMeans, RoleMeans
from rag.errors import StoreError
from rag.index.generation import open_generation
from rag.index.generations import Store
from rag.index.language_codes import NO_LANGUAGE, language_code, script_code
from rag.indexing.indexer import Indexer
from rag.progress import silent
from tests.fakes import (
    DIMENSION,
    MEGABYTE,
    HashingModel,
    index,
    open_hashing_encoder,
    open_index,
)


def test_an_index_of_another_model_is_refused_with_both_remedies(tmp_path: Path) -> None:
    index(tmp_path, {"a.md": "text。"}, HashingModel(name="bundled"))
    with pytest.raises(
        StoreError,
        match=r"model bundled, but WENDA_MODEL is BAAI.*wenda index.*WENDA_MODEL=bundled",
    ):
        open_generation(Store(tmp_path), open_hashing_encoder, "BAAI/bge-m3")


@pytest.mark.parametrize("model", ["hashing", None])
def test_an_index_of_the_same_model_opens(tmp_path: Path, model: str | None) -> None:
    name = index(tmp_path, {"a.md": "text。"}).generation
    assert open_generation(Store(tmp_path), open_hashing_encoder, model).name == name


def test_an_index_that_was_copied_elsewhere_answers_there(tmp_path: Path) -> None:
    index(tmp_path / "here", {"a.md": "text。", "b.md": "路。"})
    shutil.move(tmp_path / "here", tmp_path / "那里 there")
    generation = open_index(tmp_path / "那里 there")
    assert generation.corpus.paragraph(1).text == "路。"
    vector = generation.encoder.encode("路。").vector
    assert generation.paragraphs.nearest(vector, 1).tolist() == [1]


def test_an_open_generation_outlives_its_removal(tmp_path: Path) -> None:
    generation = open_index(tmp_path, {"a.md": "text。", "b.md": "路。"})
    folder = Store(tmp_path).current()[0]
    for text in ("one。", "two。", "three。"):
        index(tmp_path, {"a.md": text})
    assert not folder.exists()
    assert generation.corpus.paragraph(1).text == "路。"
    assert generation.lexical.shares({"路": 1.0}, np.array([1]))[0] > 0
    assert generation.lexical.coverage({"路": 1.0}, np.array([0, 1])).tolist() == [0, 1]
    question = generation.encoder.encode("路。")
    passages = generation.candidates.fetch_tokens(np.array([1]))
    assert passages is not None
    assert generation.maxsim is not None
    assert generation.maxsim.similarities(question.tokens, passages).paragraphs[0] > 0.8
    assert generation.sentences.products(question.vector, np.array([1]))[0] > 0.99


def test_scripts_are_kept_by_paragraph(tmp_path: Path) -> None:
    texts = {
        "a.md": "城镇新增就业三千九百六十人，农村公路修建完工。",
        "b.md": "The hospital opened a second ward.",
        "c.md": "臨河區養老服務中心開業，農村公路修建完工。",
    }
    chinese, english, traditional = open_index(tmp_path, texts).scripts.tolist()
    assert chinese == traditional != english


def test_languages_and_scripts_are_those_of_each_paragraph(tmp_path: Path) -> None:
    text = "城镇新增就业三千九百六十人，农村公路修建完工。 The hospital opened a second ward."
    limits = Limits(max_tokens=45, count_tokens=len)
    document = make_document(text, path="both.md", limits=limits)
    assert len(document.paragraphs) == 2
    model = HashingModel()
    indexer = Indexer(Store(tmp_path), lambda: model, silent, MEGABYTE)
    indexer.index_documents([document], model, folder="seeds")
    generation = open_index(tmp_path)
    assert generation.languages.tolist() == [language_code("zh"), language_code("en")]
    assert generation.scripts.tolist() == [script_code("Hans"), script_code("Latn")]


def test_a_language_has_a_number_of_its_own() -> None:
    codes = ("zh", "en", "ja", "ne", "el", "hy")
    assert len({language_code(code) for code in codes}) == len(codes)
    assert {language_code(code) for code in ("und", "", "z", "中文")} == {NO_LANGUAGE}


def test_the_means_of_languages_are_those_of_the_model(tmp_path: Path) -> None:
    vectors = 0.5 * np.eye(2, DIMENSION, dtype=np.float32)
    role = RoleMeans(vectors, np.stack([vectors, vectors], axis=1))
    means = LanguageMeans.of_samples({"zh": ["图书馆"], "en": ["library"]}, role, role)
    index(tmp_path, {"a.md": "路。"}, HashingModel(language_means=means))
    generation = open_index(tmp_path)
    asked = generation.encoder.encode("路。")
    centered = generation.language_means.centered_question(asked, "路。", "zh")
    expected = means.centered_question(asked, "路。", "zh")
    np.testing.assert_allclose(centered.vector, expected.vector, atol=1e-3)
    assert generation.candidates.frequencies(["路"]) == [1]


def test_means_that_are_damaged_are_an_error_of_the_index(tmp_path: Path) -> None:
    index(tmp_path, {"a.md": "路。"})
    (Store(tmp_path).current()[0] / MEANS_FILE).write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(StoreError, match=r"language_means\.npz.*wenda index --full"):
        open_index(tmp_path)


def test_scripts_that_share_words_have_one_number() -> None:
    assert script_code("Hans") == script_code("Hant") == script_code("Jpan")
    assert len({script_code(s) for s in ("Hans", "Latn", "Cyrl", "Kore", "Arab")}) == 5
    assert script_code("Xyzw") == script_code("Zyyy")
