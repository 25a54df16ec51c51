"""The parts that the front ends of a process share: each folder with all that belongs to it."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import rag
from rag.serving.backend import Backend
from rag.serving.collections import Collection, Collections, View
from rag.serving.pages import PageViews
from wenda.collections_file import NamedSettings, named_settings
from wenda.composition.answering import live_service, open_service
from wenda.composition.building import make_rebuilds
from wenda.composition.home import asked_questions, curated_pairs, feedback_store
from wenda.composition.models import Models, Watch, own_models, shared_models
from wenda.composition.uploads import open_uploads
from wenda.composition.writing import make_writer
from wenda.settings import Settings


@contextmanager
def open_backend(
    settings: Settings, models: Models | None = None, *, with_pages: bool = False
) -> Iterator[Backend]:
    """What the front ends of a process share of one folder, `with_pages` for the web page; its
    files are closed at the end.

    Raises SettingsError for a setting that cannot be used, StoreError where the home cannot be
    written.
    """
    models = models or own_models()
    with ExitStack() as open_files:
        feedback = feedback_store(settings)
        open_files.callback(feedback.close)
        asked = asked_questions(settings)
        if asked is not None:
            open_files.callback(asked.close)
        views = PageViews(settings.seeds) if with_pages else None
        if views is not None:
            open_files.callback(views.close)
        curated = curated_pairs(settings)
        yield Backend(
            live_service(settings, models, curated),
            make_rebuilds(settings, models.building),
            feedback,
            uploads=open_uploads(settings),
            pages=views,
            asked=asked,
            curated=curated,
            writer=make_writer(settings),
        )


@contextmanager
def open_collections(
    settings: Settings, *, watch: Watch = lambda opens: opens, with_pages: bool = False
) -> Iterator[Collections]:
    """What a process serves: one folder, or several that its caller may see or not.

    Raises as `open_backend` does, and SettingsError for a file of collections that cannot be used.
    """
    with _open_named(named_settings(settings), watch, with_pages=with_pages) as opened:
        yield opened


@contextmanager
def open_for_asking(named: Sequence[NamedSettings]) -> "Iterator[rag.Service | View]":
    """What answers a command: one index, or several at once. Raises StoreError without any."""
    if len(named) == 1:
        ((_, settings),) = named
        yield open_service(settings, curated=curated_pairs(settings))
        return
    with _open_named(named) as opened:
        for each in opened.everything.backends:
            each.live.refresh()
        yield opened.everything


@contextmanager
def _open_named(
    named: Sequence[NamedSettings],
    watch: Watch = lambda opens: opens,
    *,
    with_pages: bool = False,
) -> Iterator[Collections]:
    models, made = shared_models(watch), []
    with ExitStack() as opened:
        for entry, settings in named:
            backend = opened.enter_context(open_backend(settings, models, with_pages=with_pages))
            if entry is None:
                made.append(Collection(backend))
            else:
                facts = (entry.name, entry.title, entry.rights, entry.rate_limit)
                made.append(Collection(backend, *facts))
        yield Collections(made)
