"""Compiles the reader: its matrix products in 8 bits, with the token embeddings of the question
encoder.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx

from rag.embedding.compiling.quantization import smoothed_8_bits
from rag.embedding.compiling.token_embeddings import TokenTable, share_look_up
from rag.encoding.onnx_encoder import ENCODER_FILE, READER_FILE, Network
from rag.errors import ModelError

#: The largest difference of the logit of answering that 8 bits may make.
_MOST_LOST = 1.0

Ids = npt.NDArray[np.int64]


def compile_reader(
    exported: Path, simplified: Path, table: TokenTable, sample: Sequence[Ids], target: Path
) -> float:
    """Writes the reader's network into the folder `target`, which has the question encoder.

    `exported` is the network as it was exported; `simplified` is the same, simplified and without
    its token embeddings. The sample are ids of inputs, each of shape (1, tokens). Returns the
    largest difference of a logit to the exported network's. Raises ModelError when it is too large.
    """
    quantized = simplified.with_name("quantized.onnx")
    smoothed_8_bits(simplified, quantized, [table.feed(ids) for ids in sample])
    model = onnx.load(str(quantized))
    encoder: Any = onnx.load(str(target / ENCODER_FILE), load_external_data=False)
    share_look_up(model, encoder, table.node)
    onnx.save(model, str(target / READER_FILE))
    expected, found = (_logits(path, sample) for path in (exported, target / READER_FILE))
    lost = float(np.abs(expected - found).max())
    if lost > _MOST_LOST:
        raise ModelError(
            f"The reader cannot be compiled: a logit differs by {lost:.2f} from what it should be. "
            "Install the pinned versions (pip install 'wenda[index]') and run again."
        )
    return lost


def _logits(path: Path, sample: Sequence[Ids]) -> npt.NDArray[np.float32]:
    network = Network(path)
    found = [network.run_network(("answers",), {"input_ids": ids})[0].item() for ids in sample]
    return np.array(found, dtype=np.float32)
