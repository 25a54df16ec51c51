"""The embedding model itself, for compiling, and on a GPU for building: the only module that
imports sentence_transformers.

Importing it takes seconds; nothing that serves may do so.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from transformers.utils.logging import disable_progress_bar

from rag.embedding.folder import ModelFolder
from rag.encoding.tokenizer import load_tokenizer, own_states
from rag.encoding.types import TokenStates
from rag.errors import ModelError

_BATCH = 32
_AGREEMENT = 0.999

for _noisy in ("transformers", "sentence_transformers"):
    logging.getLogger(_noisy).setLevel(logging.ERROR)
disable_progress_bar()  # type: ignore[no-untyped-call]  # Wenda shows its own


class EmbeddingModel:
    """Turns texts into unit vectors; runs on the GPU where there is one."""

    def __init__(self, folder: ModelFolder, device: str | None = None) -> None:
        """Raises ModelError when the folder holds no such model."""
        self.folder = folder
        try:
            self.network = SentenceTransformer(
                str(folder.path), device=device, local_files_only=True
            )
        except Exception as error:  # a damaged model fails in many ways
            raise ModelError(
                f"{folder.path} cannot be loaded as a sentence-transformers model: {error} "
                "Check WENDA_MODEL; delete the folder if Wenda made it, and run again."
            ) from error
        self.network.eval()
        if not self.on_gpu:
            self.network.float()  # some are stored in 16 bits, with which only a GPU is fast

    @property
    def on_gpu(self) -> bool:
        """Whether it runs on a GPU."""
        return self.network.device.type != "cpu"

    @property
    def layers(self) -> tuple[int, ...]:
        """The layers whose token states are compared: one at three quarters, and the last.

        Deeper states carry more of the context, earlier ones more of the words, across languages
        too.
        """
        depth: int = self._configuration.num_hidden_layers
        return (round(depth * 0.75), depth)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        tokenizer = load_tokenizer(self.folder.tokenizer)
        tokenizer.enable_truncation(self.folder.max_tokens)
        tokenizer.enable_padding(pad_id=self._configuration.pad_token_id or 0)
        return tokenizer

    @property
    def transformer(self) -> torch.nn.Module:
        """The network without pooling. Raises ModelError where there is none."""
        found = getattr(self.network[0], "model", None)
        if not isinstance(found, torch.nn.Module):
            raise self._no_transformer()
        return found

    @property
    def _configuration(self) -> Any:
        try:
            return self.transformer.config
        except AttributeError as error:
            raise self._no_transformer() from error

    def _no_transformer(self) -> ModelError:
        return ModelError(
            f"The model {self.folder.name} cannot be used: it is no transformer whose token "
            "states can be compared. Choose another model."
        )

    @contextmanager
    def all_layers(self) -> Iterator[None]:
        """Has the network give the states of all layers, which takes memory."""
        self._configuration.output_hidden_states = True
        try:
            yield
        finally:
            self._configuration.output_hidden_states = False

    def encode_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimension), in the order of the texts."""
        return self.encode([self.folder.passage_prompt + text for text in texts])

    def encode_tokens(
        self, texts: Sequence[str]
    ) -> tuple[npt.NDArray[np.float32], list[TokenStates]]:
        """Unit vectors, shape (len(texts), dimension), and the states of each text's own tokens,
        shape (layers, tokens, dimension).

        All texts go through the network at once, padded to the longest.
        """
        prompt = self.folder.passage_prompt
        batch = self._tokenizer.encode_batch([prompt + text for text in texts])
        features = {
            "input_ids": torch.tensor([each.ids for each in batch]),
            "attention_mask": torch.tensor([each.attention_mask for each in batch]),
        }
        with torch.inference_mode(), self.all_layers():
            found = self.network({k: v.to(self.network.device) for k, v in features.items()})
        layers = torch.stack([found["all_layer_embeddings"][layer] for layer in self.layers])
        states = _unit(layers).cpu().numpy().swapaxes(0, 1)
        tokens = [own_states(*each, len(prompt)) for each in zip(states, batch, strict=True)]
        return _unit(found["sentence_embedding"]).cpu().numpy(), tokens

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimension), of texts that begin with their prompt."""
        vectors = self.network.encode(
            list(texts),
            prompt="",
            batch_size=_BATCH,
            show_progress_bar=False,
            convert_to_tensor=True,
        )
        unit: npt.NDArray[np.float32] = _unit(vectors).cpu().numpy()
        return unit


def _unit(vectors: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.normalize(vectors.float(), dim=-1)


def check_bundled(model: EmbeddingModel) -> None:
    """Compares the unpacked model with vectors made by the package's own engine.

    Raises ModelError when one of the 24 texts in eight scripts lands below cosine 0.999.
    """
    with resources.files("rag.embedding").joinpath("reference.npz").open("rb") as file:
        reference = np.load(file)
        texts, expected = reference["texts"].tolist(), reference["vectors"]
    cosines = (model.encode(texts) * expected).sum(axis=1)
    worst = int(np.argmin(cosines))
    if cosines[worst] < _AGREEMENT:
        raise ModelError(
            f"The unpacked model does not give the vectors it should: {texts[worst]!r} lands at "
            f"cosine {cosines[worst]:.4f} of its reference. Install the pinned versions "
            "(pip install 'wenda[index]') and try again."
        )
