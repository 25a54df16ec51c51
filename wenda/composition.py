"""The composition root: builds the library's parts from the settings."""

import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from rag.answering.calibration import Calibration, default_for
from rag.answering.service import Service
from rag.embedding.folder import BUNDLED
from rag.embedding.model import LocalModel
from rag.encoding.onnx_encoder import QuestionEncoder
from rag.extras import require
from rag.index.generation import OpenEncoder, open_generation
from rag.index.generations import Store
from rag.progress import Progress
from rag.serving.live import Serving
from rag.serving.rebuilds import Rebuilds
from wenda.runtime.rebuild_process import rebuild
from wenda.settings import Settings

if TYPE_CHECKING:
    from rag.indexing.indexer import Indexer

_LOGGER = logging.getLogger(__name__)
_MEGABYTE = 1_000_000

#: Puts something around an encoder, to see what it does.
Watch = Callable[[OpenEncoder], OpenEncoder]


def store(settings: Settings, home: Path | None = None) -> Store:
    """The store in the settings' home, or in another."""
    return Store(home or settings.home)


def indexer(settings: Settings, progress: Progress, home: Path | None = None) -> "Indexer":
    """An indexer into the settings' home, or into another.

    Raises ExtraError where what building needs is not installed.
    """
    require("index")
    from rag.indexing.indexer import Indexer  # it brings the libraries that read files

    return Indexer(
        store(settings, home),
        cache(lambda: LocalModel(settings.model, settings.models, progress)),
        progress,
        settings.max_file_mb * _MEGABYTE,
        late_interaction=settings.late_interaction,
    )


def calibration_file(settings: Settings) -> Path:
    return settings.home / "calibration.json"


def service(
    settings: Settings, home: Path | None = None, *, watch: Watch = lambda opens: opens
) -> Service:
    """Answers from the live generation. Raises StoreError when there is none of this model."""
    generation = open_generation(store(settings, home), watch(QuestionEncoder), settings.model)
    calibration = Calibration.load(calibration_file(settings), generation)
    if calibration == default_for(generation) and settings.model != BUNDLED:
        _LOGGER.warning(
            "The confidence is not calibrated for the model %s. Calibrate it with questions that "
            "your documents answer, wenda eval FILE --calibrate, or set WENDA_MIN_SCORE.",
            settings.model,
        )
    if settings.min_score is not None:
        calibration = calibration.with_threshold(settings.min_score)
    return Service(generation, calibration)


def serving(settings: Settings, *, watch: Watch = lambda opens: opens) -> Serving:
    """The live generation, followed by `refresh`; nothing is opened yet."""
    watched = (store(settings).current_file, calibration_file(settings))
    return Serving(watched, lambda: service(settings, watch=watch))


def rebuilds(settings: Settings) -> Rebuilds:
    """Rebuilds of the settings' folder, each in a process of its own."""
    return Rebuilds(lambda progress: rebuild(settings, progress))
