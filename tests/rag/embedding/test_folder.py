"""Where a model comes from, what is known of it, and what to do when it cannot be had."""

import json
from pathlib import Path

import huggingface_hub.constants
import pytest

from rag.embedding import bundled
from rag.embedding import folder as model_folder
from rag.embedding.folder import ModelFolder, locate
from rag.embedding.model import LocalModel
from rag.errors import ModelError
from rag.progress import Progress, silent
from tests.fakes import write_files

PROMPTS = {"query": "找: ", "document": "doc: ", "passage": "段: "}


def files(**changed: object) -> dict[str, str]:
    made: dict[str, object] = {
        "config.json": {},
        "tokenizer.json": {},
        "model.safetensors": "weights",
        "1_Pooling/config.json": {},
        "config_sentence_transformers.json": {"prompts": PROMPTS},
        "sentence_bert_config.json": {"max_seq_length": 300},
        "tokenizer_config.json": {"model_max_length": 700},
    }
    made.update({name.replace("__", "."): content for name, content in changed.items()})
    return {
        name: content if isinstance(content, str) else json.dumps(content)
        for name, content in made.items()
        if content is not None
    }


def found(folder: Path, **changed: object) -> ModelFolder:
    write_files(folder, files(**changed))
    return locate(str(folder), folder / "cache", silent)


def test_prompts_and_length_come_from_the_models_own_files(tmp_path: Path) -> None:
    model = found(tmp_path / "模型")
    assert (model.query_prompt, model.passage_prompt, model.max_tokens) == ("找: ", "段: ", 300)
    assert model.tokenizer == (tmp_path / "模型").resolve() / "tokenizer.json"


@pytest.mark.parametrize(
    ("content", "query", "passage"),
    [
        ({"prompts": {"query": "q ", "document": "d "}}, "q ", "d "),
        ({"prompts": {"passage": "p "}}, "", "p "),
        ({"prompts": {"query": None, "passage": 5}}, "", ""),
        ({"prompts": None}, "", ""),
        ({"prompts": ["query: "]}, "", ""),
        ({}, "", ""),
        ([], "", ""),
        (None, "", ""),
    ],
)
def test_prompts_that_are_not_given_are_empty(
    tmp_path: Path, content: object, query: str, passage: str
) -> None:
    model = found(tmp_path / "m", config_sentence_transformers__json=content)
    assert (model.query_prompt, model.passage_prompt) == (query, passage)


def test_the_hubs_copy_of_the_default_model_gets_the_prompts_of_its_card(tmp_path: Path) -> None:
    model = ModelFolder(bundled.HUB_NAME, tmp_path)
    assert (model.query_prompt, model.passage_prompt) == ("query: ", "passage: ")


@pytest.mark.parametrize(
    ("bert", "tokenizer", "expected"),
    [
        ({"max_seq_length": None}, {"model_max_length": 700}, 700),
        (None, {"model_max_length": 700}, 700),
        (None, {"model_max_length": 10**30}, 512),
        ({"max_seq_length": 0}, {"model_max_length": -1}, 512),
        ({"max_seq_length": "128"}, None, 512),
        (None, None, 512),
    ],
)
def test_a_length_that_is_not_given_is_512(
    tmp_path: Path, bert: object, tokenizer: object, expected: int
) -> None:
    changed = {"sentence_bert_config__json": bert, "tokenizer_config__json": tokenizer}
    assert found(tmp_path / "m", **changed).max_tokens == expected


def test_the_same_content_has_the_same_fingerprint_anywhere(tmp_path: Path) -> None:
    assert found(tmp_path / "a").fingerprint == found(tmp_path / "b").fingerprint


@pytest.mark.parametrize(
    "changed",
    [
        {"model__safetensors": "Weights"},
        {"tokenizer__json": {"x": 1}},
        {"config_sentence_transformers__json": {"prompts": {**PROMPTS, "query": "q"}}},
        {"config_sentence_transformers__json": {"prompts": {**PROMPTS, "passage": "p"}}},
        {"sentence_bert_config__json": {"max_seq_length": 301}},
        {"another__safetensors": "weights"},
    ],
)
def test_what_changes_the_vectors_changes_the_fingerprint(
    tmp_path: Path, changed: dict[str, object]
) -> None:
    assert found(tmp_path / "a").fingerprint != found(tmp_path / "b", **changed).fingerprint


