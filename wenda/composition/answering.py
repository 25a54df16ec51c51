"""Services on an index: opened once, or kept current while it changes."""

import logging
from pathlib import Path

import rag
from rag.answering.curated import CuratedPairs
from rag.serving.live import LiveService
from wenda.composition.home import calibration_file, store_of
from wenda.composition.models import Models, own_models
from wenda.runtime.threads import limit_blas_threads
from wenda.settings import Settings

_LOGGER = logging.getLogger(__name__)


def open_service(
    settings: Settings,
    home: Path | None = None,
    *,
    models: Models | None = None,
    curated: CuratedPairs | None = None,
) -> "rag.Service":
    """The service on the live generation of the settings' home, or of another.

    The process's matrix products get one thread each: what runs here answers questions. Without
    `curated` answers, as for an evaluation, only what the index finds is answered.

    Raises StoreError without a generation that has this model.
    """
    limit_blas_threads()
    models = models or own_models()
    opened = rag.open_index(
        home or settings.home,
        model=settings.model,
        min_score=settings.min_score,
        calibration_file=calibration_file(settings),
        open_encoder=models.open_encoder,
        open_reader=models.open_reader,
        curated=curated,
    )
    if settings.model != rag.BUNDLED and not calibration_file(settings).is_file():
        _LOGGER.warning(
            "The confidence is not calibrated for the model %s. Calibrate it with questions that "
            "your documents answer, wenda eval FILE --calibrate, or set WENDA_MIN_SCORE.",
            settings.model,
        )
    return opened


def live_service(settings: Settings, models: Models, curated: CuratedPairs) -> LiveService:
    """The live generation, followed by `refresh`; nothing is opened yet."""
    watched = (store_of(settings).current_file, calibration_file(settings))
    return LiveService(watched, lambda: open_service(settings, models=models, curated=curated))
