"""The composition root: builds the library's parts from the settings."""

import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rag
from rag import Encoder, OpenEncoder
from rag.answering.calibration import CALIBRATION_FILE
from rag.answering.curated import CURATED_FILE, CuratedPairs
from rag.encoding.onnx_encoder import QuestionEncoder
from rag.errors import SettingsError
from rag.extras import require
from rag.index.generations import Store
from rag.progress import Progress
from rag.reading.reader import PassageReader, open_reader
from rag.serving.backend import Backend
from rag.serving.collections import Collection, Collections, Shared, View
from rag.serving.feedback import FeedbackStore
from rag.serving.live import LiveService
from rag.serving.pages import PageViews
from rag.serving.questions import AskedQuestions
from rag.serving.questions.asked import QUESTIONS_FILE
from rag.serving.rebuilds import Rebuilds
from rag.serving.uploads import UploadFolder
from rag.serving.uploads.names import is_passed_over
from wenda.collections_file import NamedSettings, named_settings
from wenda.runtime.rebuild_process import rebuild
from wenda.runtime.threads import limit_blas_threads
from wenda.settings import Settings

_LOGGER = logging.getLogger(__name__)

#: Wraps an encoder, to time its calls.
Watch = Callable[[OpenEncoder], OpenEncoder]


@dataclass(frozen=True)
class Models:
    """What opens the models in a generation's folder, and what a build waits for."""

    open_encoder: OpenEncoder
    open_reader: Callable[[Path], PassageReader | None]
    building: AbstractContextManager[Any]


def models(watch: Watch = lambda opens: opens) -> Models:
    """Opens each for itself."""
    return Models(watch(QuestionEncoder), open_reader, nullcontext())


def shared_models(watch: Watch = lambda opens: opens) -> Models:
    """One encoder and one reader for all collections, and one build at a time."""
    encoders: Shared[Encoder] = Shared(watch(QuestionEncoder))
    return Models(encoders, Shared(open_reader), threading.Lock())


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
    settings: Settings,
    home: Path | None = None,
    *,
    opening: Models | None = None,
    curated: CuratedPairs | None = None,
) -> "rag.Service":
    """The service on the live generation. Raises StoreError without one that has this model.

    The process's matrix products get one thread each: what runs here answers questions. Without
    `curated` answers, as for an evaluation, only what the index finds is answered.
    """
    limit_blas_threads()
    opening = opening or models()
    opened = rag.open_index(
        home or settings.home,
        model=settings.model,
        min_score=settings.min_score,
        calibration_file=calibration_file(settings),
        open_encoder=opening.open_encoder,
        open_reader=opening.open_reader,
        curated=curated,
    )
    if settings.model != rag.BUNDLED and not calibration_file(settings).is_file():
        _LOGGER.warning(
            "The confidence is not calibrated for the model %s. Calibrate it with questions that "
            "your documents answer, wenda eval FILE --calibrate, or set WENDA_MIN_SCORE.",
            settings.model,
        )
    return opened


def curated_pairs(settings: Settings) -> CuratedPairs:
    """The answers that were named by hand."""
    return CuratedPairs(settings.home / CURATED_FILE)


def serving(
    settings: Settings,
    *,
    opening: Models | None = None,
    curated: CuratedPairs | None = None,
) -> LiveService:
    """The live generation, followed by `refresh`; nothing is opened yet."""
    watched = (store(settings).current_file, calibration_file(settings))
    return LiveService(watched, lambda: service(settings, opening=opening, curated=curated))


def rebuilds(settings: Settings, building: AbstractContextManager[Any] | None = None) -> Rebuilds:
    """Rebuilds of the settings' folder, each in a process of its own, within `building`."""

    def build(progress: Progress) -> Mapping[str, object]:
        with building or nullcontext():
            return rebuild(settings, progress)

    return Rebuilds(build)


def folders(settings: Settings) -> list[Path]:
    """The folders of documents of all collections, or the one there is."""
    return [of_one.seeds for _, of_one in named_settings(settings)]


