"""The embedding model as building sees it; what is heavy is loaded when it is first needed."""

import json
import shutil
import sys
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from rag.embedding import folder as model_folder
from rag.embedding.cache import made_once
from rag.embedding.compiling.compile_process import compile_apart
from rag.embedding.folder import ModelFolder
from rag.embedding.language_samples import measure
from rag.encoding.language_means import LanguageMeans
from rag.encoding.onnx_encoder import PASSAGES_FOLDER, PassageEncoder, QuestionEncoder
from rag.encoding.tokenizer import TokenCounter
from rag.encoding.types import TokenStates
from rag.extras import require
from rag.progress import Progress

if TYPE_CHECKING:
    from rag.embedding.torch_model import EmbeddingModel

_FACTS = "compiled.json"
#: Device files of a GPU: NVIDIA's, AMD's, and that of Linux inside Windows (WSL).
_DEVICES = (Path("/dev/nvidia0"), Path("/dev/kfd"), Path("/dev/dxg"))
#: Part of the name of a compiled encoder; raise it when the compiler's output changes.
_COMPILER = 9


class Model(Protocol):
    """What an index is built with."""

    @property
    def name(self) -> str: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def max_tokens(self) -> int:
        """The longest passage in tokens, as `count_tokens` counts them."""

    def count_tokens(self, text: str) -> int: ...
    def most_tokens(self, text: str) -> int:
        """An upper bound of `count_tokens`, found without tokenizing."""

    def encode_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Unit vectors of passages, shape (len(texts), dimension)."""

    def encode_tokens(
        self, texts: Sequence[str]
    ) -> tuple[npt.NDArray[np.float32], list[TokenStates]]:
        """Unit vectors, shape (len(texts), dimension), and each passage's token states for late
        interaction, whose `states` have the shape (layers, tokens, dimension).
        """

    @property
    def language_means(self) -> LanguageMeans:
        """The bias of each language in the model's vectors; `encode_…` does not take it off."""

    def write_encoder(self, folder: Path) -> dict[str, object]:
        """Writes the question encoder's files into `folder`; returns how it was made."""


class LocalModel:
    """A sentence-transformers model on this machine. `cache` keeps what is made of it once."""

    def __init__(self, name: str, cache: Path, progress: Progress) -> None:
        self.name = name
        self._folder = model_folder.locate(name, cache, progress)
        self.compiled = _compiled(self._folder, cache, progress)
        self.count_tokens = TokenCounter(self._folder.tokenizer)
        self.most_tokens = self.count_tokens.at_most

    @property
    def fingerprint(self) -> str:
        return self._folder.fingerprint

    @property
    def max_tokens(self) -> int:
        overhead = self.count_tokens.overhead(self._folder.passage_prompt)
        return self._folder.max_tokens - overhead

    @cached_property
    def _embedding_model(self) -> "EmbeddingModel":
        from rag.embedding.torch_model import EmbeddingModel

        return EmbeddingModel(self._folder)

    @cached_property
    def _passage_encoder(self) -> "PassageEncoder | EmbeddingModel":
        """On a GPU the model itself. Elsewhere the compiled encoder, if there is one: it is faster
        and loads at once.
        """
        if _may_have_gpu() and self._embedding_model.on_gpu:
            return self._embedding_model
        compiled = _compiled_passage_encoder(self._folder, self.compiled, self.count_tokens)
        return compiled or self._embedding_model

    @cached_property
    def language_means(self) -> LanguageMeans:
        return LanguageMeans.open(self.compiled)

    def encode_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return self._passage_encoder.encode_passages(texts)

    def encode_tokens(
        self, texts: Sequence[str]
    ) -> tuple[npt.NDArray[np.float32], list[TokenStates]]:
        return self._passage_encoder.encode_tokens(texts)

    def write_encoder(self, folder: Path) -> dict[str, object]:
        for file in self.compiled.iterdir():
            if file.name not in (_FACTS, PASSAGES_FOLDER):
                shutil.copyfile(file, folder / file.name)
        facts: dict[str, object] = json.loads((self.compiled / _FACTS).read_text(encoding="utf-8"))
        return facts


def _compiled(source: ModelFolder, cache: Path, progress: Progress) -> Path:
    """The folder of the compiled encoders. They are made before anything else takes memory, where
    the cache lacks them.
    """

    def make(folder: Path) -> None:
        require("index")
        facts = compile_apart(source, folder, cache, progress)
        (folder / _FACTS).write_text(json.dumps(facts), encoding="utf-8")
        _measure_languages(source, folder)
        for older in cache.glob(f"{prefix}*"):
            shutil.rmtree(older, ignore_errors=True)

    prefix = f"encoder-{source.fingerprint}-"
    return made_once(cache / f"{prefix}{_COMPILER}", make)


def _measure_languages(source: ModelFolder, compiled: Path) -> None:
    """Writes the bias of each language beside the encoders that have it."""
    encoder = _compiled_passage_encoder(source, compiled, TokenCounter(source.tokenizer))
    if encoder is None:
        from rag.embedding.torch_model import EmbeddingModel

        means = measure(QuestionEncoder(compiled).encode, EmbeddingModel(source).encode_tokens)
    else:
        means = measure(QuestionEncoder(compiled).encode, encoder.encode_tokens)
    means.save(compiled)


def _compiled_passage_encoder(
    source: ModelFolder, compiled: Path, counter: TokenCounter
) -> PassageEncoder | None:
    """None where the compiler made none."""
    folder = compiled / PASSAGES_FOLDER
    if not folder.is_dir():
        return None
    return PassageEncoder(folder, counter.tokenizer(), source.passage_prompt, source.max_tokens)


def _may_have_gpu() -> bool:
    """Whether it is worth seconds to ask torch; on a Mac there is one."""
    return sys.platform == "darwin" or any(device.exists() for device in _DEVICES)