def test_a_folder_without_a_fast_tokenizer_is_refused_with_what_to_choose(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"/m has no tokenizer\.json.*Choose "):
        found(tmp_path / "m", tokenizer__json=None)


def test_a_damaged_configuration_is_named(tmp_path: Path) -> None:
    model = found(tmp_path / "m", sentence_bert_config__json="{]")
    with pytest.raises(
        ModelError, match=r"sentence_bert_config\.json cannot be read.*get it again"
    ):
        _ = model.max_tokens


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The hub's cache on a machine without network."""
    hub = tmp_path / "hub"
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(hub))
    return hub


@pytest.mark.parametrize(
    "name",
    [
        "no/such/folder",
        "/no/such/folder",
        "模型",
        "a b/c",
        "https://hub/x",
        "..",
        "~nobody-here/model",
        "x" * 5000,
        "nul\0",
    ],
)
def test_a_name_that_is_neither_folder_nor_model_is_refused(
    tmp_path: Path, offline: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a" / "b")
    with pytest.raises(ModelError, match=r"WENDA_MODEL|tokenizer\.json"):
        locate(name, tmp_path / "cache", silent)
    assert not offline.exists()


@pytest.mark.usefixtures("offline")
def test_without_network_a_hub_model_is_refused_with_every_way_out(tmp_path: Path) -> None:
    with pytest.raises(
        ModelError,
        match=r"BAAI/bge-m3 cannot be downloaded: .*path of a model.*WENDA_MODEL=bundled",
    ):
        locate("BAAI/bge-m3", tmp_path / "cache", silent)


def test_a_model_in_the_hubs_cache_needs_no_network(tmp_path: Path, offline: Path) -> None:
    revision = "a" * 40
    folder = offline / "models--some--model"
    write_files(folder / "snapshots" / revision, files())
    write_files(folder / "refs", {"main": revision})
    model = locate("some/model", tmp_path / "cache", silent)
    assert model.path == folder / "snapshots" / revision
    assert (model.name, model.query_prompt) == ("some/model", "找: ")
    before = model.fingerprint
    (folder / "snapshots" / revision / "model.safetensors").write_text("x", encoding="utf-8")
    assert ModelFolder(model.name, model.path).fingerprint == before  # the revision names it


def test_where_the_package_is_missing_bundled_means_the_hubs_copy(
    tmp_path: Path, offline: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundled, "source", lambda: None)
    with pytest.raises(ModelError, match=bundled.HUB_NAME):
        locate("bundled", tmp_path / "cache", silent)
    assert not offline.exists()


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A packed model that unpacks to a few files in no time."""

    def unpack(packed: Path, folder: Path, progress: Progress) -> None:
        packed.read_bytes()
        write_files(folder, files())
        progress("unpacking", 1, 1)

    monkeypatch.setattr(bundled, "source", lambda: tmp_path / "packed.bin")
    monkeypatch.setattr(bundled, "unpack", unpack)
    (tmp_path / "packed.bin").write_bytes(b"x")
    return tmp_path / "packed.bin"


def test_the_bundled_model_is_unpacked_once(tmp_path: Path, packed: Path) -> None:
    first = locate("bundled", tmp_path / "cache", silent)
    packed.unlink()
    second = locate("bundled", tmp_path / "cache", silent)
    assert first.path == second.path
    assert (first.path / "tokenizer.json").is_file()


def test_the_bundled_model_is_known_by_what_was_packed_and_its_prompts(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    write_files(one, files())
    write_files(two, files(model__safetensors="other"))
    model = ModelFolder(model_folder.BUNDLED, one)
    assert model.fingerprint == ModelFolder(model_folder.BUNDLED, two).fingerprint
    write_files(two, {"config_sentence_transformers.json": "{}"})
    assert model.fingerprint != ModelFolder(model_folder.BUNDLED, two).fingerprint


def test_a_model_of_a_damaged_folder_is_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"tokenizer\.json"):
        LocalModel(str(write_files(tmp_path / "m", {"x": ""})), tmp_path / "cache", silent)
