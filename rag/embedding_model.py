"""The embedding model for building: the only module that imports sentence_transformers.

Importing it takes seconds; nothing that serves may do so.
"""

import logging
from collections.abc import Sequence
from importlib import resources

import numpy as np
import numpy.typing as npt
from sentence_transformers import SentenceTransformer
from transformers.utils.logging import disable_progress_bar

from rag.errors import ModelError
from rag.model_folder import ModelFolder
from rag.progress import Progress

_BATCH = 32
_AGREEMENT = 0.999

logging.getLogger("transformers").setLevel(logging.ERROR)
disable_progress_bar()  # type: ignore[no-untyped-call]  # Wenda shows its own


class EmbeddingModel:
    """Turns texts into unit vectors; runs on the GPU where there is one."""

    def __init__(self, folder: ModelFolder) -> None:
        self.folder = folder
        try:
            self.network = SentenceTransformer(str(folder.path), local_files_only=True)
        except Exception as error:  # a damaged model fails in many ways
            raise ModelError(
                f"{folder.path} cannot be loaded as a sentence-transformers model: {error} "
                "Check WENDA_MODEL; delete the folder if Wenda made it, and run again."
            ) from error
        self.network.eval()

    def encode_passages(
        self, texts: Sequence[str], progress: Progress, stage: str
    ) -> npt.NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimension), in the order of the texts.

        Texts of like length share a batch, so that little is padded.
        """
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        prompt = self.folder.passage_prompt
        parts = []
        for first in range(0, len(order), _BATCH):
            batch = [prompt + texts[i] for i in order[first : first + _BATCH]]
            parts.append(self.encode(batch))
            progress(stage, min(first + _BATCH, len(order)), len(order))
        vectors = np.concatenate(parts)
        result = np.empty_like(vectors)
        result[order] = vectors
        return result

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Unit vectors of texts that carry their prompt already."""
        vectors = self.network.encode(
            list(texts),
            prompt="",
            batch_size=_BATCH,
            normalize_embeddings=True,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        return np.asarray(vectors, dtype=np.float32)


def check_bundled(folder: ModelFolder) -> None:
    """Compares the unpacked model with vectors made by the package's own engine.

    Raises ModelError when one of the 24 texts in eight scripts lands below cosine 0.999.
    """
    with resources.files("rag").joinpath("reference.npz").open("rb") as file:
        reference = np.load(file)
        texts, expected = reference["texts"].tolist(), reference["vectors"]
    cosines = (EmbeddingModel(folder).encode(texts) * expected).sum(axis=1)
    worst = int(np.argmin(cosines))
    if cosines[worst] < _AGREEMENT:
        raise ModelError(
            f"The unpacked model does not give the vectors it should: {texts[worst]!r} lands at "
            f"cosine {cosines[worst]:.4f} of its reference. Install the pinned versions "
            "(pip install wenda) and try again."
        )
