"""Indexers: in this process, or in a process of its own while this one serves."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import rag
from rag.progress import Progress
from rag.serving.rebuilds import Rebuilds
from wenda.runtime.rebuild_process import rebuild
from wenda.settings import Settings


def make_indexer(settings: Settings, progress: Progress, home: Path | None = None) -> "rag.Indexer":
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


def make_rebuilds(settings: Settings, building: AbstractContextManager[Any]) -> Rebuilds:
    """Rebuilds of the settings' folder, each in a process of its own, within `building`."""

    def build(progress: Progress) -> Mapping[str, object]:
        with building:
            return rebuild(settings, progress)

    return Rebuilds(build)
