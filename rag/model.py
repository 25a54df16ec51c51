"""The embedding model as building sees it; what is heavy is loaded when it is first needed."""

import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from rag import model_folder
from rag.encoder import PASSAGES_FOLDER, PassageEncoder
from rag.errors import ModelError
from rag.late_interaction import TokenStates
from rag.model_folder import ModelFolder
from rag.progress import Progress
from rag.tokenizer import TokenCounter

if TYPE_CHECKING:
    from rag.embedding_model import EmbeddingModel

_COMPILED = "compiled.json"
#: What is there on a machine with a GPU: NVIDIA's, AMD's, Windows' to its Linux.
_DEVICES = (Path("/dev/nvidia0"), Path("/dev/kfd"), Path("/dev/dxg"))
#: Part of the name of a compiled encoder; raise it when the compiler's output changes.
_COMPILER = 5


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
    def encode_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Unit vectors of passages, shape (len(texts), dimension)."""

    def encode_tokens(
        self, texts: Sequence[str]
    ) -> tuple[npt.NDArray[np.float32], list[TokenStates]]:
        """The vectors, and the states of each passage's tokens for late interaction."""

    def write_encoder(self, folder: Path, progress: Progress) -> dict[str, object]:
        """Writes the question encoder's files into `folder`; returns how it was made."""


class LocalModel:
    """A sentence-transformers model on this machine. `cache` keeps what is made of it once."""

    def __init__(self, name: str, cache: Path, progress: Progress) -> None:
        self.name = name
        self._cache = cache
        self._progress = progress
        self._folder = model_folder.locate(name, cache, progress, _check)
        self.count_tokens = TokenCounter(self._folder.tokenizer)

    @property
    def fingerprint(self) -> str:
        return self._folder.fingerprint

    @property
    def max_tokens(self) -> int:
        overhead = self.count_tokens.overhead(self._folder.passage_prompt)
        return self._folder.max_tokens - overhead

    @cached_property
    def _embedding_model(self) -> "EmbeddingModel":
        from rag.embedding_model import EmbeddingModel

        return EmbeddingModel(self._folder)

    @cached_property
    def _passage_encoder(self) -> "PassageEncoder | EmbeddingModel":
        """On a GPU the model itself; elsewhere what was compiled of it, which is faster and loads
        at once, where there is such.
        """
        if _may_have_gpu() and self._embedding_model.on_gpu:
            return self._embedding_model
        made = self._compiled(self._progress) / PASSAGES_FOLDER
        if not made.is_dir():
            return self._embedding_model
        folder, tokenizer = self._folder, self.count_tokens.tokenizer()
        return PassageEncoder(made, tokenizer, folder.passage_prompt, folder.max_tokens)

    def encode_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return self._passage_encoder.encode_passages(texts)

    def encode_tokens(
        self, texts: Sequence[str]
    ) -> tuple[npt.NDArray[np.float32], list[TokenStates]]:
        return self._passage_encoder.encode_tokens(texts)

    def write_encoder(self, folder: Path, progress: Progress) -> dict[str, object]:
        made = self._compiled(progress)
        for file in made.iterdir():
            if file.name not in (_COMPILED, PASSAGES_FOLDER):
                shutil.copyfile(file, folder / file.name)
        facts: dict[str, object] = json.loads((made / _COMPILED).read_text(encoding="utf-8"))
        return facts

    def _compiled(self, progress: Progress) -> Path:
        """The folder of the compiled encoders, made where it is not there yet."""
        made = self._cache / f"encoder-{self.fingerprint}-{_COMPILER}"
        if not made.is_dir():
            self._compile(made, progress)
        return made

    def _compile(self, target: Path, progress: Progress) -> None:
        from rag.compiler import compile_encoder

        scratch = Path(tempfile.mkdtemp(prefix=".compiling-", dir=_made(self._cache)))
        try:
            compiled = compile_encoder(self._embedding_model, scratch, progress)
            facts = {"recipe": compiled.recipe, "agreement": round(compiled.agreement, 5)}
            (scratch / _COMPILED).write_text(json.dumps(facts), encoding="utf-8")
            scratch.replace(target)
        except OSError:
            if not target.is_dir():  # else another process was faster
                raise
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def _may_have_gpu() -> bool:
    """Whether it is worth seconds to ask torch; on a Mac there is one."""
    return sys.platform == "darwin" or any(device.exists() for device in _DEVICES)


def _check(folder: ModelFolder) -> None:
    from rag.embedding_model import check_bundled

    check_bundled(folder)


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelError(
            f"The cache folder {folder} cannot be made: {error.strerror}. "
            "Make it writable or set WENDA_MODELS to another folder."
        ) from error
    return folder
