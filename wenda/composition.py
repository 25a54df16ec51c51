"""The composition root: builds the library's parts from the settings."""

import logging
import os
from collections.abc import Callable
from pathlib import Path

import rag
from rag import OpenEncoder
from rag.answering.calibration import CALIBRATION_FILE
from rag.encoding.onnx_encoder import QuestionEncoder
from rag.errors import SettingsError
from rag.index.generations import Store
from rag.progress import Progress
from rag.serving.live import LiveService
from rag.serving.pages import PageViews
from rag.serving.rebuilds import Rebuilds
from rag.serving.uploads import UploadFolder
from rag.serving.uploads.names import is_passed_over
from wenda.runtime.rebuild_process import rebuild
from wenda.runtime.threads import limit_blas_threads
from wenda.settings import Settings

_LOGGER = logging.getLogger(__name__)

#: Wraps an encoder, to time its calls.
Watch = Callable[[OpenEncoder], OpenEncoder]


def store(settings: Settings, home: Path | None = None) -> Store:
    """The store in the settings' home, or in another."""
    return Store(home or settings.home)


def calibration_file(settings: Settings) -> Path:
    return settings.home / CALIBRATION_FILE


def indexer(settings: Settings, progress: Progress, home: Path | None = None) -> "rag.Indexer":
    """An indexer into the settings' home, or into another.

    Raises ExtraError where what building needs is not installed.
    """
    return rag.indexer(
        home or settings.home,
        model=settings.model,
        models=settings.models,
        progress=progress,
        max_file_mb=settings.max_file_mb,
        late_interaction=settings.late_interaction,
    )


def service(
    settings: Settings, home: Path | None = None, *, watch: Watch = lambda opens: opens
) -> "rag.Service":
    """The service on the live generation. Raises StoreError without one that has this model.

    The process's matrix products get one thread each: what runs here answers questions.
    """
    limit_blas_threads()
    opened = rag.open_index(
        home or settings.home,
        model=settings.model,
        min_score=settings.min_score,
        calibration_file=calibration_file(settings),
        open_encoder=watch(QuestionEncoder),
    )
    if settings.model != rag.BUNDLED and not calibration_file(settings).is_file():
        _LOGGER.warning(
            "The confidence is not calibrated for the model %s. Calibrate it with questions that "
            "your documents answer, wenda eval FILE --calibrate, or set WENDA_MIN_SCORE.",
            settings.model,
        )
    return opened


def serving(settings: Settings, *, watch: Watch = lambda opens: opens) -> LiveService:
    """The live generation, followed by `refresh`; nothing is opened yet."""
    watched = (store(settings).current_file, calibration_file(settings))
    return LiveService(watched, lambda: service(settings, watch=watch))


def rebuilds(settings: Settings) -> Rebuilds:
    """Rebuilds of the settings' folder, each in a process of its own."""
    return Rebuilds(lambda progress: rebuild(settings, progress))


def pages(settings: Settings) -> PageViews:
    """Pages of the PDF files in the settings' folder, as they look."""
    return PageViews(settings.seeds)


def uploads(settings: Settings) -> UploadFolder | None:
    """The folder that documents may be given into; None where none is set.

    Raises SettingsError for one that is not inside the folder of documents, or that the index
    passes over.
    """
    if settings.uploads is None:
        return None
    seeds = settings.seeds.resolve()
    below = Path(os.path.normpath(seeds / settings.uploads))
    inside = below.is_relative_to(seeds) and below != seeds
    if not inside or not below.resolve().is_relative_to(seeds):
        raise SettingsError(
            f"WENDA_UPLOADS={settings.uploads} is not inside the folder of documents {seeds}. Name "
            "a folder inside it, like uploads."
        )
    parts = below.relative_to(seeds)
    if any(map(is_passed_over, parts.parts)) or below.is_file():
        raise SettingsError(
            f"WENDA_UPLOADS={settings.uploads} is a file, or a hidden folder, which is not read. "
            "Name another folder."
        )
    folder = UploadFolder(
        settings.seeds / parts,
        settings.seeds,
        settings.home / "given",
        settings.max_file_mb * rag.MEGABYTE,
    )
    folder.sweep()
    return folder
