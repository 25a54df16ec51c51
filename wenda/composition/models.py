"""Openers of the models in a generation's folder, for one index or for several."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag import Encoder, OpenEncoder
from rag.encoding.onnx_encoder import QuestionEncoder
from rag.reading.reader import PassageReader, open_reader
from rag.serving.collections import Shared

#: Wraps an encoder, to time its calls.
Watch = Callable[[OpenEncoder], OpenEncoder]


@dataclass(frozen=True)
class Models:
    """Openers of the models in a generation's folder, and the lock that a build waits for."""

    open_encoder: OpenEncoder
    open_reader: Callable[[Path], PassageReader | None]
    building: AbstractContextManager[Any]


def own_models() -> Models:
    """Opens each for itself."""
    return Models(QuestionEncoder, open_reader, nullcontext())


def shared_models(watch: Watch = lambda opens: opens) -> Models:
    """One encoder and one reader for all collections, and one build at a time."""
    encoders: Shared[Encoder] = Shared(watch(QuestionEncoder))
    return Models(encoders, Shared(open_reader), threading.Lock())