def pages(settings: Settings) -> PageViews:
    """Pages of the PDF files in the settings' folder, as they look."""
    return PageViews(settings.seeds)


def writer(settings: Settings) -> "rag.Writer | None":
    """What lets a language model write from the quotations; None where none is set.

    Raises SettingsError where something is missing, ExtraError without `wenda[writer]`.
    """
    if settings.writer_url is None:
        return None
    if settings.writer_model is None:
        raise SettingsError(
            "WENDA_WRITER_URL is set and WENDA_WRITER_MODEL is not. Name the model, as the server "
            "calls it."
        )
    if settings.model != rag.BUNDLED:
        raise SettingsError(
            "WENDA_WRITER_URL needs the bundled embedding model: how near a written sentence must "
            f"be was measured with it, not with {settings.model}. Unset one of the two."
        )
    require("writer")
    from wenda.runtime.chat_server import ChatServer

    key = settings.writer_key.get_secret_value() if settings.writer_key else None
    server = ChatServer(settings.writer_url, settings.writer_model.get_secret_value(), key)
    return rag.Writer(server, settings.writer_seconds)


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


@contextmanager
def backend(
    settings: Settings, opening: Models | None = None, *, with_pages: bool = False
) -> Iterator[Backend]:
    """What the front ends of a process share of one folder, `with_pages` for the web page; its
    files are closed at the end.

    Raises SettingsError for a setting that cannot be used, StoreError where the home cannot be
    written.
    """
    opening = opening or models()
    with ExitStack() as open_files:
        feedback = FeedbackStore(settings.home / "feedback.sqlite")
        open_files.callback(feedback.close)
        asked = _asked(settings)
        if asked is not None:
            open_files.callback(asked.close)
        views = pages(settings) if with_pages else None
        if views is not None:
            open_files.callback(views.close)
        curated = curated_pairs(settings)
        yield Backend(
            serving(settings, opening=opening, curated=curated),
            rebuilds(settings, opening.building),
            feedback,
            uploads=uploads(settings),
            pages=views,
            asked=asked,
            curated=curated,
            writer=writer(settings),
        )


@contextmanager
def collections(
    settings: Settings, *, watch: Watch = lambda opens: opens, with_pages: bool = False
) -> Iterator[Collections]:
    """What a process serves: one folder, or several that its caller may see or not.

    Raises as `backend` does, and SettingsError for a file of collections that cannot be used.
    """
    with collections_of(named_settings(settings), watch, with_pages=with_pages) as opened:
        yield opened


@contextmanager
def collections_of(
    named: Sequence[NamedSettings],
    watch: Watch = lambda opens: opens,
    *,
    with_pages: bool = False,
) -> Iterator[Collections]:
    """As `collections`, of those whose settings are given."""
    opening, made = shared_models(watch), []
    with ExitStack() as opened:
        for entry, settings in named:
            of_one = opened.enter_context(backend(settings, opening, with_pages=with_pages))
            if entry is None:
                made.append(Collection(of_one))
            else:
                facts = (entry.name, entry.title, entry.rights, entry.rate_limit)
                made.append(Collection(of_one, *facts))
        yield Collections(made)


@contextmanager
def answering(named: Sequence[NamedSettings]) -> "Iterator[rag.Service | View]":
    """What answers a command: one index, or several at once. Raises StoreError without any."""
    if len(named) == 1:
        ((_, settings),) = named
        yield service(settings, curated=curated_pairs(settings))
        return
    with collections_of(named) as opened:
        for each in opened.everything.backends:
            each.live.refresh()
        yield opened.everything


def _asked(settings: Settings) -> AskedQuestions | None:
    """The questions without an answer; where none are to be kept, those of before are deleted."""
    path = settings.home / QUESTIONS_FILE
    if settings.questions_days:
        return AskedQuestions(path, settings.questions_days)
    if path.exists():
        kept = AskedQuestions(path, 0)
        kept.forget_all()
        kept.close()
    return None
